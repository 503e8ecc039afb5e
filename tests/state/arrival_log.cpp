#include "caf_gossip/state/arrival_log.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using boost::unit_test::description;

namespace caf_gossip::test {

namespace {

struct log_of_ten {
  std::vector<int> things{10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
  caf_gossip::arrival_log<int> sut;

  log_of_ten() {
    for (std::size_t i = 0; i < things.size(); ++i)
      sut.append(static_cast<std::uint64_t>(things[i]), &things[i]);
  }

  /// What stands above a number, gaps left out.
  [[nodiscard]] std::vector<int> above(std::uint64_t number) const {
    std::vector<int> result;
    for (auto i = sut.after(number); i != sut.end(); ++i)
      if (i->what != nullptr)
        result.push_back(*i->what);
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(arrival_log, log_of_ten)

BOOST_AUTO_TEST_CASE(shows_what_came_after_a_number_in_order) {
  BOOST_TEST((above(0) == things));
  BOOST_TEST((above(80) == std::vector{90, 100}));
  BOOST_TEST((above(81) == std::vector{90, 100}));
  BOOST_TEST(above(100).empty());
  BOOST_TEST(above(~std::uint64_t{0}).empty());
}

BOOST_AUTO_TEST_CASE(finds_a_thing_by_its_number) {
  BOOST_TEST(sut.at(30) == &things[2]);
  BOOST_TEST(sut.at(31) == nullptr);
  BOOST_TEST(sut.at(0) == nullptr);
  BOOST_TEST(sut.at(101) == nullptr);
}

BOOST_AUTO_TEST_CASE(forgets_what_is_erased) {
  sut.erase(90);
  sut.erase(90);
  sut.erase(91);
  sut.erase(1000);
  BOOST_TEST(sut.at(90) == nullptr);
  BOOST_TEST((above(70) == std::vector{80, 100}));
  sut.clear();
  BOOST_TEST(above(0).empty());
}

BOOST_AUTO_TEST_CASE(keeps_as_many_gaps_as_things_at_most_and_a_few, *description("S2.4.2")) {
  const int thing = 1;
  sut.append(101, &thing);
  for (std::uint64_t number = 102; number < 10'000; ++number) {
    sut.erase(number - 1);
    sut.append(number, &thing);
    BOOST_REQUIRE(std::distance(sut.after(0), sut.end()) <= 2 * (11 + 65));
  }
  BOOST_TEST(above(0).size() == 11U);
  BOOST_TEST(sut.at(9'999) == &thing);
  BOOST_TEST((above(80) == std::vector{90, 100, 1}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
