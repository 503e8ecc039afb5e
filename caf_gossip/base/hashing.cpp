#include "caf_gossip/base/hashing.hpp"

#include <array>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace caf_gossip {

std::uint64_t hash_bytes(const void* data, std::size_t size) {
  return XXH3_64bits(data, size);
}

content_hash& content_hash::add(std::uint64_t number) {
  std::array<char, 8> digits{};
  for (auto& digit : digits) {
    digit = static_cast<char>(number & 0xffU);
    number >>= 8U;
  }
  bytes_.append(digits.data(), digits.size());
  return *this;
}

content_hash& content_hash::add(std::string_view text) {
  add(static_cast<std::uint64_t>(text.size()));
  bytes_.append(text);
  return *this;
}

} // namespace caf_gossip
