#include "caf_gossip/base/hashing.hpp"

#include <array>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace caf_gossip {

std::uint64_t hash_bytes(const void* data, std::size_t size) {
  return XXH3_64bits(data, size);
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  auto x = (a ^ (b + 0x9e3779b97f4a7c15ULL + (a << 6U) + (a >> 2U)));
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
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
