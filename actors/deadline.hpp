/// Until when to wait.
#pragma once

#include <algorithm>
#include <chrono>

namespace caf_gossip {

/// Returns the moment in `limit` from now on. Limits below 0 count as 0; longer ones than a year,
/// which could leave the range of the clock, as a year.
inline std::chrono::steady_clock::time_point deadline_after(std::chrono::milliseconds limit) {
  using std::chrono::milliseconds;
  constexpr std::chrono::hours year{24 * 365};
  return std::chrono::steady_clock::now() + std::clamp<milliseconds>(limit, milliseconds{0}, year);
}

} // namespace caf_gossip
