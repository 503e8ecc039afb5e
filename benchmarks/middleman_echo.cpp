#include <stdexcept>

#include <caf/actor_system.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

#include "benchmarks/asking_actor.hpp"

namespace caf_gossip::benchmarks {

namespace {

constexpr auto loopback = "127.0.0.1";

struct middleman_config : echo_config {
  middleman_config() { load<caf::io::middleman>(); }
};

caf::behavior answering() {
  return {[](std::string& text) { return std::move(text); }};
}

struct ask_remote_actor {
  caf::actor server;
  std::string payload;

  template <class Done>
  void operator()(caf::event_based_actor& self, Done done) const {
    self.request(server, caf::infinite, payload)
        .then(
            [done, size = payload.size()](const std::string& answer) mutable {
              done(answer.size() == size ? "" : "the answer is not what was sent");
            },
            [done](const caf::error& what) mutable { done(caf::to_string(what)); });
  }
};

class middleman_echo final : public echo {
public:
  middleman_echo() : answering_(server_.spawn(answering)) {
    const auto port = server_.middleman().publish(answering_, 0, loopback);
    if (!port)
      throw std::runtime_error{"publish: " + caf::to_string(port.error())};
    auto remote = client_.middleman().remote_actor(loopback, *port);
    if (!remote)
      throw std::runtime_error{"remote_actor: " + caf::to_string(remote.error())};
    remote_ = std::move(*remote);
  }

  ~middleman_echo() override { caf::anon_send_exit(answering_, caf::exit_reason::user_shutdown); }

  outcome ask(const load& what) override {
    return run_asking(client_, ask_remote_actor{remote_, std::string(payload_bytes, 'x')}, what);
  }

private:
  middleman_config cfg_;
  caf::actor_system server_{cfg_};
  middleman_config client_cfg_;
  caf::actor_system client_{client_cfg_};
  caf::actor answering_;
  caf::actor remote_;
};

} // namespace

std::unique_ptr<echo> make_middleman_echo() {
  return std::make_unique<middleman_echo>();
}

} // namespace caf_gossip::benchmarks
