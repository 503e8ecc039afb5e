/// Who is in: the plain value that membership hands to everything else.
#pragma once

#include <cstdint>
#include <vector>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/base/member_ref.hpp"

namespace caf_gossip {

/// One change of the topology and the topology after it. All lists are sorted.
struct topology {
  /// Members now that were not members in the last update.
  std::vector<member_ref> joined;
  /// Members of the last update that left or were replaced.
  std::vector<member_ref> left;
  /// Members of the last update that were declared dead.
  std::vector<member_ref> dead;
  /// All members: joining, up and suspect ones, self included.
  std::vector<member_ref> members;
  /// Ids that are kept out: quarantined or blocked.
  std::vector<node_id> blocked;
  /// Equal on every node that has the same members; see `topology_hash`.
  std::uint64_t hash = 0;

  friend bool operator==(const topology&, const topology&) = default;
};

/// Returns a content hash over the length-prefixed, sorted (id, incarnation, authority).
/// `members` must be sorted.
[[nodiscard]] std::uint64_t topology_hash(const std::vector<member_ref>& members);

/// Checks an update for contradictions: no list holds a duplicate, joined, left and dead do not
/// overlap, members holds no left or dead entry, every joined entry is a member. Errors:
/// invalid_topology naming the rule and the entry.
[[nodiscard]] expected<void> validate(const topology& update);

} // namespace caf_gossip
