/// What the membership actor has published of itself, readable from any thread without a message.
///
/// Because readers only take a short lock, they may call from event handlers too.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/membership/cluster_view.hpp"
#include "caf_gossip/membership/snapshot.hpp"

namespace caf_gossip {

class shared_view {
public:
  using snapshot_ptr = std::shared_ptr<const membership_snapshot>;

  // -- for the membership actor -----------------------------------------------------------------

  void set_snapshot(membership_snapshot value);

  /// Calls `change` with the applied topology under the lock.
  template <class Change>
  auto with_view(Change&& change) {
    const std::lock_guard guard{mutex_};
    return change(view_);
  }

  // -- for everybody ----------------------------------------------------------------------------

  /// Returns the last snapshot; an empty one of a stopped node before the first.
  [[nodiscard]] snapshot_ptr snapshot() const;

  /// Returns the applied topology and when it was observed.
  [[nodiscard]] topology applied() const;

  /// Waits until the snapshot fulfils `done`. Returns whether it did within `limit`.
  bool wait(const std::function<bool(const membership_snapshot&)>& done,
            std::chrono::milliseconds limit) const;

private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  snapshot_ptr snapshot_ = std::make_shared<membership_snapshot>();
  cluster_view view_;
};

} // namespace caf_gossip
