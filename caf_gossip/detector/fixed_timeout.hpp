/// The simplest failure detector: a peer has failed when it was silent for a fixed time.
///
/// It learns nothing and is exactly predictable, for networks whose delays are known and for tests.
#pragma once

#include <chrono>

#include "caf_gossip/base/time.hpp"
#include "caf_gossip/detector/failure_detector.hpp"

namespace caf_gossip {

class fixed_timeout final : public failure_detector {
public:
  /// Observes from `now` on. The suspicion is the part of `timeout` that has passed in silence;
  /// `timeout` is at least 1 ms.
  fixed_timeout(std::chrono::milliseconds timeout, time_point now);

  void heartbeat(time_point now) override;

  [[nodiscard]] double suspicion(time_point now) const override;

  [[nodiscard]] time_point last_heartbeat() const override { return last_; }

private:
  std::chrono::milliseconds timeout_;
  time_point last_;
};

} // namespace caf_gossip
