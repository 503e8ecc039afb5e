// The gossiper as a part of whole nodes: starting, stopping, and the loop.
#include "actors/gossiper_actor.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_registry.hpp>

#include "tests/support/deterministic_actors.hpp"

namespace caf_gossip::test {

namespace {

bool is_registered(virtual_node& node, const std::string& name = "gossip") {
  return node.sys().registry().get(caf::atom_from_string(name))
         == caf::actor_cast<caf::strong_actor_ptr>(node.facade().gossiper());
}

struct world_fixture {
  deterministic_actors world;
};

} // namespace

BOOST_AUTO_TEST_SUITE(gossiper_node)

// S5.1.7, S2.12.2
BOOST_FIXTURE_TEST_CASE(does_nothing_before_it_is_started, world_fixture) {
  auto& node = world.add("a");
  auto all = node.subscribed();
  world.advance(5s);
  BOOST_TEST(!node.network().running);
  BOOST_TEST(node.network().sent.empty());
  BOOST_TEST(all.events().empty());
  BOOST_TEST(!is_registered(node));
  BOOST_TEST((node.status().state == gossiper_state::created));
  BOOST_TEST(node.status().ticks == 0U);
}

// S1.2.1, S2.1.1, S2.1.2
BOOST_FIXTURE_TEST_CASE(ticks_one_interval_after_its_start, world_fixture) {
  auto& node = world.add("a");
  BOOST_TEST(node.start().code() == errc::none);
  BOOST_TEST(node.network().running);
  BOOST_TEST((node.status().state == gossiper_state::running));
  BOOST_TEST(is_registered(node));
  world.advance(499ms);
  BOOST_TEST(node.status().ticks == 0U);
  world.advance(1ms);
  BOOST_TEST(node.status().ticks == 1U);
  world.advance(10s);
  BOOST_TEST(node.status().ticks == 21U);
}

// S2.2.6, S2.12.1
BOOST_FIXTURE_TEST_CASE(honours_any_interval, world_fixture) {
  auto& node = world.add("a", {{"interval", caf::config_value{caf::timespan{37ms}}}});
  (void)node.start();
  world.advance(3700ms);
  BOOST_TEST(node.status().ticks == 100U);
}

// S1.2.2, S2.1.3
BOOST_FIXTURE_TEST_CASE(is_quiet_after_its_stop, world_fixture) {
  auto& first = world.add("a");
  auto& second = world.add("b", {deterministic_actors::through_first()});
  (void)first.start();
  (void)second.start();
  world.advance(3s);
  BOOST_TEST(second.network().polls > 0U); // S1.2.1: it listens
  const auto stopping = second.stop();
  world.advance_until([&] { return stopping.arrived(); }, 5s);
  BOOST_TEST(stopping.code() == errc::none);
  auto all = second.subscribed();
  const auto ticks = second.status().ticks;
  const auto sent = second.network().sent.size();
  world.advance(5s);
  BOOST_TEST(second.status().ticks == ticks);
  BOOST_TEST(second.network().sent.size() == sent);
  BOOST_TEST(all.events().empty());
  BOOST_TEST(!is_registered(second));
  net::memory_transport next{world.network};
  BOOST_TEST(next.start(second.where()).has_value());
}

// S5.1.9: not a whole interval later.
BOOST_FIXTURE_TEST_CASE(stops_between_two_ticks_at_once, world_fixture) {
  auto& node = world.add("a", {{"interval", caf::config_value{caf::timespan{1h}}},
                               {"heartbeat-expiration", caf::config_value{"disabled"}}});
  (void)node.start();
  world.advance(1s);
  BOOST_TEST(node.stop().code() == errc::none);
}

// S2.1.4, S5.1.8
BOOST_FIXTURE_TEST_CASE(refuses_a_second_start_and_keeps_its_rhythm, world_fixture) {
  auto& node = world.add("a");
  (void)node.start();
  for (int i = 0; i < 10; ++i) {
    world.advance(250ms);
    BOOST_TEST(node.start().code() == errc::already_started);
  }
  BOOST_TEST(node.status().ticks == 5U);
}

// S2.1.5, S5.1.8, S1.2.5
BOOST_FIXTURE_TEST_CASE(tells_a_stop_before_the_start_from_a_second_one, world_fixture) {
  auto& node = world.add("a");
  BOOST_TEST(node.stop().code() == errc::not_started);
  (void)node.start();
  BOOST_TEST(node.stop().code() == errc::none);
  BOOST_TEST(node.stop().code() == errc::already_stopped);
}

// S1.2.4
BOOST_FIXTURE_TEST_CASE(reports_an_address_in_use_and_starts_when_it_is_free, world_fixture) {
  auto& first = world.add("a");
  auto& second = world.add("b", {{"port", caf::config_value{5000}}});
  (void)first.start();
  auto all = second.subscribed();
  const auto failed = second.start();
  BOOST_TEST(failed.code() == errc::network_error);
  BOOST_TEST(failed.text().find("127.0.0.1:5000") != std::string::npos);
  BOOST_REQUIRE(all.told<startup_failed>().size() == 1U);
  // S3.5.4: it has a time although nothing had started.
  BOOST_TEST((all.told<startup_failed>().front().stamp.observed_at > unix_time{}));
  BOOST_TEST(!is_registered(second));
  BOOST_TEST((second.snapshot().mode == node_mode::stopped));
  world.advance(2s);
  BOOST_TEST(second.status().ticks == 0U);
  (void)first.stop();
  BOOST_TEST(second.start().code() == errc::none);
}

// S2.12.3
BOOST_AUTO_TEST_CASE(spawns_nothing_from_an_invalid_configuration) {
  deterministic_actors world;
  const std::vector<std::pair<std::string, caf::config_value>> wrong{
      {"interval", caf::config_value{caf::timespan{0}}},
      {"interval", caf::config_value{caf::timespan{-5ms}}},
      {"request-timeout", caf::config_value{caf::timespan{0}}},
      {"fan-out", caf::config_value{0}},
      {"max-send", caf::config_value{0}},
      {"heartbeat-expiration", caf::config_value{caf::timespan{500ms}}},
      {"heartbeat-expiration", caf::config_value{caf::timespan{-1s}}},
      {"actor-name", caf::config_value{""}},
      {"bind-address", caf::config_value{"no host"}},
  };
  for (const auto& setting : wrong) {
    auto& node = world.add("a", {setting});
    const auto started = node.facade().start();
    BOOST_REQUIRE(!started.has_value());
    BOOST_TEST(started.error().code == errc::invalid_config);
    BOOST_TEST(started.error().text.find("gossip." + setting.first) != std::string::npos);
    BOOST_TEST(!node.facade().gossiper());
    BOOST_TEST(!node.facade().membership());
    world.remove(node);
  }
}

// D4, S2.7.4, S2.9.4
BOOST_FIXTURE_TEST_CASE(leaves_no_subscription_behind_in_100_cycles, world_fixture) {
  auto& node = world.add("a");
  std::uint64_t incarnation = 0;
  for (int i = 0; i < 100; ++i) {
    BOOST_REQUIRE(node.stats().subscribers == 0U);
    BOOST_REQUIRE(node.start().code() == errc::none);
    BOOST_REQUIRE(node.stats().subscribers == 1U);
    BOOST_REQUIRE(is_registered(node));
    BOOST_REQUIRE(node.status().self.incarnation > incarnation);
    incarnation = node.status().self.incarnation;
    world.advance(50ms);
    BOOST_REQUIRE(node.stop().code() == errc::none);
    BOOST_REQUIRE(!is_registered(node));
  }
  BOOST_TEST(node.stats().subscribers == 0U);
}

BOOST_FIXTURE_TEST_CASE(is_registered_under_the_name_of_the_configuration, world_fixture) {
  auto& node = world.add("a", {{"actor-name", caf::config_value{"my_gossip"}}});
  (void)node.start();
  BOOST_TEST(is_registered(node, "my_gossip"));
  BOOST_TEST(!is_registered(node, "gossip"));
  (void)node.stop();
  BOOST_TEST(!is_registered(node, "my_gossip"));
}

// S2.1.2: the loop knows the peers of the topology.
BOOST_FIXTURE_TEST_CASE(follows_the_topology, world_fixture) {
  auto& first = world.add("a");
  auto& second = world.add("b", {deterministic_actors::through_first()});
  (void)first.start();
  (void)second.start();
  world.advance(2s);
  BOOST_TEST(first.status().peers == 1U);
  BOOST_TEST(second.status().peers == 1U);
  const auto stopping = second.stop();
  world.advance(5s);
  BOOST_TEST(stopping.code() == errc::none);
  BOOST_TEST(first.status().peers == 0U);
}

// S2.3.5: for any thread, so without a message.
BOOST_FIXTURE_TEST_CASE(shows_the_phase_of_the_dissemination, world_fixture) {
  auto& first = world.add("a");
  auto& second = world.add("b", {deterministic_actors::through_first()});
  auto& third = world.add("c", {deterministic_actors::through_first()});
  BOOST_TEST((first.facade().phase() == gossip_phase::confirmed));
  (void)first.start();
  (void)second.start();
  world.advance(5s);
  BOOST_TEST((first.facade().phase() == gossip_phase::confirmed));

  // News that cannot get through is diffusing, then compared in vain.
  world.network.filter_frames([](const auto&, const auto&, const wire::frame& what) {
    const auto* body = std::get_if<membership_payload>(&what.body);
    const bool is_lost =
        body != nullptr
        && (std::holds_alternative<delta>(*body) || std::holds_alternative<sync_response>(*body));
    return is_lost ? net::memory_network::fate::drop : net::memory_network::fate::deliver;
  });
  (void)third.start();
  BOOST_TEST(
      world.advance_until([&] { return first.facade().phase() == gossip_phase::diffusing; }, 5s));
  BOOST_TEST(world.advance_until(
      [&] {
        return first.facade().phase() == gossip_phase::reconciling
               || second.facade().phase() == gossip_phase::reconciling;
      },
      30s));
  world.network.filter_frames({});
  BOOST_TEST(world.advance_until(
      [&] {
        return first.facade().phase() == gossip_phase::confirmed
               && second.facade().phase() == gossip_phase::confirmed
               && third.facade().phase() == gossip_phase::confirmed;
      },
      30s));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
