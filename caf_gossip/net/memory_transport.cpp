#include "caf_gossip/net/memory_transport.hpp"

#include <deque>
#include <iterator>
#include <optional>
#include <string>

#include "caf_gossip/net/admission.hpp"
#include "caf_gossip/net/counters.hpp"
#include "caf_gossip/net/identity.hpp"
#include "caf_gossip/net/inbound_queue.hpp"
#include "caf_gossip/net/ledger.hpp"
#include "caf_gossip/net/outbox.hpp"
#include "caf_gossip/net/rate_limit.hpp"

namespace caf_gossip::net {

struct memory_network::parcel {
  authority from;
  queued_frame item;
  wire::frame what;
};

class memory_transport::implementation {
public:
  implementation(memory_network& hub, transport_config settings)
      : network(hub),
        cfg(std::move(settings)),
        incoming(cfg.inbound_frames_max, cfg.inbound_bytes_max),
        outgoing(cfg, numbers),
        rejects(cfg.rejects_per_second_max) {}

  expected<void> send(const outbound& what);
  void receive(const wire::frame& what, std::size_t bytes, const authority& from);
  void receive(const wire::bytes& data, const authority& from);
  void expire();
  /// Hands over what the books have collected, with the places that got free.
  void settle();

  memory_network& network;
  const transport_config cfg;
  std::optional<authority> bound;
  counters numbers;
  identity name;
  inbound_queue incoming;
  outbox outgoing;
  /// One per run.
  std::optional<ledger> books;
  /// Frames to hosts that cannot be reached, and when that is noticed; the oldest first.
  std::deque<std::pair<time_point, queued_frame>> unreachable;
  rate_limit rejects;
};

// -- memory_network
// -----------------------------------------------------------------------------

memory_network::memory_network(bool through_codec) : through_codec_(through_codec) {}

memory_network::~memory_network() = default;

void memory_network::advance(time_point now) {
  now_ = now;
  for (const auto& [where, who] : bound_) {
    who->implementation_->expire();
  }
}

void memory_network::stall(const authority& target) {
  stalled_.try_emplace(target);
}

void memory_network::resume(const authority& target) {
  const auto found = stalled_.find(target);
  if (found == stalled_.end())
    return;
  plane_queue<parcel> waiting;
  for (auto& item : found->second) {
    const auto from = item.item.from;
    waiting.push(std::move(item), from);
  }
  stalled_.erase(found);
  for (const auto& item : waiting)
    hand_over(item);
}

expected<authority> memory_network::bind(const authority& where, memory_transport& who) {
  auto chosen = where;
  while (chosen.port == 0 || (where.port == 0 && bound_.contains(chosen)))
    chosen.port = next_port_++;
  if (!is_reachable(chosen))
    return fail(errc::network_error, "cannot bind to '" + to_string(where) + "': not a host");
  if (!bound_.try_emplace(chosen, &who).second)
    return fail(errc::network_error,
                "cannot bind to " + to_string(where) + ": address already in use");
  return chosen;
}

std::size_t memory_network::unbind(const authority& where) {
  bound_.erase(where);
  std::size_t held = 0;
  for (auto& [target, waiting] : stalled_)
    std::erase_if(waiting, [&](const auto& held_parcel) {
      const bool is_mine = held_parcel.from == where;
      held += is_mine && held_parcel.item.request == 0 ? 1 : 0;
      return is_mine;
    });
  return held;
}

void memory_network::carry(parcel what) {
  const auto held = stalled_.find(what.item.target);
  if (held != stalled_.end())
    held->second.push_back(std::move(what));
  else
    hand_over(what);
}

void memory_network::hand_over(const parcel& what) {
  const auto& target = what.item.target;
  const auto decided = filter_ ? filter_(what.from, target, what.what) : fate::deliver;
  const bool lost = decided == fate::drop || cuts_.contains({what.from, target});
  auto* receiver = at(target);
  const bool through = gets_through(what, lost);
  // There are no connections that a peer would have to be kept for.
  at(what.from)->implementation_->outgoing.forget(target);
  for (int left = !through || lost ? 0 : decided == fate::duplicate ? 2 : 1; left > 0; --left) {
    if (through_codec_)
      receiver->implementation_->receive(what.item.data, what.from);
    else
      receiver->implementation_->receive(what.what, what.item.data.size(), what.from);
  }
}

bool memory_network::gets_through(const parcel& what, bool lost) {
  auto& sender = *at(what.from)->implementation_;
  const auto& item = what.item;
  const bool is_probe = item.via == channel::new_stream;
  if (is_probe && (lost || cuts_.contains({item.target, what.from}))) {
    sender.unreachable.emplace_back(now_ + sender.cfg.probe_timeout, item);
    return false;
  }
  const bool refused = !lost && at(item.target) == nullptr;
  if (refused)
    sender.books->failed(item, "connection refused",
                         is_probe ? errc::connection_refused : errc::send_failed);
  else
    sender.books->written(item, 0);
  if (is_probe && !item.expects_reply)
    sender.outgoing.release_probe();
  sender.settle();
  return !refused;
}

memory_transport* memory_network::at(const authority& where) const {
  const auto found = bound_.find(where);
  return found == bound_.end() ? nullptr : found->second;
}

// -- memory_transport
// ---------------------------------------------------------------------------

expected<void> memory_transport::implementation::send(const outbound& what) {
  auto admitted = admit(what, cfg, incoming.failures());
  if (!admitted)
    return tl::unexpected{admitted.error()};
  name.learn(what.message.head.sender);
  if (auto pushed = outgoing.push(std::move(*admitted)); !pushed)
    return pushed;
  for (auto& item : outgoing.take()) {
    books->accept(item, network.now());
    network.carry({*bound, std::move(item), what.message});
  }
  return {};
}

void memory_transport::implementation::receive(const wire::bytes& data, const authority& from) {
  numbers.bytes_received += data.size();
  if (const auto decoded = wire::decode(data, cfg.frame_bytes_max))
    receive(*decoded, data.size(), from);
  else
    numbers.count(decoded.error());
}

void memory_transport::implementation::receive(const wire::frame& what, std::size_t bytes,
                                               const authority& from) {
  const auto judged = books->judge(what, cfg.cluster_name, nullptr);
  if (judged == verdict::deliver || judged == verdict::deliver_answer) {
    books->deliver(what, bytes);
    settle();
  } else if (judged == verdict::refuse && rejects.allow(network.now())) {
    ++numbers.rejects_sent;
    if (auto* stranger = network.at(from))
      stranger->implementation_->receive(refusal_of(what, cfg.cluster_name, name.self()), 0,
                                         *bound);
  }
}

void memory_transport::implementation::expire() {
  books->expire(network.now());
  settle();
  while (!unreachable.empty() && unreachable.front().first <= network.now()) {
    const auto item = std::move(unreachable.front().second);
    unreachable.pop_front();
    books->failed(item, "no connection within " + std::to_string(cfg.probe_timeout.count()) + " ms",
                  errc::unreachable);
    if (!item.expects_reply)
      outgoing.release_probe();
  }
  settle();
}

void memory_transport::implementation::settle() {
  for (const auto ticket : books->take_ended_probes()) {
    outgoing.release_probe();
    std::erase_if(unreachable, [&](const auto& waiting) {
      const bool is_over = waiting.second.request == ticket;
      if (is_over)
        books->failed(waiting.second, "its request has an outcome");
      return is_over;
    });
  }
  books->publish();
}

memory_transport::memory_transport(memory_network& network, transport_config cfg)
    : implementation_(std::make_unique<implementation>(network, std::move(cfg))) {}

memory_transport::~memory_transport() {
  stop();
}

expected<authority> memory_transport::start(const authority& where) {
  auto& self = *implementation_;
  if (self.bound)
    return fail(errc::already_started, "the transport is bound already");
  auto bound = self.network.bind(where, *this);
  if (!bound)
    return bound;
  self.bound = *bound;
  self.name.reset(*bound);
  self.books.emplace(self.outgoing, self.incoming, self.numbers, self.cfg.request_timeout);
  self.outgoing.open([] {});
  return bound;
}

expected<void> memory_transport::send(outbound what) {
  auto result = implementation_->send(what);
  if (!result)
    ++implementation_->numbers.sends_refused;
  return result;
}

std::vector<inbound> memory_transport::poll() {
  auto result = take_left_over();
  auto fresh = implementation_->incoming.take();
  result.insert(result.end(), std::make_move_iterator(fresh.begin()),
                std::make_move_iterator(fresh.end()));
  return result;
}

bool memory_transport::flush(std::chrono::milliseconds) {
  return implementation_->outgoing.wait_until_empty(std::chrono::milliseconds{0});
}

void memory_transport::stop() {
  auto& self = *implementation_;
  if (!self.bound)
    return;
  self.outgoing.close();
  self.books->discard();
  for (const auto& [when, item] : std::exchange(self.unreachable, {}))
    self.books->failed(item, "the transport stops");
  self.numbers.discarded_at_stop += self.network.unbind(*self.bound) + self.incoming.discard();
  self.bound.reset();
  self.books.reset();
}

transport_stats memory_transport::stats() const {
  return implementation_->numbers.snapshot();
}

void memory_transport::on_arrival(std::function<void()> wake) {
  implementation_->incoming.on_arrival(std::move(wake));
}

} // namespace caf_gossip::net
