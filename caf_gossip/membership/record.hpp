/// What is known of one member, and the order that decides which of two records is newer.
///
/// The order is total, so keeping the greater of two records is a join-semilattice: merging is
/// commutative, associative and idempotent, and it does not matter in which order, how often or
/// over which way records arrive.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/membership/member_status.hpp"

namespace caf_gossip {

/// Free texts that a node says about itself (role, zone, version, ...).
using attributes = std::map<std::string, std::string>;

inline constexpr std::size_t attributes_max = 16;
inline constexpr std::size_t attribute_bytes_max = 128;

struct record {
  node_id id;
  authority address;
  /// One run of the node. A higher one replaces everything known of a lower one.
  std::uint64_t incarnation = 0;
  /// Raised only by the node itself, to refute a suspicion or to say something new.
  std::uint64_t version = 0;
  member_status status = member_status::joining;
  attributes attrs;

  friend bool operator==(const record&, const record&) = default;
};

/// Orders records of one node id by: incarnation; then how far the member is on its way out
/// (joining, then up and suspect, then leaving, then dead, then removed), because a verdict is
/// final whatever the version (SWIM 4.2: "confirm" overrides every "alive" and "suspect"); then
/// version; then status, suspect over up; then address and attributes, a tie-break that only
/// counts when two different nodes claim to be one.
///
/// Deviation: SWIM orders suspect and alive by incarnation only. Here a restart has its own
/// number, and `version` takes the place of SWIM's incarnation.
[[nodiscard]] std::strong_ordering compare(const record& lhs, const record& rhs);

/// Tells whether two different records claim the same incarnation, version and status: they can
/// only come from two nodes that use one name.
[[nodiscard]] bool in_conflict(const record& lhs, const record& rhs);

[[nodiscard]] member_ref ref_of(const record& what);

/// Returns a content hash that is equal on every node.
[[nodiscard]] std::uint64_t hash_of(const record& what);

/// Tells whether every field is within its bounds.
[[nodiscard]] bool is_valid(const record& what);

/// Returns a generous estimate of the record's size on the wire; the exact size is the codec's
/// business.
[[nodiscard]] std::size_t estimated_bytes(const record& what);

/// Returns "id#incarnation@host:port v3 suspect".
[[nodiscard]] std::string to_string(const record& what);

} // namespace caf_gossip
