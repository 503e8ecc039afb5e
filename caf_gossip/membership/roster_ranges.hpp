/// Where do two rosters differ? Sums over ranges of id hashes, split until few members are left
/// (base/hash_ranges.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "caf_gossip/base/hash_ranges.hpp"
#include "caf_gossip/membership/member_table.hpp"
#include "caf_gossip/membership/message.hpp"

namespace caf_gossip {

/// A range with at most so many own members is listed, not split.
inline constexpr std::size_t listed_members_max = 16;
/// After so many steps a range holds one id hash.
inline constexpr std::size_t range_steps_max = 17;
/// Ranges in one message.
inline constexpr std::size_t ranges_max = 4096;

inline constexpr hash_range whole_roster = all_hashes;

/// Returns the sum of the record hashes of the active members in the range.
[[nodiscard]] std::uint64_t sum_of(const member_table& table, const hash_range& range);

/// Returns the range in parts of equal width with this table's sums.
[[nodiscard]] std::vector<hash_range> split(const member_table& table, const hash_range& range);

/// Returns those of `theirs` whose sum is another here, with the sums of this table.
[[nodiscard]] std::vector<hash_range> differing(const member_table& table,
                                                const std::vector<hash_range>& theirs);

/// What to ask next about ranges that differ.
struct range_plan {
  /// To be compared as sums.
  std::vector<hash_range> parts;
  /// Small enough to be listed.
  std::vector<hash_range> leaves;
};
[[nodiscard]] range_plan plan(const member_table& table, const std::vector<hash_range>& different);

/// Returns the active records in the ranges as digest entries, sorted. No ranges: all.
[[nodiscard]] std::vector<digest_entry> digest_of(const member_table& table,
                                                  const std::vector<hash_range>& scope);

/// What a listing of the other side's records in `scope` shows.
struct roster_difference {
  /// Records that the other side lacks or has otherwise.
  shared_records records;
  /// Id hashes of records that this side lacks or has otherwise.
  std::vector<std::uint64_t> wanted;
};
/// `bytes_max` bounds the records, in estimated bytes; at least one is returned if any differs.
/// What does not fit shows in the next comparison.
[[nodiscard]] roster_difference compare_with(const member_table& table,
                                             const std::vector<digest_entry>& theirs,
                                             const std::vector<hash_range>& scope,
                                             std::size_t bytes_max);

} // namespace caf_gossip
