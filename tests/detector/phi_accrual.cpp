#include "caf_gossip/detector/phi_accrual.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

namespace caf_gossip::tests {

using namespace std::chrono_literals;
using detector = caf_gossip::phi_accrual;

BOOST_AUTO_TEST_SUITE(phi_accrual)

namespace {

constexpr time_point start{1h};

/// No pause, so that the numbers are those of the plain function.
constexpr phi_accrual_options plain{8.0, 200, 100ms, 0ms, 1000ms};

/// Heartbeats every `interval`, `count` times; returns the moment of the last one.
time_point feed(detector& sut, time_point from, duration interval, int count) {
  for (int i = 1; i <= count; ++i)
    sut.heartbeat(from + i * interval);
  return from + count * interval;
}

} // namespace

BOOST_AUTO_TEST_CASE(starts_with_two_samples_around_the_estimate) {
  const detector sut{plain, start};
  BOOST_TEST(sut.history().size() == 2U);
  BOOST_TEST(sut.history().mean() == 1000.0);
  BOOST_TEST(sut.history().variance() == 250.0 * 250.0);
}

BOOST_AUTO_TEST_CASE(divides_phi_by_the_threshold) {
  const detector sut{plain, start};
  BOOST_TEST(sut.suspicion(start + 1500ms) == phi(1500, 1000, 250) / 8.0);
}

BOOST_AUTO_TEST_CASE(tolerates_the_acceptable_pause_on_top_of_the_mean) {
  auto patient = plain;
  patient.acceptable_pause = 3s;
  const detector sut{patient, start};
  BOOST_TEST(sut.suspicion(start + 4500ms) == phi(1500, 1000, 250) / 8.0);
}

BOOST_AUTO_TEST_CASE(assumes_the_least_deviation_for_a_very_regular_peer) {
  detector sut{{8.0, 3, 100ms, 0ms, 1000ms}, start};
  const auto last = feed(sut, start, 500ms, 10);
  BOOST_TEST(sut.history().variance() == 0.0);
  BOOST_TEST(sut.suspicion(last + 700ms) == phi(700, 500, 100) / 8.0);
}

BOOST_AUTO_TEST_CASE(learns_the_rhythm_of_the_peer) {
  detector fast{plain, start};
  detector slow{plain, start};
  const auto last_fast = feed(fast, start, 200ms, 300);
  const auto last_slow = feed(slow, start, 1000ms, 300);
  BOOST_TEST(fast.history().mean() == 200.0);
  BOOST_TEST(slow.history().mean() == 1000.0);
  BOOST_TEST(fast.suspicion(last_fast + 1s) >= 1.0);
  BOOST_TEST(slow.suspicion(last_slow + 1s) < 0.1);
}

// S3.2.3: with the defaults and a heartbeat every 500 ms a dead peer is suspected soon after the
// acceptable pause, and three heartbeats may get lost before.
BOOST_AUTO_TEST_CASE(suspects_a_dead_peer_in_time_with_the_defaults) {
  detector sut{{}, start};
  const auto last = feed(sut, start, 500ms, 300);
  BOOST_TEST(sut.suspicion(last + 2000ms) < 1.0);
  BOOST_TEST(sut.suspicion(last + 2600ms) >= 1.0);
}

BOOST_AUTO_TEST_CASE(does_not_take_the_time_to_the_first_heartbeat_for_an_interval) {
  detector sut{plain, start};
  sut.heartbeat(start + 10ms);
  BOOST_TEST(sut.history().size() == 2U);
  sut.heartbeat(start + 510ms);
  BOOST_TEST(sut.history().size() == 3U);
}

// Pekko, PhiAccrualFailureDetector.heartbeat
BOOST_AUTO_TEST_CASE(does_not_learn_from_an_interval_that_spans_an_outage) {
  detector sut{plain, start};
  const auto last = feed(sut, start, 500ms, 300);
  const auto before = sut.history().mean();
  sut.heartbeat(last + 1h);
  BOOST_TEST(sut.history().mean() == before);
  BOOST_TEST(sut.suspicion(last + 1h) < 0.01);
  sut.heartbeat(last + 1h + 560ms);
  BOOST_TEST(sut.history().mean() > before);
}

BOOST_AUTO_TEST_CASE(learns_from_a_long_interval_of_a_peer_it_did_not_suspect) {
  detector sut{{}, start};
  const auto last = feed(sut, start, 500ms, 10);
  const auto before = sut.history().mean();
  BOOST_TEST(sut.suspicion(last + 1400ms) < 1.0);
  sut.heartbeat(last + 1400ms);
  BOOST_TEST(sut.history().mean() > before);
}

BOOST_AUTO_TEST_CASE(counts_two_heartbeats_of_one_moment_once) {
  detector sut{plain, start};
  const auto last = feed(sut, start, 500ms, 2);
  const auto before = sut.history().size();
  sut.heartbeat(last);
  BOOST_TEST(sut.history().size() == before);
}

BOOST_AUTO_TEST_CASE(stays_finite_with_the_most_extreme_settings) {
  const detector quick{{0.01, 2, 1ms, 0ms, 1ms}, start};
  BOOST_TEST(std::isfinite(quick.suspicion(start + 10'000h)));
  BOOST_TEST(std::isfinite(quick.suspicion(never)));
  const detector slow{{300, 10'000, 1h, 1h, 1h}, start};
  BOOST_TEST(slow.suspicion(start) < 0.01);
  BOOST_TEST(slow.suspicion(start + 100h) >= 1.0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
