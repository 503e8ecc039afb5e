/// RFC 2439, Villamizar, Chandra, Govindan: BGP Route Flap Damping.
#include "caf_gossip/membership/flap_damping.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

struct fixture {
  caf_gossip::flap_damping sut{{4.0, 30s, 10s, 1min}};
  time_point now{1h};

  void come_back(int times, const node_id& who = "a") {
    for (int i = 0; i < times; ++i)
      sut.came_back(who, now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(flap_damping, fixture)

BOOST_AUTO_TEST_CASE(a_penalty_halves_in_every_half_life) { // RFC 2439 4.2
  come_back(2);
  BOOST_TEST(sut.penalty("a", now) == 2.0);
  BOOST_TEST(sut.penalty("a", now + 30s) == 1.0);
  now += 60s;
  come_back(1);
  BOOST_TEST(sut.penalty("a", now) == 1.5);
  BOOST_TEST(sut.penalty("b", now) == 0.0);
}

BOOST_AUTO_TEST_CASE(is_flapping_from_the_cut_off_until_below_the_reuse_limit) { // RFC 2439 4.2
  come_back(3);
  BOOST_TEST(!sut.is_flapping("a", now));
  come_back(1);
  BOOST_TEST(sut.is_flapping("a", now));
  BOOST_TEST(sut.is_flapping("a", now + 30s));
  BOOST_TEST(!sut.is_flapping("a", now + 31s));
  now += 31s; // below the reuse limit, so that the cut-off counts again
  come_back(1);
  BOOST_TEST(!sut.is_flapping("a", now));
  BOOST_TEST(!sut.is_flapping("b", now));
}

BOOST_AUTO_TEST_CASE(without_a_cut_off_nobody_ever_is) {
  sut = caf_gossip::flap_damping{{0.0, 30s, 10s, 1min}};
  come_back(100);
  BOOST_TEST(!sut.is_flapping("a", now));
  BOOST_TEST(sut.size() == 0U);
}

BOOST_AUTO_TEST_CASE(each_removal_in_a_row_doubles_the_time_outside_up_to_the_longest) {
  for (const auto expected_time : {10s, 20s, 40s, 60s, 60s}) {
    const auto kept_out = sut.removed("a", now);
    BOOST_TEST((kept_out == expected_time));
    now += kept_out + 59s;
  }
  BOOST_TEST((sut.removed("b", now) == 10s));
}

BOOST_AUTO_TEST_CASE(who_has_been_in_for_the_longest_time_begins_anew) {
  sut.removed("a", now);
  now += 10s + 1min;
  BOOST_TEST((sut.removed("a", now) == 10s));
}

BOOST_AUTO_TEST_CASE(the_longest_time_is_not_shorter_than_the_first) {
  sut = caf_gossip::flap_damping{{4.0, 30s, 10s, 0s}};
  sut.removed("a", now);
  BOOST_TEST((sut.removed("a", now) == 10s));
}

BOOST_AUTO_TEST_CASE(at_the_bound_the_one_that_changed_longest_ago_is_forgotten_and_counted) {
  for (std::size_t i = 0; i < caf_gossip::flap_damping::members_max; ++i) {
    come_back(1, "m" + std::to_string(i));
    now += 1ms;
  }
  BOOST_TEST(sut.dropped() == 0U);
  come_back(1, "one more");
  BOOST_TEST(sut.size() == caf_gossip::flap_damping::members_max);
  BOOST_TEST(sut.dropped() == 1U);
  BOOST_TEST(sut.penalty("m0", now) == 0.0);
  now += 1h; // what says nothing any more makes room unseen
  come_back(1, "later");
  BOOST_TEST(sut.size() == 1U);
  BOOST_TEST(sut.dropped() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
