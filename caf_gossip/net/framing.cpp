#include "caf_gossip/net/framing.hpp"

namespace caf_gossip::net {

namespace {

/// Buffers up to this size are kept for the next read.
constexpr std::size_t kept_bytes = 4096;

} // namespace

void frame_reader::append(std::span<const std::uint8_t> data) {
  if (begin_ > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  buffer_.insert(buffer_.end(), data.begin(), data.end());
}

tl::expected<std::optional<std::span<const std::uint8_t>>, wire::decode_error>
frame_reader::next() {
  const auto rest = std::span<const std::uint8_t>{buffer_}.subspan(begin_);
  if (rest.empty()) {
    release();
    return std::nullopt;
  }
  const auto header = wire::decode_header(rest, frame_bytes_max_);
  if (!header) {
    if (header.error() == wire::decode_error::truncated)
      return std::nullopt;
    return tl::unexpected{header.error()};
  }
  const auto size = wire::header_bytes + header->body_bytes;
  if (rest.size() < size)
    return std::nullopt;
  begin_ += size;
  return rest.first(size);
}

void frame_reader::release() {
  begin_ = 0;
  buffer_.clear();
  if (buffer_.capacity() > kept_bytes)
    wire::bytes{}.swap(buffer_);
}

} // namespace caf_gossip::net
