/// Frames to FlatBuffers. Internal to this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "caf_gossip/wire/frame.hpp"

namespace caf_gossip::wire {

/// Returns a lower bound of the bytes that `pack` needs, without building anything.
[[nodiscard]] std::size_t least_bytes(const frame& what);

/// Writes the body of a frame. The result lives until the next call in the same thread. Needs
/// `least_bytes(what) <= frame_bytes_possible`.
[[nodiscard]] std::span<const std::uint8_t> pack(const frame& what);

} // namespace caf_gossip::wire
