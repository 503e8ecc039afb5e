#include "caf_gossip/wire/codec.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "caf_gossip/wire/header.hpp"
#include "caf_gossip/wire/pack.hpp"
#include "caf_gossip/wire/unpack.hpp"

namespace caf_gossip::wire {

namespace {

constexpr std::array<std::string_view, decode_error_count> names{
    "truncated",      "wrong_magic", "wrong_version", "too_large",
    "wrong_checksum", "malformed",   "invalid",
};

auto too_large(std::string_view at_least, std::size_t size, std::size_t limit) {
  return fail(errc::limit_reached, "a frame of " + std::string{at_least} + std::to_string(size)
                                       + " bytes exceeds the limit of " + std::to_string(limit)
                                       + " bytes");
}

/// Returns what `unpack` returns, for a body at any address.
tl::expected<frame, decode_error> unpack_anywhere(std::span<const std::uint8_t> body,
                                                  std::uint8_t minor) {
  // FlatBuffers reads 8-byte numbers in place.
  if (reinterpret_cast<std::uintptr_t>(body.data()) % alignof(std::uint64_t) == 0)
    return unpack(body, minor);
  std::vector<std::uint64_t> aligned((body.size() + 7) / 8);
  std::memcpy(aligned.data(), body.data(), body.size());
  return unpack({reinterpret_cast<const std::uint8_t*>(aligned.data()), body.size()}, minor);
}

} // namespace

std::string_view to_string(decode_error what) {
  const auto index = static_cast<std::size_t>(what);
  return index < names.size() ? names[index] : std::string_view{"unknown"};
}

tl::expected<frame, decode_error> decode(std::span<const std::uint8_t> data,
                                         std::size_t frame_bytes_max) {
  const auto header = decode_header(data, frame_bytes_max);
  if (!header)
    return tl::unexpected{header.error()};
  const auto size = header_bytes + header->body_bytes;
  if (data.size() < size)
    return tl::unexpected{decode_error::truncated};
  if (data.size() > size)
    return tl::unexpected{decode_error::invalid};
  if (!has_right_checksum(data))
    return tl::unexpected{decode_error::wrong_checksum};
  return unpack_anywhere(data.subspan(header_bytes), header->minor);
}

expected<bytes> encode(const frame& what, std::size_t frame_bytes_max) {
  const auto limit = std::min(frame_bytes_max, frame_bytes_possible);
  // What can be known to be too large is not built first.
  if (const auto least = header_bytes + least_bytes(what); least > limit)
    return too_large("at least ", least, limit);
  const auto body = pack(what);
  const auto size = header_bytes + body.size();
  if (size > limit)
    return too_large("", size, limit);
  const auto header = make_header(body);
  bytes result;
  result.reserve(size);
  result.insert(result.end(), header.begin(), header.end());
  result.insert(result.end(), body.begin(), body.end());
  return result;
}

} // namespace caf_gossip::wire
