#include "caf_gossip/net/outbox.hpp"

#include <string>
#include <utility>

namespace caf_gossip::net {

namespace {

auto at_bound(const authority& target, std::size_t bound, const std::string& what) {
  return fail(errc::limit_reached,
              "cannot send to " + to_string(target) + ": " + std::to_string(bound) + " " + what);
}

auto no_place(const queued_frame& what, std::size_t bound, const std::string& taken) {
  const auto all = std::to_string(bound);
  return at_bound(what.target, places_for(what.from, bound),
                  what.from == plane::state
                      ? taken + "; the others of " + all + " are kept for the membership"
                      : taken);
}

} // namespace

outbox::outbox(const transport_config& cfg, counters& numbers)
    : frames_per_peer_max_(cfg.outbound_frames_per_peer_max),
      bytes_per_peer_max_(cfg.outbound_bytes_per_peer_max),
      bytes_max_(cfg.outbound_bytes_max),
      peers_max_(cfg.peers_max),
      requests_max_(cfg.requests_max),
      probes_max_(cfg.probes_max),
      counters_(numbers) {}

void outbox::open(std::function<void()> wake) {
  const std::lock_guard guard{mutex_};
  wake_ = std::move(wake);
  open_ = true;
  woken_ = false;
  crowded_ = false;
}

std::size_t outbox::close() {
  const std::lock_guard guard{mutex_};
  open_ = false;
  wake_ = nullptr;
  peers_.clear();
  under_way_ = {};
  requests_ = 0;
  probes_ = 0;
  empty_.notify_all();
  return frames_.take().size();
}

expected<void> outbox::push(queued_frame what) {
  const std::lock_guard guard{mutex_};
  if (auto admitted = admit(what); !admitted)
    return admitted;
  const auto from = what.from;
  frames_.push(std::move(what), from);
  wake();
  return {};
}

// Under the lock, so that `close` knows that nobody is about to call it.
void outbox::wake() {
  if (!std::exchange(woken_, true))
    wake_();
}

bool outbox::take_crowded() {
  const std::lock_guard guard{mutex_};
  return std::exchange(crowded_, false);
}

expected<void> outbox::admit(const queued_frame& what) {
  if (!open_)
    return fail(errc::send_failed,
                "cannot send to " + to_string(what.target) + ": the transport is not started");
  if (what.expects_reply && requests_ >= places_for(what.from, requests_max_))
    return no_place(what, requests_max_, "requests wait for their answers already");
  const bool is_probe = what.via == channel::new_stream;
  if (is_probe && probes_ >= probes_max_) {
    ++counters_.probes_refused;
    return at_bound(what.target, probes_max_, "streams of their own are open already");
  }
  if (auto taken = is_probe ? expected<void>{} : take_place(what); !taken)
    return taken;
  under_way_.add(what.data.size());
  probes_ += is_probe ? 1 : 0;
  requests_ += what.expects_reply ? 1 : 0;
  return {};
}

expected<void> outbox::take_place(const queued_frame& what) {
  const auto& target = what.target;
  auto peer = peers_.find(target);
  if (peer == peers_.end()) {
    if (peers_.size() >= peers_max_) {
      crowded_ = true;
      wake();
      return at_bound(target, peers_max_, "peers are in use already");
    }
    peer = peers_.try_emplace(target).first;
  }
  if (peer->second.frames >= places_for(what.from, frames_per_peer_max_))
    return no_place(what, frames_per_peer_max_, "frames wait for this peer already");
  if (auto fits = check_bytes(what, peer->second); !fits)
    return fits;
  peer->second.add(what.data.size());
  return {};
}

expected<void> outbox::check_bytes(const queued_frame& what, const load& peer) const {
  const auto size = what.data.size();
  if (!peer.has_bytes_for(size, what.from, bytes_per_peer_max_))
    return no_place(what, bytes_per_peer_max_, "bytes are what may wait for this peer");
  if (!under_way_.has_bytes_for(size, what.from, bytes_max_))
    return no_place(what, bytes_max_, "bytes are what may wait for all peers");
  return {};
}

std::deque<queued_frame> outbox::take() {
  const std::lock_guard guard{mutex_};
  woken_ = false;
  return frames_.take();
}

void outbox::release(const queued_frame& what) {
  const std::lock_guard guard{mutex_};
  // Nothing is known any more after `close`.
  if (under_way_.frames == 0)
    return;
  if (what.via != channel::new_stream) {
    const auto peer = peers_.find(what.target);
    if (peer == peers_.end() || peer->second.frames == 0)
      return;
    peer->second.remove(what.data.size());
  }
  under_way_.remove(what.data.size());
  if (under_way_.frames == 0)
    empty_.notify_all();
}

void outbox::release_request() {
  const std::lock_guard guard{mutex_};
  requests_ -= requests_ > 0 ? 1 : 0;
}

void outbox::release_probe() {
  const std::lock_guard guard{mutex_};
  probes_ -= probes_ > 0 ? 1 : 0;
}

bool outbox::forget(const authority& target) {
  const std::lock_guard guard{mutex_};
  const auto peer = peers_.find(target);
  if (peer != peers_.end() && peer->second.frames > 0)
    return false;
  if (peer != peers_.end())
    peers_.erase(peer);
  return true;
}

bool outbox::wait_until_empty(std::chrono::milliseconds limit) {
  std::unique_lock guard{mutex_};
  return empty_.wait_for(guard, limit, [this] { return under_way_.frames == 0; });
}

} // namespace caf_gossip::net
