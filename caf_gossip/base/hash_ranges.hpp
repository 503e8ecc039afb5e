/// Where do two sets differ? Sums over ranges of hashes, split until little is left.
///
/// The bytes that two nodes exchange grow with the number of differences and the logarithm of the
/// size of the sets: each step sends the sums of `range_fan_out` parts of every range that differs
/// (Meyer 2023: range-based set reconciliation).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace caf_gossip {

/// What a set has at hashes in [first, last], as the sum of the hashes of its content; 0 = nothing.
struct hash_range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t sum = 0;

  friend bool operator==(const hash_range&, const hash_range&) = default;
};

/// Parts of a range that is split.
inline constexpr std::uint64_t range_fan_out = 16;

inline constexpr hash_range all_hashes{0, std::numeric_limits<std::uint64_t>::max(), 0};

/// Returns the sum of a set in a range.
using range_sum = std::function<std::uint64_t(const hash_range&)>;

/// Tells whether no range ends before it begins, and each begins behind the one before.
[[nodiscard]] bool are_in_order(const std::vector<hash_range>& ranges);

/// Returns the range in parts of equal width with the set's sums.
[[nodiscard]] std::vector<hash_range> split(const hash_range& range, const range_sum& sum_of);

/// Returns those of `theirs` whose sum is another in this set, with the sums of this set.
[[nodiscard]] std::vector<hash_range> differing(const std::vector<hash_range>& theirs,
                                                const range_sum& sum_of);

} // namespace caf_gossip
