#include "caf_gossip/state/map_codec.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace caf_gossip {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t number_bytes = 4;

using view = std::span<const std::uint8_t>;

void put(byte_buffer& to, std::size_t number) {
  for (std::size_t i = 0; i < number_bytes; ++i)
    to.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

template <class Bytes>
void put_sized(byte_buffer& to, const Bytes& what) {
  put(to, what.size());
  to.insert(to.end(), what.begin(), what.end());
}

std::size_t encoded_bytes(const state_map& what) {
  std::size_t result = 1 + number_bytes;
  for (const auto& [key, value] : what)
    result += 2 * number_bytes + key.size() + value.size();
  return result;
}

/// Takes the first bytes off, if there are as many.
std::optional<view> take(view& from, std::size_t count) {
  if (from.size() < count)
    return std::nullopt;
  const auto result = from.first(count);
  from = from.subspan(count);
  return result;
}

std::optional<std::uint32_t> take_number(view& from) {
  const auto digits = take(from, number_bytes);
  if (!digits)
    return std::nullopt;
  std::uint32_t result = 0;
  for (std::size_t i = number_bytes; i > 0; --i)
    result = (result << 8U) | (*digits)[i - 1];
  return result;
}

std::optional<view> take_sized(view& from) {
  const auto size = take_number(from);
  return size ? take(from, *size) : std::nullopt;
}

/// Moves one entry to the end of a map. Refuses it unless its key is greater than all others.
bool take_entry(view& from, state_map& to) {
  const auto key = take_sized(from);
  const auto value = take_sized(from);
  if (!key || !value)
    return false;
  std::string name(key->begin(), key->end());
  if (!to.empty() && name <= to.rbegin()->first)
    return false;
  to.emplace_hint(to.end(), std::move(name), byte_buffer(value->begin(), value->end()));
  return true;
}

} // namespace

byte_buffer encode_map(const state_map& what) {
  byte_buffer result;
  result.reserve(encoded_bytes(what));
  result.push_back(version);
  put(result, what.size());
  for (const auto& [key, value] : what) {
    put_sized(result, key);
    put_sized(result, value);
  }
  return result;
}

std::optional<state_map> decode_map(const byte_buffer& data) {
  if (data.empty() || data.front() != version)
    return std::nullopt;
  auto rest = view{data}.subspan(1);
  const auto count = take_number(rest);
  if (!count)
    return std::nullopt;
  state_map result;
  while (result.size() < *count)
    if (!take_entry(rest, result))
      return std::nullopt;
  if (!rest.empty())
    return std::nullopt;
  return result;
}

} // namespace caf_gossip
