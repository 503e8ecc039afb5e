/// Fails a peer as soon as one heartbeat is overdue: for peers whose heartbeats are known to come
/// every so often, and whose silence is checked by a probe before anybody is suspected.
#pragma once

#include <algorithm>
#include <chrono>

#include "caf_gossip/base/time.hpp"
#include "caf_gossip/detector/failure_detector.hpp"

namespace caf_gossip {

class overdue_heartbeat final : public failure_detector {
public:
  /// Observes from `now` on. Until `expect_every` is called, heartbeats are expected every
  /// `period`. The suspicion is 1 when one is `grace` late, and no other sign of life came since
  /// it was due. `period` and `grace` are at least 1 ms.
  overdue_heartbeat(duration period, duration grace, time_point now);

  void heartbeat(time_point now) override;

  void sign_of_life(time_point now) override;

  void expect_every(duration period) override { period_ = period; }

  [[nodiscard]] double suspicion(time_point now) const override;

  [[nodiscard]] time_point last_heartbeat() const override { return std::max(last_, last_sign_); }

private:
  duration period_;
  duration grace_;
  time_point last_;
  time_point last_sign_;
};

} // namespace caf_gossip
