#include "caf_gossip/detector/heartbeat_history.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace caf_gossip {

static_assert(heartbeat_history::interval_max <= std::numeric_limits<std::uint64_t>::max()
                                                     / heartbeat_history::window_max
                                                     / heartbeat_history::interval_max);

heartbeat_history::heartbeat_history(std::size_t window)
    : window_(std::clamp(window, std::size_t{1}, window_max)) {}

void heartbeat_history::add(duration interval) {
  const duration longest = std::chrono::milliseconds{interval_max};
  const auto bounded = std::clamp(interval, duration{0}, longest);
  const auto value =
      static_cast<std::uint64_t>(std::chrono::round<std::chrono::milliseconds>(bounded).count());
  sum_ += value;
  squares_ += value * value;
  if (intervals_.size() < window_) {
    intervals_.push_back(value);
    return;
  }
  const auto forgotten = std::exchange(intervals_[oldest_], value);
  oldest_ = (oldest_ + 1) % window_;
  sum_ -= forgotten;
  squares_ -= forgotten * forgotten;
}

double heartbeat_history::mean() const {
  return intervals_.empty() ? 0.0
                            : static_cast<double>(sum_) / static_cast<double>(intervals_.size());
}

double heartbeat_history::variance() const {
  if (intervals_.empty())
    return 0.0;
  const std::uint64_t count = intervals_.size();
  // The squares around the mean rounded down are exact: what overflows on the way wraps back.
  const std::uint64_t origin = sum_ / count;
  const std::uint64_t around = squares_ - 2 * origin * sum_ + count * origin * origin;
  const double offset = mean() - static_cast<double>(origin);
  return std::max(0.0, static_cast<double>(around) / static_cast<double>(count) - offset * offset);
}

} // namespace caf_gossip
