/// A map as one value: what `get_state` shows for the key of a map.
///
/// The version, 1, in one byte; the number of entries; then, by ascending key, each entry's key and
/// value behind their lengths. Numbers have 4 bytes, little-endian.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "caf_gossip/state/message.hpp"

namespace caf_gossip {

using state_map = std::map<std::string, byte_buffer>;

/// Returns equal bytes for equal maps. There are less than 2^32 entries, and less than 2^32 bytes
/// in each key and value.
[[nodiscard]] byte_buffer encode_map(const state_map& what);

/// Returns nothing for everything that `encode_map` cannot have made. Uses memory in proportion to
/// `data`, whatever the lengths in it say.
[[nodiscard]] std::optional<state_map> decode_map(const byte_buffer& data);

} // namespace caf_gossip
