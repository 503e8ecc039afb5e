/// At most so many per second, for answers that a stranger can provoke.
#pragma once

#include <chrono>
#include <cstdint>

#include "caf_gossip/base/time.hpp"

namespace caf_gossip::net {

/// Counts in windows of one second. Two windows that touch may let twice the number through.
class rate_limit {
public:
  explicit rate_limit(std::uint32_t per_second) : per_second_(per_second) {}

  /// Tells whether one more is allowed at `now`, and counts it if so.
  [[nodiscard]] bool allow(time_point now) {
    if (used_ == 0 || now - window_ >= std::chrono::seconds{1}) {
      window_ = now;
      used_ = 0;
    }
    if (used_ >= per_second_)
      return false;
    ++used_;
    return true;
  }

private:
  std::uint32_t per_second_;
  std::uint32_t used_ = 0;
  time_point window_{};
};

} // namespace caf_gossip::net
