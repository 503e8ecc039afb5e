#include "caf_gossip/membership/slot_index.hpp"

#include <map>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/random.hpp"

namespace caf_gossip::test {

namespace {

constexpr std::uint64_t unit = std::uint64_t{1} << 32U;

using slots = std::vector<member_slot>;

/// An index of slots whose whole hashes the test knows.
struct fixture {
  caf_gossip::slot_index sut;
  std::map<member_slot, std::uint64_t> hashes;

  void insert(std::uint64_t hash, member_slot what) {
    hashes[what] = hash;
    sut.insert(hash, what,
               [this](member_slot lhs, member_slot rhs) { return hashes[lhs] < hashes[rhs]; });
  }

  slots content() const {
    slots result;
    for (std::size_t i = 0; i < sut.size(); ++i)
      result.push_back(sut.at(i));
    return result;
  }

  std::size_t find(std::uint64_t hash) const {
    return sut.find(hash, [&](member_slot what) { return hashes.at(what) == hash; });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(slot_index, fixture)

BOOST_AUTO_TEST_CASE(keeps_slots_in_the_order_of_their_hashes) {
  insert(5 * unit, 1);
  insert(9 * unit, 2);
  insert(1 * unit, 3);
  insert(7 * unit, 0);
  BOOST_TEST(content() == (slots{3, 1, 0, 2}), boost::test_tools::per_element());
  BOOST_TEST(sut.position(0) == 0U);
  BOOST_TEST(sut.position(5 * unit) == 1U);
  BOOST_TEST(sut.position(6 * unit) == 2U);
  BOOST_TEST(sut.position(10 * unit) == 4U);
}

BOOST_AUTO_TEST_CASE(of_one_half_the_caller_orders_and_tells_apart) {
  insert(5 * unit + 2, 1);
  insert(5 * unit + 3, 2);
  insert(5 * unit + 1, 3);
  insert(4 * unit + 9, 4);
  BOOST_TEST(content() == (slots{4, 3, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(sut.position(5 * unit + 3) == 1U); // The first with this half.
  BOOST_TEST(find(5 * unit + 3) == 3U);
  BOOST_TEST(find(5 * unit + 4) == sut.size());
  BOOST_TEST(find(6 * unit) == sut.size());
}

BOOST_AUTO_TEST_CASE(erases_and_replaces_one_slot_only) {
  insert(5 * unit + 1, 1);
  insert(5 * unit + 2, 2);
  insert(6 * unit, 3);
  sut.erase(5 * unit + 2, 3); // It stands under another hash.
  sut.erase(8 * unit, 1);
  BOOST_TEST(sut.size() == 3U);
  sut.erase(5 * unit + 2, 2);
  BOOST_TEST(content() == (slots{1, 3}), boost::test_tools::per_element());
  sut.replace(0, 7);
  BOOST_TEST(content() == (slots{7, 3}), boost::test_tools::per_element());
  sut.clear();
  BOOST_TEST(sut.size() == 0U);
  BOOST_TEST(sut.position(0) == 0U);
}

BOOST_AUTO_TEST_CASE(behaves_like_a_map_in_random_runs) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    random_source random{seed};
    std::multimap<std::uint64_t, member_slot> model;
    sut.clear();
    hashes.clear();
    for (member_slot next = 0; next < 400; ++next) {
      // Few halves, so that many slots share one.
      const auto hash = random.below(20) * unit + random.below(1000);
      if (random.below(3) != 0 || model.empty()) {
        if (model.contains(hash))
          continue;
        insert(hash, next);
        model.emplace(hash, next);
      } else {
        const auto one =
            std::next(model.begin(), static_cast<std::ptrdiff_t>(random.below(model.size())));
        sut.erase(one->first, one->second);
        model.erase(one);
      }
      slots expected;
      for (const auto& [key, what] : model)
        expected.push_back(what);
      BOOST_TEST(content() == expected, "seed " << seed);
      const auto found = find(hash);
      const auto same = model.find(hash);
      BOOST_TEST((found == sut.size()) == (same == model.end()), "seed " << seed);
      if (same != model.end())
        BOOST_TEST(sut.at(found) == same->second, "seed " << seed);
      const auto before = std::distance(model.begin(), model.lower_bound(hash / unit * unit));
      BOOST_TEST(sut.position(hash) == static_cast<std::size_t>(before), "seed " << seed);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
