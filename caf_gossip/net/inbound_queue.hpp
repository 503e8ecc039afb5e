/// What has arrived and was not polled yet: filled by the I/O thread, emptied by any other.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "caf_gossip/net/plane_queue.hpp"
#include "caf_gossip/net/transport.hpp"

namespace caf_gossip::net {

/// What goes into the queue.
struct arrival {
  inbound what;
  /// Of a frame, on the wire.
  std::size_t bytes = 0;
};

class inbound_queue {
public:
  /// Holds at most so many frames and bytes, the last of them of the membership only. Failed
  /// deliveries have no bound here: there is at most one per accepted send, and nothing more is
  /// accepted while `failures` is at the bound.
  inbound_queue(std::size_t frames_max, std::size_t bytes_max)
      : frames_max_(frames_max), bytes_max_(bytes_max) {}

  /// Called, without a lock, when the queue stops being empty. Not to be set while in use.
  void on_arrival(std::function<void()> wake) { wake_ = std::move(wake); }

  /// Moves everything out of `batch`. Returns how many frames did not fit; the newest are dropped.
  std::size_t push(std::vector<arrival>& batch);

  /// Returns everything, and behind it how many frames did not fit, if there were any.
  [[nodiscard]] std::vector<inbound> take();

  /// Forgets everything. Returns how many frames and failed deliveries that were.
  std::size_t discard();

  /// Failed deliveries in the queue.
  [[nodiscard]] std::size_t failures() const { return failures_; }

private:
  [[nodiscard]] bool has_room_for(const arrival& item) const;

  const std::size_t frames_max_;
  const std::size_t bytes_max_;
  std::function<void()> wake_;
  std::mutex mutex_;
  std::vector<inbound> items_;
  load frames_;
  /// Frames that did not fit since the last `take`.
  std::size_t dropped_ = 0;
  std::atomic<std::size_t> failures_{0};
};

} // namespace caf_gossip::net
