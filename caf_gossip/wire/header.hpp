/// The fixed header in front of every body. Internal to this folder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "caf_gossip/wire/codec.hpp"

namespace caf_gossip::wire {

/// The first byte is no ASCII character, so that no text protocol is taken for ours.
inline constexpr std::array<std::uint8_t, 4> magic{0xca, 0xf0, 'g', 's'};

/// FlatBuffers' offsets are signed 32-bit numbers, so no limit may be set higher than this.
inline constexpr std::size_t frame_bytes_possible = std::size_t{1} << 30U;

/// Returns the header that belongs in front of `body`.
[[nodiscard]] std::array<std::uint8_t, header_bytes>
make_header(std::span<const std::uint8_t> body);

/// Tells whether the checksum in the header fits header and body. `data` is one whole frame.
[[nodiscard]] bool has_right_checksum(std::span<const std::uint8_t> data);

} // namespace caf_gossip::wire
