/// FlatBuffers to frames. Internal to this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "caf_gossip/wire/codec.hpp"

namespace caf_gossip::wire {

/// Longest cluster name accepted.
inline constexpr std::size_t cluster_bytes_max = 255;

/// Longest text of a refusal or reject accepted. Longer ones are cut when sent.
inline constexpr std::size_t reason_bytes_max = 1024;

/// Verifies a body, reads it and checks the meaning of every field. `body` is aligned to 8 bytes;
/// `minor` is the version that it was written in. Errors: malformed, invalid.
[[nodiscard]] tl::expected<frame, decode_error> unpack(std::span<const std::uint8_t> body,
                                                       std::uint8_t minor);

} // namespace caf_gossip::wire
