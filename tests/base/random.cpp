#include "caf_gossip/base/random.hpp"

#include <map>
#include <numeric>
#include <set>

#include <boost/test/unit_test.hpp>

namespace caf_gossip::tests {

BOOST_AUTO_TEST_SUITE(random)

namespace {

std::vector<int> numbers(int count) {
  std::vector<int> result(static_cast<std::size_t>(count));
  std::iota(result.begin(), result.end(), 0);
  return result;
}

} // namespace

BOOST_AUTO_TEST_CASE(repeats_itself_for_equal_seeds_and_not_for_others) {
  random_source first{42};
  random_source second{42};
  random_source other{43};
  bool differs = false;
  for (int i = 0; i < 1000; ++i) {
    const auto drawn = first.bits();
    BOOST_TEST(drawn == second.bits());
    differs = differs || drawn != other.bits();
  }
  BOOST_TEST(differs);
}

// The values of the engine are given by the standard ([rand.predef]: the 10000th of mt19937_64).
BOOST_AUTO_TEST_CASE(is_the_same_on_every_platform) {
  random_source sut{5489};
  for (int i = 1; i < 10'000; ++i)
    sut.bits();
  BOOST_TEST(sut.bits() == 9981545732273789042ULL);
}

BOOST_AUTO_TEST_CASE(stays_below_the_bound) {
  random_source sut{1};
  for (const std::uint64_t bound : {1ULL, 2ULL, 3ULL, 10ULL, (1ULL << 63U) + 1, ~0ULL})
    for (int i = 0; i < 1000; ++i)
      BOOST_REQUIRE(sut.below(bound) < bound);
  BOOST_TEST(sut.below(1) == 0U);
}

BOOST_AUTO_TEST_CASE(draws_fractions_from_zero_to_below_one) {
  random_source sut{2};
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double drawn = sut.fraction();
    BOOST_REQUIRE((drawn >= 0.0 && drawn < 1.0));
    sum += drawn;
  }
  BOOST_TEST(sum / 10'000 > 0.48);
  BOOST_TEST(sum / 10'000 < 0.52);
}

// S2.8.5
BOOST_AUTO_TEST_CASE(always_picks_the_only_candidate) {
  random_source sut{3};
  for (int i = 0; i < 1000; ++i) {
    std::vector<int> items{7};
    sut.sample(items, 1);
    BOOST_REQUIRE((items == std::vector<int>{7}));
  }
}

// S2.8.5
BOOST_AUTO_TEST_CASE(samples_exactly_as_many_distinct_items_as_there_are) {
  random_source sut{4};
  for (int size = 0; size <= 5; ++size)
    for (std::size_t count = 0; count <= 7; ++count) {
      auto items = numbers(size);
      sut.sample(items, count);
      BOOST_TEST(items.size() == std::min(count, static_cast<std::size_t>(size)));
      BOOST_TEST((std::set<int>(items.begin(), items.end()).size()) == items.size());
    }
}

// Pearson's chi-squared against the equal distribution over all ordered samples; the limit is far
// beyond the 99.999 % quantile, and the seed is fixed.
BOOST_AUTO_TEST_CASE(samples_every_arrangement_equally_often) {
  for (const auto& [size, count, arrangements] :
       {std::tuple{2, 1U, 2U}, {2, 2U, 2U}, {3, 1U, 3U}, {3, 2U, 6U}, {3, 3U, 6U}}) {
    random_source sut{static_cast<std::uint64_t>(size) * 10 + count};
    std::map<std::vector<int>, int> seen;
    constexpr int rounds = 60'000;
    for (int i = 0; i < rounds; ++i) {
      auto items = numbers(size);
      sut.sample(items, count);
      ++seen[items];
    }
    BOOST_TEST(seen.size() == arrangements);
    const double wanted = static_cast<double>(rounds) / arrangements;
    double squared = 0;
    for (const auto& [items, times] : seen)
      squared += (times - wanted) * (times - wanted) / wanted;
    BOOST_TEST(squared < 35.0);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
