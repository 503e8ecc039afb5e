#include "caf_gossip/state/member_heartbeat.hpp"

#include <string_view>

#include "caf_gossip/state/key.hpp"
#include "caf_gossip/state/map_codec.hpp"

namespace caf_gossip {

namespace {

constexpr std::size_t count_bytes = 8;

bool is_kind(std::string_view kind) {
  return !kind.empty() && kind.size() <= actor_kind_bytes_max;
}

byte_buffer encode_count(std::int64_t count) {
  byte_buffer result(count_bytes);
  for (std::size_t i = 0; i < count_bytes; ++i)
    result[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(count) >> (8 * i));
  return result;
}

std::int64_t decode_count(const byte_buffer& data) {
  std::uint64_t result = 0;
  for (std::size_t i = count_bytes; i > 0; --i)
    result = (result << 8U) | data[i - 1];
  return static_cast<std::int64_t>(result);
}

} // namespace

expected<byte_buffer> encode_heartbeat(const member_heartbeat& what) {
  if (what.actor_counts.size() > actor_kinds_max)
    return fail(errc::invalid_argument, std::to_string(what.actor_counts.size())
                                            + " kinds of actors are too many; allowed are 1024");
  state_map counts;
  for (const auto& [kind, count] : what.actor_counts) {
    if (!is_kind(kind))
      return fail(errc::invalid_argument,
                  quoted(kind) + " is not a kind of actors; allowed are 1 to 255 bytes");
    counts.emplace_hint(counts.end(), kind, encode_count(count));
  }
  return encode_map(counts);
}

std::optional<member_heartbeat> decode_heartbeat(const byte_buffer& data) {
  const auto counts = decode_map(data);
  if (!counts || counts->size() > actor_kinds_max)
    return std::nullopt;
  member_heartbeat result;
  for (const auto& [kind, count] : *counts) {
    if (!is_kind(kind) || count.size() != count_bytes)
      return std::nullopt;
    result.actor_counts.emplace_hint(result.actor_counts.end(), kind, decode_count(count));
  }
  return result;
}

} // namespace caf_gossip
