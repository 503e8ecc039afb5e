// Settings from the command line, from a file and from code, and what is wrong with them.
#include "actors/options.hpp"

#include <sstream>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/config_option_set.hpp>
#include <caf/settings.hpp>

#include "caf_gossip/base/settings.hpp"
#include "tests/support/printing.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

/// A configuration of CAF with our options.
struct options_config : caf::actor_system_config {
  options_config() { add_options(*this); }

  const caf::config_option_set& options() const { return custom_options_; }
};

struct reading {
  /// What CAF itself said.
  caf::error parsed;
  expected<config> taken;
};

reading from_file(const std::string& text) {
  options_config cfg;
  std::istringstream file{text};
  auto parsed = cfg.parse(std::vector<std::string>{}, file);
  return {std::move(parsed), read_config(cfg)};
}

reading from_setting(const std::string& name, const std::string& value) {
  return from_file("[gossip]\n" + name + "=" + value + "\n");
}

reading from_command_line(std::vector<std::string> arguments) {
  options_config cfg;
  std::istringstream nothing;
  auto parsed = cfg.parse(std::move(arguments), nothing);
  return {std::move(parsed), read_config(cfg)};
}

std::string refusal_of(const expected<config>& taken) {
  return taken ? std::string{} : taken.error().text;
}

/// The same value of a setting as it is written, and in the field.
struct example {
  std::string name;
  std::string in_file;
  std::string on_command_line;
  caf::config_value in_code;
  std::function<void(config&)> expect;
};

caf::config_value time(caf::timespan value) {
  return caf::config_value{value};
}

/// One example per setting, none of them the default.
std::vector<example> examples() {
  using list = std::vector<std::string>;
  return {
      {"node-id", "\"n1\"", "n1", caf::config_value{"n1"}, [](auto& c) { c.node_id = "n1"; }},
      {"cluster-name", "\"shop\"", "shop", caf::config_value{"shop"},
       [](auto& c) { c.cluster_name = "shop"; }},
      {"bind-address", "\"0.0.0.0\"", "0.0.0.0", caf::config_value{"0.0.0.0"},
       [](auto& c) { c.bind_address = "0.0.0.0"; }},
      {"port", "65535", "65535", caf::config_value{65535}, [](auto& c) { c.port = 65535; }},
      {"advertise", "\"h:1\"", "h:1", caf::config_value{"h:1"},
       [](auto& c) { c.advertise = "h:1"; }},
      {"seeds", "[\"a:1\", \"b:2\"]", "[\"a:1\",\"b:2\"]", caf::config_value{list{"a:1", "b:2"}},
       [](auto& c) {
         c.seeds = {"a:1", "b:2"};
       }},
      {"autostart", "true", "true", caf::config_value{true}, [](auto& c) { c.autostart = true; }},
      {"interval", "250ms", "250ms", time(250ms), [](auto& c) { c.gossip_interval = 250ms; }},
      {"request-timeout", "3s", "3s", time(3s), [](auto& c) { c.gossip_request_timeout = 3s; }},
      {"fan-out", "5", "5", caf::config_value{5}, [](auto& c) { c.gossip_fan_out = 5; }},
      {"max-send", "9", "9", caf::config_value{9}, [](auto& c) { c.gossip_max_send = 9; }},
      {"heartbeat-expiration", "\"disabled\"", "disabled", caf::config_value{"disabled"},
       [](auto& c) { c.heartbeat_expiration.reset(); }},
      {"actor-name", "\"rumors\"", "rumors", caf::config_value{"rumors"},
       [](auto& c) { c.gossip_actor_name = "rumors"; }},
      {"enabled", "false", "false", caf::config_value{false},
       [](auto& c) { c.gossip_enabled = false; }},
      {"state-value-bytes-max", "1000", "1000", caf::config_value{1000},
       [](auto& c) { c.state_value_bytes_max = 1000; }},
      {"state-keys-max", "10", "10", caf::config_value{10}, [](auto& c) { c.state_keys_max = 10; }},
      {"state-member-bytes-max", "4000000000", "4000000000",
       caf::config_value{std::int64_t{4'000'000'000}},
       [](auto& c) { c.state_member_bytes_max = 4'000'000'000; }},
      {"state-bytes-max", "4000000000", "4000000000",
       caf::config_value{std::int64_t{4'000'000'000}},
       [](auto& c) { c.state_bytes_max = 4'000'000'000; }},
      {"state-message-bytes-max", "786432", "786432", caf::config_value{786'432},
       [](auto& c) { c.state_message_bytes_max = 786'432; }},
      {"dissemination-batch", "0ms", "0ms", time(0ms),
       [](auto& c) { c.dissemination_batch = 0ms; }},
      {"dissemination-bursts", "0", "0", caf::config_value{0},
       [](auto& c) { c.dissemination_bursts = 0; }},
      {"dissemination-retransmit", "3", "3", caf::config_value{3},
       [](auto& c) { c.dissemination_retransmit = 3; }},
      {"reconciliation-delay", "1s", "1s", time(1s), [](auto& c) { c.reconciliation_delay = 1s; }},
      {"heartbeat-interval", "1min", "1min", time(60s),
       [](auto& c) { c.heartbeat_interval = 60s; }},
      {"heartbeat-observers", "3", "3", caf::config_value{3},
       [](auto& c) { c.heartbeat_observers = 3; }},
      {"detector-poll-interval", "50ms", "50ms", time(50ms),
       [](auto& c) { c.detector_poll_interval = 50ms; }},
      {"detector", "\"fixed-timeout\"", "fixed-timeout", caf::config_value{"fixed-timeout"},
       [](auto& c) { c.detector = "fixed-timeout"; }},
      {"detector-timeout", "2s", "2s", time(2s), [](auto& c) { c.detector_timeout = 2s; }},
      {"phi-threshold", "9.5", "9.5", caf::config_value{9.5},
       [](auto& c) { c.phi_threshold = 9.5; }},
      {"phi-min-deviation", "20ms", "20ms", time(20ms),
       [](auto& c) { c.phi_min_deviation = 20ms; }},
      {"phi-acceptable-pause", "0s", "0s", time(0s), [](auto& c) { c.phi_acceptable_pause = 0ms; }},
      {"phi-first-estimate", "2s", "2s", time(2s), [](auto& c) { c.phi_first_estimate = 2s; }},
      {"phi-window", "50", "50", caf::config_value{50}, [](auto& c) { c.phi_window = 50; }},
      {"probe-interval", "2s", "2s", time(2s), [](auto& c) { c.probe_interval = 2s; }},
      {"probe-timeout", "90ms", "90ms", time(90ms), [](auto& c) { c.probe_timeout = 90ms; }},
      {"probe-helpers", "0", "0", caf::config_value{0}, [](auto& c) { c.probe_helpers = 0; }},
      {"suspicion-timeout", "1h", "1h", time(1h), [](auto& c) { c.suspicion_timeout = 1h; }},
      {"suspicion-timeout-min", "2s", "2s", time(2s),
       [](auto& c) { c.suspicion_timeout_min = 2s; }},
      {"suspicion-confirmations", "1", "1", caf::config_value{1},
       [](auto& c) { c.suspicion_confirmations = 1; }},
      {"isolation-patience", "0ms", "0ms", time(0ms), [](auto& c) { c.isolation_patience = 0ms; }},
      {"flap-cut-off", "3", "3", caf::config_value{3}, [](auto& c) { c.flap_cut_off = 3; }},
      {"flap-half-life", "40s", "40s", time(40s), [](auto& c) { c.flap_half_life = 40s; }},
      {"topology-emit-interval", "0ms", "0ms", time(0ms),
       [](auto& c) { c.topology_emit_interval = 0ms; }},
      {"quarantine-ttl", "5s", "5s", time(5s), [](auto& c) { c.quarantine_ttl = 5s; }},
      {"quarantine-ttl-max", "2h", "2h", time(2h), [](auto& c) { c.quarantine_ttl_max = 2h; }},
      {"quarantine-max", "7", "7", caf::config_value{7}, [](auto& c) { c.quarantine_max = 7; }},
      {"tombstone-ttl", "48h", "48h", time(48h), [](auto& c) { c.tombstone_ttl = 48h; }},
      {"tombstones-max", "8", "8", caf::config_value{8}, [](auto& c) { c.tombstones_max = 8; }},
      {"members-max", "9", "9", caf::config_value{9}, [](auto& c) { c.members_max = 9; }},
      {"join-retry-min", "100ms", "100ms", time(100ms), [](auto& c) { c.join_retry_min = 100ms; }},
      {"join-retry-max", "6s", "6s", time(6s), [](auto& c) { c.join_retry_max = 6s; }},
      {"leave-timeout", "0ms", "0ms", time(0ms), [](auto& c) { c.leave_timeout = 0ms; }},
      {"leaving-timeout", "4s", "4s", time(4s), [](auto& c) { c.leaving_timeout = 4s; }},
      {"reunion-interval", "1min", "1min", time(1min), [](auto& c) { c.reunion_interval = 1min; }},
      {"rejoin-when-declared-dead", "false", "false", caf::config_value{false},
       [](auto& c) { c.rejoin_when_declared_dead = false; }},
      {"metrics-enabled", "false", "false", caf::config_value{false},
       [](auto& c) { c.metrics_enabled = false; }},
  };
}

config expected_of(const example& what) {
  config result;
  what.expect(result);
  return result;
}

/// Checks that exactly this was refused, and how.
void check_refusal(const expected<config>& taken, const std::string& name, const std::string& value,
                   const std::string& allowed_text) {
  BOOST_REQUIRE_MESSAGE(!taken.has_value(), name << " = " << value << " was accepted");
  BOOST_TEST(taken.error().code == errc::invalid_config);
  const auto& text = taken.error().text;
  BOOST_TEST(text.find("gossip." + name) != std::string::npos, text);
  BOOST_TEST(text.find(value) != std::string::npos, text);
  BOOST_TEST(text.find(allowed_text) != std::string::npos, text);
}

} // namespace

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(are_all_settings_and_nothing_else) {
  const options_config cfg;
  std::vector<std::string> offered;
  for (const auto& option : cfg.options())
    if (option.category() == "gossip")
      offered.emplace_back(option.long_name().data(), option.long_name().size());
  std::vector<std::string> listed;
  std::vector<std::string> shown;
  const config defaults;
  for_each_setting(defaults,
                   [&](const setting& what, const auto&) { listed.emplace_back(what.name); });
  for (const auto& each : examples())
    shown.push_back(each.name);
  BOOST_TEST(offered == listed, boost::test_tools::per_element());
  BOOST_TEST(shown == listed, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(are_added_once) {
  options_config cfg;
  const auto before = cfg.options().size();
  add_options(cfg);
  BOOST_TEST(cfg.options().size() == before);
}

BOOST_AUTO_TEST_CASE(have_their_defaults_when_nothing_is_set) {
  BOOST_TEST((from_file("").taken.value() == config{}));
  BOOST_TEST((from_file("[gossip]\n").taken.value() == config{}));
  BOOST_TEST((read_config(caf::actor_system_config{}).value() == config{}));
}

// S2.12.1
BOOST_AUTO_TEST_CASE(come_from_a_file) {
  for (const auto& each : examples()) {
    const auto read = from_setting(each.name, each.in_file);
    BOOST_TEST(!read.parsed);
    BOOST_REQUIRE_MESSAGE(read.taken.has_value(), refusal_of(read.taken));
    BOOST_TEST((*read.taken == expected_of(each)), each.name);
  }
}

// S2.12.1
BOOST_AUTO_TEST_CASE(come_from_the_command_line) {
  for (const auto& each : examples()) {
    const auto read = from_command_line({"--gossip." + each.name + "=" + each.on_command_line});
    BOOST_TEST(!read.parsed, each.name);
    BOOST_REQUIRE_MESSAGE(read.taken.has_value(), refusal_of(read.taken));
    BOOST_TEST((*read.taken == expected_of(each)), each.name);
  }
}

// S2.12.1
BOOST_AUTO_TEST_CASE(come_from_code) {
  for (const auto& each : examples()) {
    options_config cfg;
    cfg.set("gossip." + each.name, each.in_code);
    const auto taken = read_config(cfg);
    BOOST_REQUIRE_MESSAGE(taken.has_value(), refusal_of(taken));
    BOOST_TEST((*taken == expected_of(each)), each.name);
  }
}

BOOST_AUTO_TEST_CASE(of_the_command_line_win_over_those_of_the_file) {
  options_config cfg;
  std::istringstream file{"[gossip]\nport=1\nfan-out=7\n"};
  BOOST_TEST(!cfg.parse(std::vector<std::string>{"--gossip.port=2"}, file));
  const auto taken = read_config(cfg);
  BOOST_TEST(taken->port == 2);
  BOOST_TEST(taken->gossip_fan_out == 7U);
}

// S2.12.3: also what CAF would pass over in silence.
BOOST_AUTO_TEST_CASE(of_a_wrong_type_are_refused) {
  check_refusal(from_setting("interval", "12").taken, "interval", "12", "1ms to 1h");
  check_refusal(from_setting("interval", "\"often\"").taken, "interval", "often", "1ms to 1h");
  check_refusal(from_setting("port", "\"http\"").taken, "port", "http", "0 to 65535");
  check_refusal(from_setting("port", "1.5").taken, "port", "1.5", "0 to 65535");
  check_refusal(from_setting("autostart", "1").taken, "autostart", "1", "true");
  check_refusal(from_setting("seeds", "\"a:1\"").taken, "seeds", "a:1", "host:port");
  check_refusal(from_setting("seeds", "[1]").taken, "seeds", "1", "host:port");
  check_refusal(from_setting("cluster-name", "7").taken, "cluster-name", "7", "ASCII");
  check_refusal(from_setting("phi-threshold", "true").taken, "phi-threshold", "true", "300");
  check_refusal(from_setting("heartbeat-expiration", "\"off\"").taken, "heartbeat-expiration",
                "off", "disabled");
}

// S2.12.3
BOOST_AUTO_TEST_CASE(out_of_range_are_refused) {
  check_refusal(from_setting("port", "65536").taken, "port", "65536", "0 to 65535");
  check_refusal(from_setting("port", "-1").taken, "port", "-1", "0 to 65535");
  check_refusal(from_setting("fan-out", "0").taken, "fan-out", "0", "1 to 1024");
  check_refusal(from_setting("fan-out", "4294967297").taken, "fan-out", "4294967297", "1 to 1024");
  check_refusal(from_setting("interval", "0ms").taken, "interval", "0", "1ms to 1h");
  check_refusal(from_setting("interval", "2h").taken, "interval", "2h", "1ms to 1h");
  check_refusal(from_setting("interval", "-5ms").taken, "interval", "-5ms", "1ms to 1h");
  check_refusal(from_setting("phi-threshold", "0").taken, "phi-threshold", "0", "0.01 to 300");
  check_refusal(from_setting("actor-name", "\"far too long\"").taken, "actor-name", "far too long",
                "1 to 10 characters");
  check_refusal(from_setting("detector", "\"guess\"").taken, "detector", "guess", "phi-accrual");
  check_refusal(from_setting("seeds", "[\"nowhere\"]").taken, "seeds", "nowhere", "host:port");
}

// S2.12.3: two settings that do not fit together.
BOOST_AUTO_TEST_CASE(that_contradict_each_other_are_refused) {
  check_refusal(from_setting("heartbeat-expiration", "500ms").taken, "heartbeat-expiration",
                "500ms", "longer than gossip.interval");
  check_refusal(from_setting("join-retry-min", "6s").taken, "join-retry-min", "6s",
                "join-retry-max");
}

BOOST_AUTO_TEST_CASE(in_parts_of_a_millisecond_are_refused) {
  check_refusal(from_setting("interval", "1500us").taken, "interval", "1500us", "1ms to 1h");
  check_refusal(from_command_line({"--gossip.interval=1500us"}).taken, "interval", "1500us",
                "1ms to 1h");
  BOOST_TEST(from_setting("interval", "2000us").taken->gossip_interval.count() == 2);
}

BOOST_AUTO_TEST_CASE(that_do_not_exist_are_refused) {
  const auto read = from_setting("intervall", "5ms");
  BOOST_REQUIRE(!read.taken.has_value());
  BOOST_TEST(read.taken.error().code == errc::invalid_config);
  BOOST_TEST(read.taken.error().text.find("gossip.intervall") != std::string::npos);
  BOOST_TEST(read.taken.error().text.find("request-timeout") != std::string::npos);
  BOOST_TEST(!!from_command_line({"--gossip.intervall=5ms"}).parsed);
}

// CAF itself refuses these, when the command line is parsed.
BOOST_AUTO_TEST_CASE(of_a_wrong_type_on_the_command_line_are_refused_by_the_parser) {
  BOOST_TEST(!!from_command_line({"--gossip.port=http"}).parsed);
  BOOST_TEST(!!from_command_line({"--gossip.port=65536"}).parsed);
  BOOST_TEST(!!from_command_line({"--gossip.interval=often"}).parsed);
  BOOST_TEST(!!from_command_line({"--gossip.autostart=maybe"}).parsed);
}

BOOST_AUTO_TEST_CASE(take_a_group_that_is_no_group_for_an_error) {
  options_config cfg;
  cfg.content["gossip"] = caf::config_value{5};
  const auto taken = read_config(cfg);
  BOOST_REQUIRE(!taken.has_value());
  BOOST_TEST(taken.error().code == errc::invalid_config);
}

// The units that the documentation promises.
BOOST_AUTO_TEST_CASE(have_times_in_four_units) {
  for (const auto& [text, value] :
       {std::pair{"1000ms", 1000ms}, {"90s", 90000ms}, {"2min", 120000ms}, {"1h", 3600000ms}}) {
    BOOST_TEST(from_setting("request-timeout", text).taken->gossip_request_timeout.count()
               == value.count());
    BOOST_TEST(from_command_line({"--gossip.request-timeout=" + std::string{text}})
                   .taken->gossip_request_timeout.count()
               == value.count());
  }
}

// S2.12.1
BOOST_AUTO_TEST_CASE(switch_the_expiration_off_and_on) {
  BOOST_TEST(!from_setting("heartbeat-expiration", "\"disabled\"").taken->heartbeat_expiration);
  const auto on = from_command_line({"--gossip.heartbeat-expiration=20s"});
  BOOST_TEST(on.taken->heartbeat_expiration->count() == 20000);
  check_refusal(from_setting("heartbeat-expiration", "0ms").taken, "heartbeat-expiration", "0",
                "disabled");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
