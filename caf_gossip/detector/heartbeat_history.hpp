/// The last intervals between heartbeats of one peer, with their mean and variance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

/// Remembers intervals in whole milliseconds. The sums are integers, so that every operation takes
/// constant time and nothing drifts however many intervals have passed through.
class heartbeat_history {
public:
  /// Most intervals that are remembered, whatever is asked for.
  static constexpr std::size_t window_max = 10'000;

  /// Longer intervals count as this long: 6 hours, so that the sum of squares fits into 64 bits.
  static constexpr std::uint64_t interval_max = 21'600'000;

  /// Remembers the last `window` intervals, at least 1.
  explicit heartbeat_history(std::size_t window);

  /// Adds an interval, rounded to milliseconds and not below 0, and forgets the oldest one when
  /// the window is full.
  void add(duration interval);

  [[nodiscard]] std::size_t size() const { return intervals_.size(); }

  /// Returns the mean in milliseconds; 0 while there is no interval.
  [[nodiscard]] double mean() const;

  /// Returns the population variance in square milliseconds, never negative; 0 while there is no
  /// interval.
  [[nodiscard]] double variance() const;

private:
  std::vector<std::uint64_t> intervals_;
  std::size_t window_;
  /// Where the next interval goes once the window is full.
  std::size_t oldest_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t squares_ = 0;
};

} // namespace caf_gossip
