#include "caf_gossip/wire/header.hpp"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace caf_gossip::wire {

namespace {

// Where each field of the header begins. All numbers are little-endian.
constexpr std::size_t major_at = 4;
constexpr std::size_t minor_at = 5;
constexpr std::size_t flags_at = 6;
constexpr std::size_t length_at = 8;
constexpr std::size_t reserved_at = 12;
constexpr std::size_t checksum_at = 16;

static_assert(major_at == magic.size());
static_assert(checksum_at + sizeof(std::uint64_t) == header_bytes);

std::uint64_t load(std::span<const std::uint8_t> data, std::size_t at, std::size_t size) {
  std::uint64_t result = 0;
  for (std::size_t i = size; i > 0; --i)
    result = (result << 8U) | data[at + i - 1];
  return result;
}

void store(std::span<std::uint8_t> data, std::size_t at, std::size_t size, std::uint64_t number) {
  for (std::size_t i = 0; i < size; ++i, number >>= 8U)
    data[at + i] = static_cast<std::uint8_t>(number & 0xffU);
}

/// XXH3-64 over everything in the header before the checksum, and the body.
std::uint64_t checksum(std::span<const std::uint8_t> header, std::span<const std::uint8_t> body) {
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, header.data(), checksum_at);
  XXH3_64bits_update(&state, body.data(), body.size());
  return XXH3_64bits_digest(&state);
}

} // namespace

std::array<std::uint8_t, header_bytes> make_header(std::span<const std::uint8_t> body) {
  std::array<std::uint8_t, header_bytes> result{};
  std::copy(magic.begin(), magic.end(), result.begin());
  result[major_at] = protocol_major;
  result[minor_at] = protocol_minor;
  store(result, length_at, 4, body.size());
  store(result, checksum_at, 8, checksum(result, body));
  return result;
}

bool has_right_checksum(std::span<const std::uint8_t> data) {
  return load(data, checksum_at, 8) == checksum(data, data.subspan(header_bytes));
}

// A foreign protocol and a newer version are recognised by as few bytes as possible: neither may
// ever send as many as our header has.
tl::expected<frame_header, decode_error> decode_header(std::span<const std::uint8_t> data,
                                                       std::size_t frame_bytes_max) {
  const auto seen = std::min(data.size(), magic.size());
  if (!std::equal(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(seen), magic.begin()))
    return tl::unexpected{decode_error::wrong_magic};
  if (data.size() > major_at && (data[major_at] == 0 || data[major_at] > protocol_major))
    return tl::unexpected{decode_error::wrong_version};
  if (data.size() < header_bytes)
    return tl::unexpected{decode_error::truncated};
  const auto body_bytes = static_cast<std::uint32_t>(load(data, length_at, 4));
  if (body_bytes + std::uint64_t{header_bytes} > std::min(frame_bytes_max, frame_bytes_possible))
    return tl::unexpected{decode_error::too_large};
  if (load(data, flags_at, 2) != 0 || load(data, reserved_at, 4) != 0)
    return tl::unexpected{decode_error::invalid};
  return frame_header{data[major_at], data[minor_at], body_bytes};
}

} // namespace caf_gossip::wire
