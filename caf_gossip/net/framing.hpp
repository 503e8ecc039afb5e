/// Cuts frames out of a stream of bytes. It knows lengths, not contents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "caf_gossip/wire/codec.hpp"

namespace caf_gossip::net {

/// Memory grows with the bytes that came, never with a length that was announced, and is given
/// back when nothing is left over: an idle reader holds next to nothing.
class frame_reader {
public:
  /// `frame_bytes_max` bounds header and body of one frame.
  explicit frame_reader(std::size_t frame_bytes_max) : frame_bytes_max_(frame_bytes_max) {}

  /// Adds what was read. Frames returned by `next` are invalid afterwards.
  void append(std::span<const std::uint8_t> data);

  /// Returns the next complete frame, or nothing when more bytes are needed. The frame is valid
  /// until the next call of a non-const member. Errors: whatever is wrong with the header; the
  /// stream cannot be followed any further.
  [[nodiscard]] tl::expected<std::optional<std::span<const std::uint8_t>>, wire::decode_error>
  next();

  /// Tells whether a frame was started and not completed.
  [[nodiscard]] bool holds_partial() const { return begin_ < buffer_.size(); }

  /// Bytes of memory held.
  [[nodiscard]] std::size_t capacity() const { return buffer_.capacity(); }

private:
  void release();

  std::size_t frame_bytes_max_;
  wire::bytes buffer_;
  std::size_t begin_ = 0;
};

} // namespace caf_gossip::net
