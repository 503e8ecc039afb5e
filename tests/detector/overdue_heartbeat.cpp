#include "caf_gossip/detector/overdue_heartbeat.hpp"

#include <boost/test/unit_test.hpp>

namespace caf_gossip::tests {

using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};

struct fixture {
  /// A heartbeat every 2 s, which may be 200 ms late.
  caf_gossip::overdue_heartbeat sut{2s, 200ms, start};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(overdue_heartbeat, fixture)

BOOST_AUTO_TEST_CASE(fails_a_peer_when_one_heartbeat_is_overdue) {
  BOOST_TEST(sut.suspicion(start) == 0.0);
  BOOST_TEST(sut.suspicion(start + 1100ms) == 0.5);
  BOOST_TEST(sut.suspicion(start + 2200ms - 1ns) < 1.0);
  BOOST_TEST(sut.suspicion(start + 2200ms) == 1.0);
  sut.heartbeat(start + 2100ms);
  BOOST_TEST(sut.suspicion(start + 2200ms) < 0.1);
  BOOST_TEST(sut.suspicion(start + 4300ms) == 1.0);
}

BOOST_AUTO_TEST_CASE(takes_another_sign_of_life_for_the_heartbeats_that_were_due_before_it) {
  sut.sign_of_life(start + 2100ms); // the heartbeat of 2 s was lost
  BOOST_TEST(sut.suspicion(start + 2200ms) < 1.0);
  BOOST_TEST((sut.last_heartbeat() == start + 2100ms));
  // The next one is due at 4 s, not 2 s after the sign.
  BOOST_TEST(sut.suspicion(start + 4200ms - 1ns) < 1.0);
  BOOST_TEST(sut.suspicion(start + 4200ms) == 1.0);
}

BOOST_AUTO_TEST_CASE(does_not_take_a_sign_of_life_for_a_heartbeat_that_is_due_after_it) {
  sut.sign_of_life(start + 1900ms); // the heartbeat of 2 s is still missing
  BOOST_TEST(sut.suspicion(start + 2200ms) == 1.0);
}

BOOST_AUTO_TEST_CASE(is_not_troubled_by_a_burst_of_signs) {
  for (int i = 1; i <= 1000; ++i)
    sut.sign_of_life(start + i * 1ms);
  BOOST_TEST(sut.suspicion(start + 2200ms - 1ns) < 1.0);
  BOOST_TEST(sut.suspicion(start + 2200ms) == 1.0);
}

BOOST_AUTO_TEST_CASE(follows_the_period_that_it_is_told) {
  sut.expect_every(1s);
  BOOST_TEST(sut.suspicion(start + 1200ms) == 1.0);
  sut.expect_every(4s);
  BOOST_TEST(sut.suspicion(start + 1200ms) < 1.0);
  BOOST_TEST(sut.suspicion(start + 4200ms) == 1.0);
}

BOOST_AUTO_TEST_CASE(ignores_what_lies_before_the_last_one) {
  sut.heartbeat(start + 10s);
  sut.heartbeat(start + 1s);
  sut.sign_of_life(start + 2s);
  BOOST_TEST((sut.last_heartbeat() == start + 10s));
  BOOST_TEST(sut.suspicion(start + 10s) == 0.0);
  BOOST_TEST(sut.suspicion(start) == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
