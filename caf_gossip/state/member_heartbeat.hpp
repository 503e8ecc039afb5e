/// What a member says with every tick: how many actors of each kind it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/state/message.hpp"

namespace caf_gossip {

inline constexpr std::size_t actor_kinds_max = 1024;
inline constexpr std::size_t actor_kind_bytes_max = 255;

struct member_heartbeat {
  /// By kind, which has 1 to `actor_kind_bytes_max` bytes.
  std::map<std::string, std::int64_t> actor_counts;

  friend bool operator==(const member_heartbeat&, const member_heartbeat&) = default;
};

/// A map (see map_codec.hpp) of kinds to counts of 8 bytes, little-endian, in two's complement.
/// Errors: invalid_argument for more than `actor_kinds_max` kinds or a kind that is empty or has
/// more than `actor_kind_bytes_max` bytes.
[[nodiscard]] expected<byte_buffer> encode_heartbeat(const member_heartbeat& what);

/// Returns nothing for everything that `encode_heartbeat` cannot have made.
[[nodiscard]] std::optional<member_heartbeat> decode_heartbeat(const byte_buffer& data);

} // namespace caf_gossip
