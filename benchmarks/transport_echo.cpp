#include <stdexcept>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/transport_actor.hpp"
#include "benchmarks/asking_actor.hpp"
#include "caf_gossip/net/asio_transport.hpp"

namespace caf_gossip::benchmarks {

namespace {

/// One side: an actor system with a transport that listens.
class side {
public:
  explicit side(const std::string& name)
      : network_(sys_.spawn<transport_actor>(std::make_shared<net::asio_transport>())) {
    head_.cluster = net::transport_config{}.cluster_name;
    head_.sender = {name, 1, {"127.0.0.1", 0}};
    caf::scoped_actor self{sys_};
    self->request(network_, caf::infinite, bind_transport{head_.sender.address})
        .receive([this](const authority& bound) { head_.sender.address = bound; },
                 [](const caf::error& what) {
                   throw std::runtime_error{"bind: " + caf::to_string(what)};
                 });
  }

  ~side() { caf::anon_send_exit(network_, caf::exit_reason::user_shutdown); }

  side(const side&) = delete;
  side& operator=(const side&) = delete;

  [[nodiscard]] caf::actor_system& sys() { return sys_; }
  [[nodiscard]] const transport_handle& network() const { return network_; }
  /// What stands on every frame of this side.
  [[nodiscard]] const envelope& head() const { return head_; }

private:
  echo_config cfg_;
  caf::actor_system sys_{cfg_};
  transport_handle network_;
  envelope head_;
};

// -- the side that answers ----------------------------------------------------------------------

net::outbound answer_to(const envelope& head, wire::frame& question) {
  auto& state = std::get<gossip_request>(std::get<state_payload>(question.body)).state;
  net::outbound result;
  result.target = question.head.sender.address;
  result.message.head = head;
  result.message.head.correlation = question.head.correlation;
  result.message.body = state_payload{gossip_response{errc::none, std::move(state)}};
  result.via = channel::stream;
  return result;
}

frame_sink::behavior_type answering(frame_sink::pointer self, const transport_handle& network,
                                    const envelope& head) {
  return {[self, network, head](inbound_batch& what) {
    outbound_batch answers;
    for (auto& item : what.items)
      if (auto* question = std::get_if<wire::frame>(&item); question != nullptr)
        answers.items.push_back(answer_to(head, *question));
    self->send(network, std::move(answers));
  }};
}

// -- the side that asks -------------------------------------------------------------------------

struct ask_transport {
  transport_handle network;
  net::outbound question;

  template <class Done>
  void operator()(caf::event_based_actor& self, Done done) const {
    self.request(network, caf::infinite, request_frame{question})
        .then([done](const response_frame& answer) mutable { done(problem_of(answer.frame)); },
              [done](const caf::error& what) mutable { done(caf::to_string(what)); });
  }

  static std::string problem_of(const wire::frame& answer) {
    const auto* plane = std::get_if<state_payload>(&answer.body);
    const auto* response = plane == nullptr ? nullptr : std::get_if<gossip_response>(plane);
    if (response == nullptr || !response->state || response->state->members.size() != 1)
      return "the answer is not what was sent";
    return {};
  }
};

net::outbound make_question(const envelope& head, const authority& target) {
  gossip_request request{head.sender.id, {}};
  auto& member = request.state.members[head.sender.id];
  member.incarnation = head.sender.incarnation;
  member.entries["load"] = {byte_buffer(payload_bytes, 'x'), 1, 0};
  net::outbound result;
  result.target = target;
  result.message = {head, state_payload{std::move(request)}};
  result.via = channel::stream;
  return result;
}

class transport_echo final : public echo {
public:
  transport_echo() : answering_(server_.sys().spawn(answering, server_.network(), server_.head())) {
    caf::anon_send(server_.network(), route_frames{answering_, {}});
  }

  ~transport_echo() override { caf::anon_send_exit(answering_, caf::exit_reason::user_shutdown); }

  outcome ask(const load& what) override {
    const auto question = make_question(client_.head(), server_.head().sender.address);
    return run_asking(client_.sys(), ask_transport{client_.network(), question}, what);
  }

private:
  side server_{"server"};
  side client_{"client"};
  frame_sink answering_;
};

} // namespace

std::unique_ptr<echo> make_transport_echo() {
  return std::make_unique<transport_echo>();
}

} // namespace caf_gossip::benchmarks
