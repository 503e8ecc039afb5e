#include "caf_gossip/base/config.hpp"

#include <chrono>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace caf_gossip::tests {

using namespace std::chrono_literals;
using settings_of_a_node = caf_gossip::config;

BOOST_AUTO_TEST_SUITE(config)

namespace {

std::string refusal_of(const settings_of_a_node& cfg) {
  const auto result = validate(cfg);
  if (result)
    return "accepted";
  BOOST_TEST(to_string(result.error().code) == "invalid_config");
  return result.error().text;
}

} // namespace

// S5.1.3, S2.2.6, S2.12.1, D1
BOOST_AUTO_TEST_CASE(has_the_agreed_defaults) {
  const settings_of_a_node cfg;
  BOOST_TEST((cfg.gossip_interval == 500ms));
  BOOST_TEST((cfg.gossip_request_timeout == 2000ms));
  BOOST_TEST(cfg.gossip_fan_out == 3U);
  BOOST_TEST(cfg.gossip_max_send == 50U);
  BOOST_TEST((cfg.heartbeat_expiration == 10000ms));
  BOOST_TEST(cfg.gossip_actor_name == "gossip");
  BOOST_TEST(cfg.state_value_bytes_max == 65'536U);
  BOOST_TEST(cfg.state_keys_max == 4096U);
  BOOST_TEST(cfg.state_member_bytes_max == 4'194'304U);
  BOOST_TEST(cfg.state_bytes_max == 268'435'456U);
  BOOST_TEST(cfg.state_message_bytes_max == 262'144U);
  BOOST_TEST(cfg.detector == "overdue-heartbeat");
  BOOST_TEST(validate(cfg).has_value());
}

// S2.2.6, D1
BOOST_AUTO_TEST_CASE(has_a_preset_with_the_defaults_of_proto_actor_for_go) {
  const auto cfg = protoactor_go();
  BOOST_TEST((cfg.gossip_interval == 300ms));
  BOOST_TEST((cfg.gossip_request_timeout == 500ms));
  BOOST_TEST(cfg.gossip_fan_out == 3U);
  BOOST_TEST(cfg.gossip_max_send == 50U);
  BOOST_TEST((cfg.heartbeat_expiration == 20s));
  BOOST_TEST(cfg.gossip_actor_name == "gossip");
  BOOST_TEST(validate(cfg).has_value());
}

// S2.12.3, S1.2.4, D6
BOOST_AUTO_TEST_CASE(names_field_value_and_what_is_allowed) {
  settings_of_a_node cfg;
  cfg.gossip_interval = 0ms;
  BOOST_TEST(refusal_of(cfg) == "gossip.interval = 0ms; allowed are 1ms to 1h");
  cfg = {};
  cfg.gossip_request_timeout = -5ms;
  BOOST_TEST(refusal_of(cfg) == "gossip.request-timeout = -5ms; allowed are 1ms to 1h");
  cfg = {};
  cfg.gossip_fan_out = 0;
  BOOST_TEST(refusal_of(cfg) == "gossip.fan-out = 0; allowed are 1 to 1024");
  cfg = {};
  cfg.gossip_max_send = 0;
  BOOST_TEST(refusal_of(cfg) == "gossip.max-send = 0; allowed are 1 to 16384");
  cfg = {};
  cfg.heartbeat_expiration = 0ms;
  BOOST_TEST(refusal_of(cfg)
             == "gossip.heartbeat-expiration = 0ms; allowed are 2ms to 24h, or disabled");
  cfg = {};
  cfg.gossip_actor_name.clear();
  BOOST_TEST(refusal_of(cfg).find("gossip.actor-name = \"\"; allowed are") == 0U);
  cfg = {};
  cfg.detector = "crystal-ball";
  BOOST_TEST(refusal_of(cfg)
             == "gossip.detector = \"crystal-ball\"; allowed are overdue-heartbeat, phi-accrual, "
                "fixed-timeout and swim");
}

// S2.12.3
BOOST_AUTO_TEST_CASE(bounds_what_the_state_may_take) {
  struct bounds {
    std::string name;
    std::uint32_t settings_of_a_node::*field;
    std::uint32_t least;
    std::uint32_t greatest;
  };
  using c = settings_of_a_node;
  const bounds all[] = {
      {"state-value-bytes-max", &c::state_value_bytes_max, 64, 262'144},
      {"state-keys-max", &c::state_keys_max, 1, 1'000'000},
      {"state-member-bytes-max", &c::state_member_bytes_max, 1024, 4'000'000'000},
      {"state-bytes-max", &c::state_bytes_max, 1024, 4'000'000'000},
      {"state-message-bytes-max", &c::state_message_bytes_max, 2176, 786'432},
  };
  // Small values in large messages, so that the two do not bound each other.
  settings_of_a_node roomy;
  roomy.state_value_bytes_max = 64;
  roomy.state_message_bytes_max = 786'432;
  for (const auto& [name, field, least, greatest] : all) {
    const auto tail = "; allowed are " + std::to_string(least) + " to " + std::to_string(greatest);
    for (const auto value : {least, greatest}) {
      auto cfg = roomy;
      cfg.*field = value;
      BOOST_TEST(refusal_of(cfg) == "accepted");
    }
    for (const auto value : {least - 1, greatest + 1}) {
      auto cfg = roomy;
      cfg.*field = value;
      BOOST_TEST(refusal_of(cfg) == "gossip." + name + " = " + std::to_string(value) + tail);
    }
  }
}

// S2.12.3
BOOST_AUTO_TEST_CASE(wants_messages_with_room_for_two_of_the_largest_entries) {
  settings_of_a_node cfg;
  cfg.state_value_bytes_max = 1000;
  cfg.state_message_bytes_max = 4048;
  BOOST_TEST(refusal_of(cfg) == "accepted");
  cfg.state_message_bytes_max = 4047;
  BOOST_TEST(
      refusal_of(cfg).find("gossip.state-message-bytes-max = 4047; allowed are at least 4048")
      == 0U);
  BOOST_TEST(refusal_of(cfg).find("state-value-bytes-max") != std::string::npos);
}

// S2.12.3, S2.6.4, D6
BOOST_AUTO_TEST_CASE(wants_an_expiration_longer_than_the_interval_or_none) {
  settings_of_a_node cfg;
  cfg.heartbeat_expiration = cfg.gossip_interval;
  BOOST_TEST(refusal_of(cfg)
             == "gossip.heartbeat-expiration = 500ms; allowed are times longer than "
                "gossip.interval = 500ms, or disabled");
  cfg.heartbeat_expiration = cfg.gossip_interval + 1ms;
  BOOST_TEST(refusal_of(cfg) == "accepted");
  cfg.heartbeat_expiration = std::nullopt;
  BOOST_TEST(refusal_of(cfg) == "accepted");
  cfg.heartbeat_expiration = -10s;
  BOOST_TEST(refusal_of(cfg) != "accepted");
}

BOOST_AUTO_TEST_CASE(wants_retries_whose_first_pause_is_not_the_longest) {
  settings_of_a_node cfg;
  cfg.join_retry_min = cfg.join_retry_max;
  BOOST_TEST(refusal_of(cfg) == "accepted");
  cfg.join_retry_min += 1ms;
  BOOST_TEST(
      refusal_of(cfg)
      == "gossip.join-retry-min = 5001ms; allowed are times up to gossip.join-retry-max = 5s");
}

BOOST_AUTO_TEST_CASE(wants_tombstones_that_outlive_the_quarantine) {
  settings_of_a_node cfg;
  cfg.tombstone_ttl = cfg.quarantine_ttl;
  BOOST_TEST(refusal_of(cfg) == "accepted");
  cfg.tombstone_ttl -= 1ms;
  BOOST_TEST(
      refusal_of(cfg)
      == "gossip.tombstone-ttl = 9999ms; allowed are times from gossip.quarantine-ttl = 10s on");
}

BOOST_AUTO_TEST_CASE(allows_a_quarantine_of_no_length) {
  settings_of_a_node cfg;
  cfg.quarantine_ttl = 0ms;
  BOOST_TEST(refusal_of(cfg) == "accepted");
}

BOOST_AUTO_TEST_CASE(wants_a_finite_threshold) {
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    settings_of_a_node cfg;
    cfg.phi_threshold = bad;
    BOOST_TEST(refusal_of(cfg).find("gossip.phi-threshold = ") == 0U);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
