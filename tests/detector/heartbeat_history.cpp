#include "caf_gossip/detector/heartbeat_history.hpp"

#include <cmath>
#include <deque>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/random.hpp"

namespace caf_gossip::tests {

using namespace std::chrono_literals;
using history = caf_gossip::heartbeat_history;

BOOST_AUTO_TEST_SUITE(heartbeat_history)

BOOST_AUTO_TEST_CASE(is_empty_at_first) {
  const history sut{10};
  BOOST_TEST(sut.size() == 0U);
  BOOST_TEST(sut.mean() == 0.0);
  BOOST_TEST(sut.variance() == 0.0);
}

BOOST_AUTO_TEST_CASE(never_holds_more_than_its_window) {
  for (const std::size_t window : {0UL, 1UL, 3UL, 20'000UL}) {
    history sut{window};
    for (int i = 0; i < 25'000; ++i)
      sut.add(1ms);
    BOOST_TEST(sut.size() == std::clamp<std::size_t>(window, 1, history::window_max));
  }
}

BOOST_AUTO_TEST_CASE(rounds_to_milliseconds_and_bounds_what_makes_no_sense) {
  history sut{1};
  sut.add(1400us);
  BOOST_TEST(sut.mean() == 1.0);
  sut.add(1600us);
  BOOST_TEST(sut.mean() == 2.0);
  sut.add(-5s);
  BOOST_TEST(sut.mean() == 0.0);
  sut.add(duration::max());
  BOOST_TEST(sut.mean() == static_cast<double>(history::interval_max));
  sut.add(duration::min());
  BOOST_TEST(sut.mean() == 0.0);
}

// The same as summing up the window anew every time, after very many intervals of any length.
BOOST_AUTO_TEST_CASE(does_not_drift) {
  random_source random{7};
  history sut{50};
  std::deque<double> window;
  for (int i = 0; i < 20'000; ++i) {
    const auto interval = random.below(2) == 0 ? random.below(1000) : random.below(21'600'000);
    sut.add(std::chrono::milliseconds{interval});
    window.push_back(static_cast<double>(interval));
    if (window.size() > 50)
      window.pop_front();
  }
  double mean = 0;
  for (const double one : window)
    mean += one / 50;
  double variance = 0;
  for (const double one : window)
    variance += (one - mean) * (one - mean) / 50;
  BOOST_TEST(sut.mean() == mean, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(sut.variance() == variance, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(is_exact_where_floating_point_sums_are_not) {
  history sut{history::window_max};
  for (std::size_t i = 0; i < 3 * history::window_max; ++i)
    sut.add(std::chrono::milliseconds{history::interval_max - i % 2});
  BOOST_TEST(sut.variance() == 0.25);
  for (std::size_t i = 0; i < history::window_max; ++i)
    sut.add(3ms);
  BOOST_TEST(sut.mean() == 3.0);
  BOOST_TEST(sut.variance() == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
