/// Is one peer alive? One detector object per observed peer.
///
/// A detector only turns heartbeats into a level of suspicion. What follows from it, suspicion,
/// refutation and the verdict, is decided by the membership layer.
#pragma once

#include <functional>
#include <memory>

#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

class failure_detector {
public:
  virtual ~failure_detector() = default;

  /// Records a heartbeat. Moments that lie before the last one are ignored.
  virtual void heartbeat(time_point now) = 0;

  /// Records a message that proves life but is no heartbeat; it need not count as one.
  virtual void sign_of_life(time_point now) { heartbeat(now); }

  /// Says how often heartbeats of this peer come if all is well. Many detectors learn that.
  virtual void expect_every(duration period) { static_cast<void>(period); }

  /// Returns the level of suspicion: 0 = as good as certainly alive, 1 or more = has failed.
  /// Never NaN; does not fall while no heartbeat arrives.
  [[nodiscard]] virtual double suspicion(time_point now) const = 0;

  /// Returns the moment of the last heartbeat.
  [[nodiscard]] virtual time_point last_heartbeat() const = 0;
};

/// Makes a detector for a peer that is observed from `now` on.
using detector_factory = std::function<std::unique_ptr<failure_detector>(time_point now)>;

} // namespace caf_gossip
