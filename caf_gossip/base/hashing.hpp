/// Content hashes that are equal on every node and platform.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace caf_gossip {

/// Returns the XXH3 64-bit hash of `size` bytes (xxHash specification, XXH3, seed 0).
[[nodiscard]] std::uint64_t hash_bytes(const void* data, std::size_t size);

/// Returns a number in which every bit depends on every bit of both (the finalizer of splitmix64,
/// applied to one and folded into the other).
[[nodiscard]] std::uint64_t mix(std::uint64_t a, std::uint64_t b);

/// Collects values in one canonical form, numbers as 8 bytes little-endian and texts behind their
/// length, so that no two different sequences give the same bytes.
class content_hash {
public:
  content_hash() { bytes_.reserve(usual_bytes); }

  content_hash& add(std::uint64_t number);
  content_hash& add(std::string_view text);

  [[nodiscard]] std::uint64_t finish() const { return hash_bytes(bytes_.data(), bytes_.size()); }

private:
  /// Enough for a record with a few attributes.
  static constexpr std::size_t usual_bytes = 256;

  std::string bytes_;
};

} // namespace caf_gossip
