/// Who is meant: a node's name, where it is reached, and which run of it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "caf_gossip/base/authority.hpp"

namespace caf_gossip {

/// The name of a node, 1 to `node_id_bytes_max` bytes without control characters.
using node_id = std::string;

inline constexpr std::size_t node_id_bytes_max = 128;

/// Tells whether `id` is within the bounds of a node id.
[[nodiscard]] bool is_valid_node_id(const node_id& id);

/// One incarnation of one node. Ordered by id, then incarnation, then address.
struct member_ref {
  node_id id;
  /// One run of the node: microseconds since 1970 at its start, or more.
  std::uint64_t incarnation = 0;
  authority address;

  friend auto operator<=>(const member_ref&, const member_ref&) = default;
};

/// Returns "id#incarnation@host:port".
[[nodiscard]] std::string to_string(const member_ref& who);

} // namespace caf_gossip
