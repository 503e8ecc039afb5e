/// The statuses of a member and the transitions between them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace caf_gossip {

/// The numeric values are the codes on the wire: append only, never renumber.
enum class member_status : std::uint8_t {
  /// Admitted, but nobody has heard its heartbeat yet.
  joining = 0,
  /// Heard and well.
  up = 1,
  /// Not heard as expected; dead after the suspicion timeout unless it refutes (SWIM 4.2).
  suspect = 2,
  /// Says goodbye.
  leaving = 3,
  /// Left, or replaced by a newer incarnation. Final.
  removed = 4,
  /// Declared dead. Final for this incarnation.
  dead = 5,
};

inline constexpr std::array<member_status, 6> all_statuses{
    member_status::joining, member_status::up,      member_status::suspect,
    member_status::leaving, member_status::removed, member_status::dead};

[[nodiscard]] std::string_view to_string(member_status status);

/// Returns the status of a code read from outside, or nothing when the code is unknown.
[[nodiscard]] std::optional<member_status> to_member_status(std::uint8_t code);

/// Tells whether one step leads from `from` to `to` within one incarnation.
[[nodiscard]] bool is_transition(member_status from, member_status to);

/// Tells whether allowed steps lead from `from` to `to` within one incarnation, for records that
/// arrive after steps were missed. A status is reachable from itself.
[[nodiscard]] bool is_reachable(member_status from, member_status to);

/// joining, up and suspect: in the topology, a peer, a target.
[[nodiscard]] constexpr bool is_active(member_status status) {
  return status == member_status::joining || status == member_status::up
         || status == member_status::suspect;
}

/// removed and dead: kept as a tombstone, only a higher incarnation comes back.
[[nodiscard]] constexpr bool is_final(member_status status) {
  return status == member_status::removed || status == member_status::dead;
}

} // namespace caf_gossip
