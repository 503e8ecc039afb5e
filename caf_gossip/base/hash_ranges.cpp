#include "caf_gossip/base/hash_ranges.hpp"

#include <algorithm>

namespace caf_gossip {

bool are_in_order(const std::vector<hash_range>& ranges) {
  const auto ends_first = [](const hash_range& one) { return one.last < one.first; };
  const auto clash = [](const hash_range& one, const hash_range& next) {
    return next.first <= one.last;
  };
  return std::ranges::none_of(ranges, ends_first)
         && std::ranges::adjacent_find(ranges, clash) == ranges.end();
}

std::vector<hash_range> split(const hash_range& range, const range_sum& sum_of) {
  std::vector<hash_range> parts;
  const auto width = std::max((range.last - range.first) / range_fan_out, std::uint64_t{1});
  for (auto first = range.first;; first += width) {
    const bool is_last = parts.size() + 1 == range_fan_out || range.last - first < width;
    hash_range part{first, is_last ? range.last : first + (width - 1), 0};
    part.sum = sum_of(part);
    parts.push_back(part);
    if (is_last)
      return parts;
  }
}

std::vector<hash_range> differing(const std::vector<hash_range>& theirs, const range_sum& sum_of) {
  std::vector<hash_range> result;
  for (auto range : theirs) {
    const auto sum = sum_of(range);
    if (sum == range.sum)
      continue;
    range.sum = sum;
    result.push_back(range);
  }
  return result;
}

} // namespace caf_gossip
