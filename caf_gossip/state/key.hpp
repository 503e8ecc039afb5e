/// Keys of the key/value plane: which are allowed, and how the entries of a map are named.
///
/// An entry of a map is an entry like any other. Its key is the map's key, a separator that no key
/// may contain, and the key within the map, so that all entries of a map stand together.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "caf_gossip/base/errc.hpp"

namespace caf_gossip {

/// The counts of actors per kind that every member publishes; see member_heartbeat.hpp.
inline constexpr std::string_view heartbeat_key = "heartbeat";

/// Published by a member that leaves on purpose.
inline constexpr std::string_view gracefully_left_key = "gracefully_left";

/// ASCII "unit separator".
inline constexpr char map_separator = '\x1f';

/// The two keys above: only the gossiper itself writes them.
[[nodiscard]] bool is_reserved_key(std::string_view key);

/// Errors: invalid_argument unless `key` has 1 to `key_bytes_max` bytes, no control characters,
/// and is not reserved.
[[nodiscard]] expected<void> check_key(std::string_view key);

/// The same for a map's key and a key within it, which together have one byte less. A key within a
/// map may be named like a reserved key.
[[nodiscard]] expected<void> check_map_key(std::string_view key, std::string_view map_key);

/// Tells whether a key that came from another member is one that this library could have written:
/// a key, a reserved key, or an entry of a map under a key that is not reserved.
[[nodiscard]] bool is_wire_key(std::string_view key);

[[nodiscard]] std::string map_entry_key(std::string_view key, std::string_view map_key);

/// Tells whether a stored key is that of an entry of the map under `key`.
[[nodiscard]] bool is_entry_of(std::string_view stored, std::string_view key);

/// A stored key as users know it.
struct split_key {
  std::string_view key;
  /// Nothing for a plain value.
  std::optional<std::string_view> map_key;
};

/// Splits at the first separator. The views point into `stored`.
[[nodiscard]] split_key split(std::string_view stored);

/// Returns a text from outside in single quotes, fit for one line of an error: cut after 200 bytes,
/// control characters replaced.
[[nodiscard]] std::string quoted(std::string_view text);

} // namespace caf_gossip
