/// The key/value plane: what members say about themselves, and how it is exchanged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "caf_gossip/base/envelope.hpp"
#include "caf_gossip/base/errc.hpp"

namespace caf_gossip {

using byte_buffer = std::vector<std::uint8_t>;

inline constexpr std::size_t key_bytes_max = 255;

/// One value under one key of one member.
struct gossip_key_value {
  byte_buffer value;
  /// Counts the writes of the owner over all its keys; the first one is 1.
  std::uint64_t sequence_number = 0;
  /// When this node accepted the value. Shown, never compared between nodes.
  std::int64_t local_timestamp_unix_milliseconds = 0;
  /// The owner has removed the key; there is no value. It travels so that others remove it too.
  bool removed = false;

  friend bool operator==(const gossip_key_value&, const gossip_key_value&) = default;
};

/// What an entry counts for against the limits in bytes: key, value, and what it takes to keep
/// them.
[[nodiscard]] inline std::size_t entry_bytes(const std::string& key, const byte_buffer& value) {
  return key.size() + value.size() + 128;
}

/// Ordered, so that equal states give equal bytes.
using gossip_member_state = std::map<std::string, gossip_key_value>;

/// What members have under one key, by node id.
using gossip_values = std::map<node_id, gossip_key_value>;

/// States of members by node id, plus the incarnation that each belongs to.
struct gossip_state {
  struct member {
    std::uint64_t incarnation = 0;
    gossip_member_state entries;

    friend bool operator==(const member&, const member&) = default;
  };

  std::map<node_id, member> members;

  friend bool operator==(const gossip_state&, const gossip_state&) = default;
};

/// "Here is what you lack of mine." The sender is named twice on purpose: the envelope says which
/// incarnation speaks, `from_member_id` whose watermark the answer moves.
struct gossip_request {
  node_id from_member_id;
  gossip_state state;

  friend bool operator==(const gossip_request&, const gossip_request&) = default;
};

/// Accepts a request, with what the receiver has that the sender lacks, if anything; or rejects it.
struct gossip_response {
  /// errc::none = accepted and merged; everything else = nothing was merged.
  errc rejected = errc::none;
  std::optional<gossip_state> state;

  friend bool operator==(const gossip_response&, const gossip_response&) = default;
};

/// The messages of the key/value plane. The order is the order of the wire's union: append only.
using state_payload = std::variant<gossip_request, gossip_response>;

} // namespace caf_gossip
