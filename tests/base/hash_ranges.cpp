/// Ranges of hashes: in order, split without gaps, compared by their sums.
#include "caf_gossip/base/hash_ranges.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

using namespace caf_gossip;

namespace {

/// Sums over a set of hashes, each of which counts for 1.
range_sum counting(const std::multiset<std::uint64_t>& set) {
  return [&set](const hash_range& range) {
    return static_cast<std::uint64_t>(
        std::distance(set.lower_bound(range.first), set.upper_bound(range.last)));
  };
}

const std::multiset<std::uint64_t> nothing;

} // namespace

BOOST_AUTO_TEST_SUITE(hash_ranges)

BOOST_AUTO_TEST_CASE(are_in_order_when_each_begins_behind_the_one_before) {
  BOOST_TEST(are_in_order({}));
  BOOST_TEST(are_in_order({{0, 0, 1}, {1, 99, 0}, {200, 299, 5}}));
  BOOST_TEST(!are_in_order({{5, 4, 0}}));
  BOOST_TEST(!are_in_order({{7, 8, 0}, {1, 2, 0}}));
  BOOST_TEST(!are_in_order({{1, 5, 0}, {5, 6, 0}}));
  BOOST_TEST(!are_in_order({{1, 2, 0}, {1, 2, 0}}));
}

BOOST_AUTO_TEST_CASE(are_split_without_gaps) {
  for (const hash_range whole : {all_hashes,
                                 hash_range{0, 15, 0},
                                 {7, 100, 0},
                                 {3, 20, 0},
                                 {all_hashes.last - 40, all_hashes.last, 0},
                                 {9, 9, 0}}) {
    const auto parts = split(whole, counting(nothing));
    BOOST_TEST(are_in_order(parts));
    BOOST_TEST(parts.front().first == whole.first);
    BOOST_TEST(parts.back().last == whole.last);
    for (std::size_t i = 1; i < parts.size(); ++i)
      BOOST_TEST(parts[i].first == parts[i - 1].last + 1);
    BOOST_TEST(parts.size() <= range_fan_out);
  }
}

BOOST_AUTO_TEST_CASE(are_split_down_to_one_hash) {
  auto range = all_hashes;
  int steps = 0;
  for (; range.first < range.last; ++steps)
    range = split(range, counting(nothing)).front();
  BOOST_TEST(steps <= 17);
}

BOOST_AUTO_TEST_CASE(differ_by_their_sums) {
  const std::multiset<std::uint64_t> ours{1, 5, 500, 900};
  const std::multiset<std::uint64_t> theirs{1, 5, 501, 900, 901};
  const std::vector<hash_range> parts{{0, 99, 0}, {100, 599, 0}, {600, 999, 0}};
  auto asked = parts;
  for (auto& part : asked)
    part.sum = counting(ours)(part);
  BOOST_TEST((differing(asked, counting(ours)).empty()));
  BOOST_TEST((differing(asked, counting(theirs)) == std::vector<hash_range>{{600, 999, 2}}),
             "with the sums of the one who answers");
}

BOOST_AUTO_TEST_SUITE_END()
