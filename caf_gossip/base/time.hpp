/// Time as the cores see it: every call takes the moment it happens at, nobody reads a clock.
///
/// Decisions use the monotonic `time_point`; `unix_time` is only stored and shown, and never
/// compared between nodes.
#pragma once

#include <chrono>
#include <cstdint>

namespace caf_gossip {

/// A moment of the monotonic clock. Only the type of the clock is used here, never its `now`.
using time_point = std::chrono::steady_clock::time_point;

using duration = std::chrono::steady_clock::duration;

/// "No deadline": the largest representable moment.
inline constexpr time_point never = time_point::max();

/// Milliseconds since 1970, for people and logs.
using unix_time = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// Translates monotonic moments to unix time by one offset, taken once by the shell that
/// constructs a core. A later jump of the wall clock therefore cannot make timestamps go back.
class unix_clock {
public:
  unix_clock() = default;

  /// Declares that the monotonic moment `at` was the unix time `shown`.
  unix_clock(time_point at, unix_time shown)
      : offset_(shown.time_since_epoch()
                - std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch())) {}

  [[nodiscard]] unix_time at(time_point now) const {
    return unix_time{std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch())
                     + offset_};
  }

private:
  std::chrono::milliseconds offset_{0};
};

} // namespace caf_gossip
