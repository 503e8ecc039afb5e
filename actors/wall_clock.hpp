/// The time of day for an actor whose clock may be a virtual one.
#pragma once

#include <chrono>

#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

/// Returns a clock that shows the time of day now and from then on follows the actor's own clock.
[[nodiscard]] inline unix_clock wall_clock(time_point now) {
  return {now, std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())};
}

} // namespace caf_gossip
