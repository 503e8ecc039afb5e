#include "caf_gossip/detector/detectors.hpp"

#include <chrono>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/detector/fixed_timeout.hpp"
#include "caf_gossip/detector/overdue_heartbeat.hpp"
#include "caf_gossip/detector/phi_accrual.hpp"

namespace caf_gossip::tests {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(detectors)

namespace {

constexpr time_point start{1h};

std::unique_ptr<failure_detector> made_from(const config& cfg) {
  const auto factory = make_detector_factory(cfg);
  BOOST_REQUIRE(factory.has_value());
  return (*factory)(start);
}

} // namespace

BOOST_AUTO_TEST_CASE(are_those_that_the_setting_names) {
  const auto all = all_detectors();
  for (std::size_t i = 0; i < all.size(); ++i)
    BOOST_TEST(all[i].name == detector_names[i]);
}

BOOST_AUTO_TEST_CASE(are_overdue_heartbeat_unless_configured) {
  BOOST_TEST(dynamic_cast<overdue_heartbeat*>(made_from({}).get()) != nullptr);
  config cfg;
  cfg.detector = "phi-accrual";
  BOOST_TEST(dynamic_cast<phi_accrual*>(made_from(cfg).get()) != nullptr);
  cfg.detector = "fixed-timeout";
  BOOST_TEST(dynamic_cast<fixed_timeout*>(made_from(cfg).get()) != nullptr);
}

BOOST_AUTO_TEST_CASE(take_their_options_from_the_settings) {
  config cfg;
  cfg.detector = "phi-accrual";
  cfg.phi_threshold = 2.0;
  cfg.phi_window = 5;
  cfg.phi_min_deviation = 30ms;
  cfg.phi_acceptable_pause = 400ms;
  cfg.phi_first_estimate = 80ms;
  const phi_accrual wanted{{2.0, 5, 30ms, 400ms, 80ms}, start};
  const auto made = made_from(cfg);
  for (auto now = start; now < start + 1s; now += 10ms)
    BOOST_TEST(made->suspicion(now) == wanted.suspicion(now));
  cfg.detector = "fixed-timeout";
  cfg.detector_timeout = 250ms;
  BOOST_TEST(made_from(cfg)->suspicion(start + 250ms) == 1.0);
  cfg.detector = "overdue-heartbeat";
  cfg.heartbeat_interval = 100ms;
  cfg.heartbeat_observers = 3;
  cfg.probe_timeout = 50ms;
  BOOST_TEST(made_from(cfg)->suspicion(start + 349ms) < 1.0);
  BOOST_TEST(made_from(cfg)->suspicion(start + 350ms) == 1.0);
}

BOOST_AUTO_TEST_CASE(have_no_unknown_names) {
  config cfg;
  cfg.detector = "gut-feeling";
  const auto factory = make_detector_factory(cfg);
  BOOST_REQUIRE(!factory);
  BOOST_TEST(to_string(factory.error())
             == "invalid_config: gossip.detector = \"gut-feeling\"; allowed are overdue-heartbeat, "
                "phi-accrual, fixed-timeout and swim");
}

// The bound of the setting and the bound of the history are one.
BOOST_AUTO_TEST_CASE(remember_as_much_as_the_setting_allows) {
  config cfg;
  cfg.phi_window = heartbeat_history::window_max;
  BOOST_TEST(validate(cfg).has_value());
  cfg.phi_window += 1;
  BOOST_TEST(!validate(cfg).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
