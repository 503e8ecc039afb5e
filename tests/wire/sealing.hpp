/// Frames made by hand: any body behind a header that is right, or wrong in one chosen way.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "caf_gossip/base/hashing.hpp"
#include "caf_gossip/wire/codec.hpp"

namespace caf_gossip::test {

inline constexpr std::size_t frame_bytes_max = 1U << 20U;

inline void put(wire::bytes& frame, std::size_t at, std::size_t size, std::uint64_t number) {
  for (std::size_t i = 0; i < size; ++i)
    frame[at + i] = static_cast<std::uint8_t>(number >> (8 * i));
}

/// Writes the checksum that fits the rest of the frame, as docs/wire-format.md describes it.
inline void seal(wire::bytes& frame) {
  auto covered = frame;
  covered.erase(covered.begin() + 16, covered.begin() + wire::header_bytes);
  put(frame, 16, 8, hash_bytes(covered.data(), covered.size()));
}

/// Returns a frame of the given version with the body and a right checksum.
inline wire::bytes sealed(std::span<const std::uint8_t> body,
                          std::uint8_t minor = wire::protocol_minor,
                          std::uint8_t major = wire::protocol_major) {
  wire::bytes result(wire::header_bytes + body.size());
  put(result, 0, 4, 0x7367f0ca);
  result[4] = major;
  result[5] = minor;
  put(result, 8, 4, body.size());
  std::copy(body.begin(), body.end(), result.begin() + wire::header_bytes);
  seal(result);
  return result;
}

/// Returns why the bytes are no frame. Fails the calling test when they are one.
inline wire::decode_error refusal_of(std::span<const std::uint8_t> data) {
  return wire::decode(data, frame_bytes_max).error();
}

} // namespace caf_gossip::test
