#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/detector/phi_accrual.hpp"

// Numbers of the phi accrual failure detector in the form that Pekko uses (Hayashibara et al.,
// "The phi accrual failure detector", 2004).

namespace caf_gossip::tests {

using boost::unit_test::description;

BOOST_AUTO_TEST_SUITE(phi_accrual_vectors)

namespace {

using history = caf_gossip::heartbeat_history;

void expect_near(double value, double wanted, double distance) {
  BOOST_TEST(std::abs(value - wanted) <= distance, value << " instead of " << wanted);
}

history of(std::size_t window, const std::vector<int>& intervals) {
  history result{window};
  for (const int one : intervals)
    result.add(std::chrono::milliseconds{one});
  return result;
}

} // namespace

BOOST_AUTO_TEST_CASE(rises_around_a_mean_of_1000_with_deviation_100,
                     *description("phi of 500, 1000, 1100, 1200 and 1500 ms")) {
  BOOST_TEST(phi(500, 1000, 100) >= 0.0);
  BOOST_TEST(phi(500, 1000, 100) < 0.1);
  expect_near(phi(1000, 1000, 100), 0.301, 0.0005);
  expect_near(phi(1100, 1000, 100), 0.800, 0.0005);
  expect_near(phi(1200, 1000, 100), 1.643, 0.0005);
  expect_near(phi(1500, 1000, 100), 7.30, 0.005);
}

BOOST_AUTO_TEST_CASE(rises_above_a_mean_of_0_with_deviation_10,
                     *description("phi of 6, 15, 20, 25, 35 and 40 ms")) {
  const std::pair<double, double> table[] = {{6, 0.562},  {15, 1.174}, {20, 1.643},
                                             {25, 2.216}, {35, 3.742}, {40, 4.737}};
  for (const auto& [elapsed, wanted] : table)
    expect_near(phi(elapsed, 0, 10), wanted, 0.0005);
}

// At y = 10 the exponent is 86.542, far below what one minus a probability can resolve.
BOOST_AUTO_TEST_CASE(stays_precise_for_probabilities_next_to_nothing) {
  expect_near(phi(2000, 1000, 100), 86.542 / std::log(10.0), 0.0005);
}

BOOST_AUTO_TEST_CASE(has_mean_and_variance_of_the_intervals) {
  const auto sut = of(20, {100, 200, 125, 340, 130});
  BOOST_TEST(sut.mean() == 179.0);
  BOOST_TEST(sut.variance() == 7584.0);
}

BOOST_AUTO_TEST_CASE(has_mean_and_variance_of_the_last_intervals_only) {
  const auto sut = of(3, {100, 110, 90, 140, 80});
  expect_near(sut.mean(), 103.333, 0.0005);
  expect_near(sut.variance(), 688.889, 0.0005);
}

BOOST_AUTO_TEST_CASE(is_a_number_whatever_it_is_asked) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double largest = std::numeric_limits<double>::max();
  BOOST_TEST(phi(nan, 1000, 100) == 0.0);
  BOOST_TEST(phi(1000, nan, 100) == 0.0);
  BOOST_TEST(phi(1000, 1000, nan) == 0.0);
  BOOST_TEST(phi(1000, 1000, 0) == 0.0);
  BOOST_TEST(phi(999, 1000, 0) == 0.0);
  BOOST_TEST(phi(1001, 1000, 0) == largest);
  BOOST_TEST(phi(infinity, 1000, 100) == largest);
  BOOST_TEST(phi(-infinity, 1000, 100) == 0.0);
  BOOST_TEST(phi(1e300, 1000, 1) == largest);
  BOOST_TEST(!std::signbit(phi(0, 1e9, 1)));
}

BOOST_AUTO_TEST_CASE(never_falls_while_time_passes) {
  double before = 0;
  for (int elapsed = 0; elapsed < 100'000; ++elapsed) {
    const double now = phi(elapsed / 10.0, 1000, 37);
    BOOST_REQUIRE(now >= before);
    before = now;
  }
  BOOST_TEST(before == std::numeric_limits<double>::max());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
