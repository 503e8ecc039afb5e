#include "caf_gossip/detector/phi_accrual.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace caf_gossip {

namespace {

using fractional_milliseconds = std::chrono::duration<double, std::milli>;

constexpr double largest = std::numeric_limits<double>::max();

/// Returns a number between 0 and the largest finite one.
double finite(double value) {
  // The comparison is false for NaN.
  return value > 0.0 ? std::min(value, largest) : 0.0;
}

} // namespace

double phi(double elapsed_ms, double mean_ms, double deviation_ms) {
  const double y = (elapsed_ms - mean_ms) / deviation_ms;
  const double e = std::exp(-y * (1.5976 + 0.070566 * y * y));
  // Two forms of one term, each precise where it is used.
  const double later = elapsed_ms > mean_ms ? e / (1.0 + e) : 1.0 - 1.0 / (1.0 + e);
  return finite(-std::log10(later));
}

phi_accrual::phi_accrual(const phi_accrual_options& options, time_point now)
    : options_(options), history_(options.window), last_(now) {
  // Pekko, PhiAccrualFailureDetector.firstHeartbeat: two samples around the estimate, with a high
  // deviation because nothing is known yet.
  const duration estimate = options.first_estimate;
  history_.add(estimate - estimate / 4);
  history_.add(estimate + estimate / 4);
}

void phi_accrual::heartbeat(time_point now) {
  if (now <= last_)
    return;
  // Pekko, PhiAccrualFailureDetector.heartbeat: an interval counts only while the peer is
  // available. One that spans an outage says nothing about how regularly the peer is heard. The
  // time up to the first heartbeat is no interval between two.
  if (heard_ && suspicion(now) < 1.0)
    history_.add(now - last_);
  heard_ = true;
  last_ = now;
}

double phi_accrual::suspicion(time_point now) const {
  const double elapsed = fractional_milliseconds{now - last_}.count();
  const double pause = fractional_milliseconds{options_.acceptable_pause}.count();
  const double least = fractional_milliseconds{options_.min_deviation}.count();
  const double deviation = std::max(std::sqrt(history_.variance()), least);
  return finite(phi(elapsed, history_.mean() + pause, deviation) / options_.threshold);
}

} // namespace caf_gossip
