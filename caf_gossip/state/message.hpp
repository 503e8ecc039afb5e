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
#include "caf_gossip/base/hash_ranges.hpp"

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

/// One live entry as two numbers, to find differences without sending values.
struct entry_digest {
  /// Where it lies among all entries, a hash of owner, incarnation and key.
  std::uint64_t place = 0;
  /// Its sequence number; of a heartbeat the hash of its content.
  std::uint64_t version = 0;

  friend bool operator==(const entry_digest&, const entry_digest&) = default;
};

/// "Where do our stores differ?" All lists are sorted, and ranges do not overlap.
struct state_question {
  /// Longest lists of ranges and of entries.
  static constexpr std::size_t ranges_max = 256;
  static constexpr std::size_t entries_max = 2048;

  /// Is the receiver's sum another in these?
  std::vector<hash_range> ranges;
  /// In these the sender has the following live entries and no others.
  std::vector<hash_range> scope;
  std::vector<entry_digest> entries;

  friend bool operator==(const state_question&, const state_question&) = default;
};

/// Answers a question, together with the entries in its scope that the asking side lacks.
struct state_findings {
  /// Those of the ranges that differ, and those of the scope whose entries had no room beside this.
  std::vector<hash_range> different;
  /// Places of listed entries that the answering side lacks or has older. They follow in a request.
  std::vector<std::uint64_t> wanted;

  friend bool operator==(const state_findings&, const state_findings&) = default;
};

/// Tells whether the lists keep their bounds and are in order.
[[nodiscard]] bool is_valid(const state_question& what);
[[nodiscard]] bool is_valid(const state_findings& what);

/// "Here is what you lack of mine." The sender is named twice on purpose: the envelope says which
/// incarnation speaks, `from_member_id` whose watermark the answer moves.
struct gossip_request {
  node_id from_member_id;
  gossip_state state;
  /// Stands on requests of a comparison only, which move no watermark.
  std::optional<state_question> question = std::nullopt;

  friend bool operator==(const gossip_request&, const gossip_request&) = default;
};

/// Accepts a request, with what the receiver has that the sender lacks, if anything; or rejects it.
struct gossip_response {
  /// errc::none = accepted and merged; everything else = nothing was merged.
  errc rejected = errc::none;
  std::optional<gossip_state> state;
  /// Answers a question; nothing from nodes that do not know questions.
  std::optional<state_findings> findings = std::nullopt;

  friend bool operator==(const gossip_response&, const gossip_response&) = default;
};

/// The messages of the key/value plane. The order is the order of the wire's union: append only.
using state_payload = std::variant<gossip_request, gossip_response>;

} // namespace caf_gossip
