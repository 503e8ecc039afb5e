#include "caf_gossip/membership/member_status.hpp"

#include <cstddef>

namespace caf_gossip {

namespace {

constexpr std::size_t count = all_statuses.size();

using row = std::array<bool, count>;

// Columns:               joining  up     suspect leaving removed dead
constexpr row from_joining{false, true, true, true, true, true};
constexpr row from_up{false, false, true, true, false, true};
constexpr row from_suspect{false, true, false, true, false, true};
constexpr row from_leaving{false, false, false, false, true, true};
constexpr row from_removed{false, false, false, false, false, false};
constexpr row from_dead{false, false, false, false, true, false};

constexpr std::array<row, count> steps{from_joining, from_up,      from_suspect,
                                       from_leaving, from_removed, from_dead};

/// Closes the one-step matrix over any number of steps (Warshall).
constexpr std::array<row, count> closure() {
  auto reach = steps;
  for (std::size_t i = 0; i < count; ++i)
    reach[i][i] = true;
  for (std::size_t via = 0; via < count; ++via)
    for (std::size_t from = 0; from < count; ++from)
      for (std::size_t to = 0; to < count; ++to)
        reach[from][to] = reach[from][to] || (reach[from][via] && reach[via][to]);
  return reach;
}

constexpr auto paths = closure();

constexpr std::array<std::string_view, count> names{"joining", "up",      "suspect",
                                                    "leaving", "removed", "dead"};

constexpr std::size_t index(member_status status) {
  return static_cast<std::size_t>(status);
}

} // namespace

std::string_view to_string(member_status status) {
  return index(status) < count ? names[index(status)] : std::string_view{"unknown"};
}

std::optional<member_status> to_member_status(std::uint8_t code) {
  if (code >= count)
    return std::nullopt;
  return static_cast<member_status>(code);
}

bool is_transition(member_status from, member_status to) {
  return steps[index(from)][index(to)];
}

bool is_reachable(member_status from, member_status to) {
  return paths[index(from)][index(to)];
}

} // namespace caf_gossip
