#include "caf_gossip/base/hashing.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace caf_gossip {

std::uint64_t hash_bytes(const void* data, std::size_t size) {
  return XXH3_64bits(data, size);
}

content_hash& content_hash::add(std::uint64_t number) {
  for (unsigned shift = 0; shift < 64; shift += 8)
    bytes_.push_back(static_cast<char>((number >> shift) & 0xffU));
  return *this;
}

content_hash& content_hash::add(std::string_view text) {
  add(static_cast<std::uint64_t>(text.size()));
  bytes_.append(text);
  return *this;
}

} // namespace caf_gossip
