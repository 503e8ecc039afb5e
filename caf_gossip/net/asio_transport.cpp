#include "caf_gossip/net/asio_transport.hpp"

#include <iterator>
#include <mutex>
#include <optional>
#include <utility>

#include "caf_gossip/net/admission.hpp"
#include "caf_gossip/net/counters.hpp"
#include "caf_gossip/net/engine.hpp"
#include "caf_gossip/net/identity.hpp"
#include "caf_gossip/net/inbound_queue.hpp"
#include "caf_gossip/net/outbox.hpp"

namespace caf_gossip::net {

/// What outlives a run: settings, numbers and both queues. The engine is one run.
class asio_transport::implementation {
public:
  explicit implementation(transport_config settings)
      : cfg(std::move(settings)),
        incoming(cfg.inbound_frames_max, cfg.inbound_bytes_max),
        outgoing(cfg, numbers) {}

  expected<void> send(const outbound& what);

  const transport_config cfg;
  counters numbers;
  identity name;
  inbound_queue incoming;
  outbox outgoing;
  std::mutex lifecycle;
  std::unique_ptr<engine> run;
};

expected<void> asio_transport::implementation::send(const outbound& what) {
  auto admitted = admit(what, cfg, incoming.failures());
  if (!admitted)
    return tl::unexpected{admitted.error()};
  name.learn(what.message.head.sender);
  return outgoing.push(std::move(*admitted));
}

asio_transport::asio_transport(transport_config cfg)
    : implementation_(std::make_unique<implementation>(std::move(cfg))) {}

asio_transport::~asio_transport() {
  stop();
}

expected<authority> asio_transport::start(const authority& where) {
  auto& self = *implementation_;
  const std::lock_guard guard{self.lifecycle};
  if (self.run)
    return fail(errc::already_started, "the transport listens already");
  auto run =
      std::make_unique<engine>(self.cfg, self.numbers, self.name, self.incoming, self.outgoing);
  auto bound = run->start(where);
  if (bound)
    self.run = std::move(run);
  return bound;
}

expected<void> asio_transport::send(outbound what) {
  auto result = implementation_->send(what);
  if (!result)
    ++implementation_->numbers.sends_refused;
  return result;
}

std::vector<inbound> asio_transport::poll() {
  auto result = take_left_over();
  auto fresh = implementation_->incoming.take();
  if (result.empty())
    return fresh;
  result.insert(result.end(), std::make_move_iterator(fresh.begin()),
                std::make_move_iterator(fresh.end()));
  return result;
}

bool asio_transport::flush(std::chrono::milliseconds limit) {
  return implementation_->outgoing.wait_until_empty(limit);
}

void asio_transport::stop() {
  auto& self = *implementation_;
  const std::lock_guard guard{self.lifecycle};
  if (!self.run)
    return;
  self.run->stop();
  self.run.reset();
  self.numbers.discarded_at_stop += self.incoming.discard();
}

transport_stats asio_transport::stats() const {
  return implementation_->numbers.snapshot();
}

void asio_transport::on_arrival(std::function<void()> wake) {
  implementation_->incoming.on_arrival(std::move(wake));
}

} // namespace caf_gossip::net
