#include "caf_gossip/base/time.hpp"

#include <boost/test/unit_test.hpp>

namespace caf_gossip::tests {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(time)

namespace {

constexpr unix_time shown{1'700'000'000'000ms};

} // namespace

// D16
BOOST_AUTO_TEST_CASE(is_shown_as_unix_milliseconds) {
  const time_point start{5h};
  const unix_clock clock{start, shown};
  BOOST_TEST((clock.at(start) == shown));
  BOOST_TEST((clock.at(start + 1500ms) == shown + 1500ms));
  BOOST_TEST((clock.at(start - 1ms) == shown - 1ms));
}

// S3.5.4
BOOST_AUTO_TEST_CASE(never_goes_back_while_the_monotonic_clock_advances) {
  const time_point start{123'456'789ns};
  const unix_clock clock{start, shown};
  auto last = clock.at(start);
  for (auto now = start; now < start + 10ms; now += 7us) {
    BOOST_REQUIRE((clock.at(now) >= last));
    last = clock.at(now);
  }
  BOOST_TEST((clock.at(start + 10ms) == shown + 10ms));
}

BOOST_AUTO_TEST_CASE(starts_in_1970_when_nothing_was_declared) {
  BOOST_TEST((unix_clock{}.at(time_point{}) == unix_time{}));
}

BOOST_AUTO_TEST_CASE(has_a_moment_that_is_never_reached) {
  BOOST_TEST((never > time_point{} + 24h * 365 * 100));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
