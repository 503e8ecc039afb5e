#include "caf_gossip/membership/roster_ranges.hpp"

#include <algorithm>

namespace caf_gossip {

namespace {

template <class Visit>
void visit_scope(const member_table& table, const std::vector<hash_range>& scope,
                 const Visit& visit) {
  if (scope.empty())
    table.visit_range(whole_roster.first, whole_roster.last, visit);
  for (const auto& range : scope)
    table.visit_range(range.first, range.last, visit);
}

const digest_entry* find(const std::vector<digest_entry>& sorted, std::uint64_t id_hash) {
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), digest_entry{id_hash, 0});
  return found == sorted.end() || found->id_hash != id_hash ? nullptr : &*found;
}

std::size_t count_in(const member_table& table, const hash_range& range) {
  std::size_t count = 0;
  table.visit_range(range.first, range.last, [&](const member_entry& entry) {
    count += is_active(entry.rec->status) ? 1 : 0;
  });
  return count;
}

range_sum sums_of(const member_table& table) {
  return [&table](const hash_range& range) { return sum_of(table, range); };
}

} // namespace

std::uint64_t sum_of(const member_table& table, const hash_range& range) {
  std::uint64_t sum = 0;
  table.visit_range(range.first, range.last, [&](const member_entry& entry) {
    sum += is_active(entry.rec->status) ? entry.rec.hash() : 0;
  });
  return sum;
}

std::vector<hash_range> split(const member_table& table, const hash_range& range) {
  return split(range, sums_of(table));
}

std::vector<hash_range> differing(const member_table& table,
                                  const std::vector<hash_range>& theirs) {
  return differing(theirs, sums_of(table));
}

range_plan plan(const member_table& table, const std::vector<hash_range>& different) {
  range_plan result;
  for (const auto& range : different) {
    const bool full = result.parts.size() + range_fan_out > ranges_max;
    if (full || count_in(table, range) <= listed_members_max) {
      result.leaves.push_back(range);
      continue;
    }
    const auto parts = split(table, range);
    result.parts.insert(result.parts.end(), parts.begin(), parts.end());
  }
  return result;
}

std::vector<digest_entry> digest_of(const member_table& table,
                                    const std::vector<hash_range>& scope) {
  std::vector<digest_entry> result;
  visit_scope(table, scope, [&](const member_entry& entry) {
    if (is_active(entry.rec->status))
      result.push_back({entry.rec.id_hash(), entry.rec.hash()});
  });
  return result;
}

roster_difference compare_with(const member_table& table, const std::vector<digest_entry>& theirs,
                               const std::vector<hash_range>& scope, std::size_t bytes_max) {
  roster_difference result;
  for (const auto& item : theirs) {
    const auto* own = table.find_hash(item.id_hash);
    const bool same = own != nullptr && own->rec.hash() == item.record_hash;
    // What is final here can only be told, not learned.
    if (!same && (own == nullptr || !is_final(own->rec->status)))
      result.wanted.push_back(item.id_hash);
  }
  std::size_t bytes = 0;
  visit_scope(table, scope, [&](const member_entry& entry) {
    const auto* other = find(theirs, entry.rec.id_hash());
    const bool same = other != nullptr && other->record_hash == entry.rec.hash();
    if (same || (other == nullptr && !is_active(entry.rec->status)))
      return;
    bytes += estimated_bytes(*entry.rec);
    if (bytes <= bytes_max || result.records.empty())
      result.records.push_back(entry.rec);
  });
  return result;
}

} // namespace caf_gossip
