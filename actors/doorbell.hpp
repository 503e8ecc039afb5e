/// Wakes somebody who looks for himself what there is to do.
#pragma once

#include <atomic>
#include <functional>
#include <utility>

namespace caf_gossip {

/// Thread-safe. However often it is pressed, it rings once until somebody has come to look.
class doorbell {
public:
  /// `ring` only sends a message: it may be called from any thread.
  explicit doorbell(std::function<void()> ring) : ring_(std::move(ring)) {}

  void press() {
    if (!has_rung_.exchange(true))
      ring_();
  }

  /// To be called before looking, so that nothing is missed.
  void come() { has_rung_ = false; }

private:
  std::function<void()> ring_;
  std::atomic<bool> has_rung_{false};
};

} // namespace caf_gossip
