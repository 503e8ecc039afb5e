/// The phi accrual failure detector: learns how regularly a peer is heard and tells how unlikely
/// the present silence is.
///
/// Source: Hayashibara et al., "The phi accrual failure detector", SRDS 2004, in the form that
/// Pekko uses: a normal distribution, approximated by a logistic function, and a pause that is
/// tolerated on top of the mean.
#pragma once

#include <cstddef>

#include "caf_gossip/base/time.hpp"
#include "caf_gossip/detector/failure_detector.hpp"
#include "caf_gossip/detector/heartbeat_history.hpp"

namespace caf_gossip {

/// Returns phi = -log10(probability that a heartbeat still comes after `elapsed_ms`), when
/// intervals have that mean and standard deviation. 0.3 at the mean; 1 means that one such silence
/// in ten is a false alarm, 8 one in 10^8. Never negative, infinite or NaN, and does not fall when
/// `elapsed_ms` grows: what cannot be computed is 0, what is too large the largest finite number.
[[nodiscard]] double phi(double elapsed_ms, double mean_ms, double deviation_ms);

/// The defaults and bounds are those of the settings "phi-*".
struct phi_accrual_options {
  /// Phi at which the suspicion is 1. More than 0.
  double threshold = 8.0;
  /// Intervals remembered.
  std::size_t window = 200;
  /// Keeps a very regular peer from being suspected for a little delay.
  std::chrono::milliseconds min_deviation{100};
  /// Tolerated on top of the mean, for pauses of the process or the network.
  std::chrono::milliseconds acceptable_pause{1500};
  /// Stands for the interval until real ones are known.
  std::chrono::milliseconds first_estimate{1000};

  friend bool operator==(const phi_accrual_options&, const phi_accrual_options&) = default;
};

class phi_accrual final : public failure_detector {
public:
  /// Observes from `now` on; silence counts although no heartbeat was heard yet.
  phi_accrual(const phi_accrual_options& options, time_point now);

  void heartbeat(time_point now) override;

  [[nodiscard]] double suspicion(time_point now) const override;

  [[nodiscard]] time_point last_heartbeat() const override { return last_; }

  [[nodiscard]] const heartbeat_history& history() const { return history_; }

private:
  phi_accrual_options options_;
  heartbeat_history history_;
  time_point last_;
  bool heard_ = false;
};

} // namespace caf_gossip
