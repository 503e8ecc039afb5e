#include "caf_gossip/membership/local_health.hpp"

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;
using health = caf_gossip::local_health;

} // namespace

BOOST_AUTO_TEST_SUITE(local_health)

BOOST_AUTO_TEST_CASE(begins_healthy) {
  BOOST_TEST(health{}.score() == 0U);
  BOOST_TEST((health{}.patient(200ms) == 200ms));
}

// Lifeguard 4.1: the score saturates at 0 and at S.
BOOST_AUTO_TEST_CASE(stays_between_healthy_and_the_worst) {
  health sut;
  sut.better();
  BOOST_TEST(sut.score() == 0U);
  for (std::uint32_t i = 1; i <= 20; ++i) {
    sut.worse();
    BOOST_TEST(sut.score() == std::min(i, health::worst));
  }
  for (std::uint32_t i = 0; i < health::worst; ++i)
    sut.better();
  BOOST_TEST(sut.score() == 0U);
  sut.better();
  BOOST_TEST(sut.score() == 0U);
}

// Lifeguard 4.1: timeout = base timeout * (LHM + 1).
BOOST_AUTO_TEST_CASE(makes_patient_in_proportion) {
  health sut;
  for (int factor = 1; factor <= 9; ++factor) {
    BOOST_TEST((sut.patient(200ms) == factor * 200ms));
    sut.worse();
  }
  BOOST_TEST((sut.patient(200ms) == 1800ms)); // the worst
}

BOOST_AUTO_TEST_CASE(is_unsound_from_the_limit_on) {
  health sut;
  for (std::uint32_t i = 0; i < health::unsound; ++i, sut.worse())
    BOOST_TEST(sut.is_sound());
  BOOST_TEST(!sut.is_sound());
  sut.better();
  BOOST_TEST(sut.is_sound());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
