/// Frames to bytes and back. This folder is the only one that sees FlatBuffers.
///
/// A frame is a fixed header of `header_bytes` (magic, version, flags, length, checksum) and a
/// FlatBuffer of `schemas/frame.fbs`; docs/wire-format.md has the layout. The same header stands
/// on streams and datagrams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "caf_gossip/wire/frame.hpp"

namespace caf_gossip::wire {

/// A newer minor version is understood (unknown fields are skipped, unknown codes of refusals
/// become errc::invalid_state), a newer major one refused.
inline constexpr std::uint8_t protocol_major = 1;
inline constexpr std::uint8_t protocol_minor = 3;

inline constexpr std::size_t header_bytes = 24;

using bytes = std::vector<std::uint8_t>;

/// Why bytes were not accepted as a frame. One counter per value: append only.
enum class decode_error : std::uint8_t {
  /// Fewer bytes than the header or than its length says. On a stream: wait for more.
  truncated,
  /// The first bytes are not ours: the peer speaks something else, the stream cannot be followed.
  wrong_magic,
  /// A newer major version. Answered with a reject frame.
  wrong_version,
  /// The declared length exceeds the limit; nothing was allocated for it.
  too_large,
  /// Header or body do not match the checksum.
  wrong_checksum,
  /// FlatBuffers' verifier refused the body.
  malformed,
  /// Well-formed, but without meaning: unknown enumerator, count or text out of bounds, ...
  invalid,
};

inline constexpr std::size_t decode_error_count = 7;

[[nodiscard]] std::string_view to_string(decode_error what);

/// The part of the header that a reader needs to find the end of a frame.
struct frame_header {
  std::uint8_t major = 0;
  std::uint8_t minor = 0;
  /// Bytes of the body behind the header.
  std::uint32_t body_bytes = 0;
};

/// Reads and checks a header. `frame_bytes_max` bounds header plus body.
[[nodiscard]] tl::expected<frame_header, decode_error>
decode_header(std::span<const std::uint8_t> data, std::size_t frame_bytes_max);

/// Reads exactly one frame: `data` holds header and body and nothing behind them. Verifies the
/// FlatBuffer before the first access and then checks the meaning of every field, so whatever is
/// returned is within all bounds.
[[nodiscard]] tl::expected<frame, decode_error> decode(std::span<const std::uint8_t> data,
                                                       std::size_t frame_bytes_max);

/// Writes a frame. Equal frames give equal bytes. Errors: limit_reached when the result would be
/// longer than `frame_bytes_max`.
[[nodiscard]] expected<bytes> encode(const frame& what, std::size_t frame_bytes_max);

} // namespace caf_gossip::wire
