#include "caf_gossip/detector/fixed_timeout.hpp"

#include <boost/test/unit_test.hpp>

namespace caf_gossip::tests {

using namespace std::chrono_literals;
using detector = caf_gossip::fixed_timeout;

BOOST_AUTO_TEST_SUITE(fixed_timeout)

BOOST_AUTO_TEST_CASE(suspects_by_the_part_of_the_timeout_that_has_passed) {
  const time_point start{1h};
  detector sut{5s, start};
  BOOST_TEST(sut.suspicion(start) == 0.0);
  BOOST_TEST(sut.suspicion(start + 2500ms) == 0.5);
  BOOST_TEST(sut.suspicion(start + 4999ms) < 1.0);
  BOOST_TEST(sut.suspicion(start + 5s) == 1.0);
  BOOST_TEST(sut.suspicion(start + 10s) == 2.0);
  sut.heartbeat(start + 5s);
  BOOST_TEST(sut.suspicion(start + 5s) == 0.0);
  BOOST_TEST(sut.suspicion(start) == 0.0);
}

BOOST_AUTO_TEST_CASE(has_a_timeout_of_at_least_a_millisecond) {
  const time_point start{1h};
  const detector sut{0ms, start};
  BOOST_TEST(sut.suspicion(start) == 0.0);
  BOOST_TEST(sut.suspicion(start + 1ms) == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
