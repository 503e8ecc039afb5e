// The gossiper as an actor: its lifecycle, alone between fakes and as a part of whole nodes.
#include "actors/gossiper_actor.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_registry.hpp>

#include "tests/support/deterministic_actors.hpp"

namespace caf_gossip::test {

namespace {

/// A gossiper whose transport, membership and event stream are played by the test.
struct lonely_gossiper {
  deterministic_actors world;
  virtual_node& node = world.add("alone", {}, false);

  struct notes {
    std::vector<std::string> calls;
    std::vector<std::uint64_t> incarnations;
    std::vector<time_point> rounds;
    std::vector<membership_event> published;
    caf::error bind_fails;
    caf::error start_fails;
    /// Requests of these kinds are never answered.
    bool bind_is_silent = false;
    bool leave_is_silent = false;
  };
  std::shared_ptr<notes> seen = std::make_shared<notes>();
  std::vector<caf::actor> actors;
  gossiper_handle sut;

  lonely_gossiper() {
    gossiper_context context;
    context.cfg.node_id = "alone";
    context.transport = play<transport_handle>(transport());
    context.membership = play<membership_coordinator_handle>(membership());
    context.events = play<event_stream_handle>(events());
    context.new_incarnation = [next = std::uint64_t{6}]() mutable { return ++next; };
    sut = node.sys().spawn<class gossiper_actor, caf::hidden>(std::move(context));
    actors.push_back(caf::actor_cast<caf::actor>(sut));
  }

  ~lonely_gossiper() {
    for (const auto& who : actors)
      caf::anon_send_exit(who, caf::exit_reason::kill);
    world.settle();
  }

  template <class Handle>
  Handle play(const std::function<caf::behavior(caf::event_based_actor*)>& role) {
    actors.push_back(spawn_role(node.sys(), role));
    return caf::actor_cast<Handle>(actors.back());
  }

  std::function<caf::behavior(caf::event_based_actor*)> transport() {
    return [seen = seen](caf::event_based_actor* self) -> caf::behavior {
      return {[=](const bind_transport& what) -> caf::result<authority> {
                seen->calls.emplace_back("bind");
                if (seen->bind_is_silent)
                  return self->make_response_promise<authority>();
                if (seen->bind_fails)
                  return seen->bind_fails;
                return authority{what.where.host, 4711};
              },
              [=](const stop_transport&) { seen->calls.emplace_back("stop transport"); }};
    };
  }

  std::function<caf::behavior(caf::event_based_actor*)> membership() {
    return [seen = seen](caf::event_based_actor* self) -> caf::behavior {
      return {[=](const start_membership& what) -> caf::result<void> {
                seen->calls.emplace_back("start membership");
                seen->incarnations.push_back(what.self.incarnation);
                if (seen->start_fails)
                  return seen->start_fails;
                return {};
              },
              [=](const leave_cluster&) -> caf::result<leave_finished> {
                seen->calls.emplace_back("leave");
                if (seen->leave_is_silent)
                  return self->make_response_promise<leave_finished>();
                return leave_finished{1, 1};
              },
              [=](const shut_down_membership&) { seen->calls.emplace_back("shut down"); },
              [=](const run_round&) { seen->rounds.push_back(self->clock().now()); }};
    };
  }

  std::function<caf::behavior(caf::event_based_actor*)> events() {
    return [seen = seen](caf::event_based_actor*) -> caf::behavior {
      return {[=](const subscribe_events&) {
                seen->calls.emplace_back("subscribe");
                return std::uint64_t{0};
              },
              [=](const unsubscribe_events&) { seen->calls.emplace_back("unsubscribe"); },
              [=](const publish_events& what) {
                seen->published.insert(seen->published.end(), what.events.begin(),
                                       what.events.end());
              }};
    };
  }

  answer<void> start() { return node.ask<void>(sut, start_gossip{}); }
  answer<void> stop() { return node.ask<void>(sut, stop_gossip{}); }
  gossiper_state state() {
    return node.ask<gossiper_status>(sut, get_gossiper_status{}).value().state;
  }

  std::vector<std::string> take_calls() { return std::exchange(seen->calls, {}); }
};

bool is_registered(virtual_node& node, const std::string& name = "gossip") {
  return node.sys().registry().get(caf::atom_from_string(name))
         == caf::actor_cast<caf::strong_actor_ptr>(node.facade().gossiper());
}

using calls = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(gossiper_actor)

// -- alone ----------------------------------------------------------------------------------------

// S2.2.1, S2.2.5: deadlines are start + k * interval.
BOOST_FIXTURE_TEST_CASE(runs_one_round_per_interval_without_drift, lonely_gossiper) {
  const auto begun = world.now();
  BOOST_TEST(start().code() == errc::none);
  world.advance(10s);
  std::vector<time_point> expected_rounds;
  for (int k = 1; k <= 20; ++k)
    expected_rounds.push_back(begun + k * 500ms);
  BOOST_TEST((seen->rounds == expected_rounds));
}

// S1.2.3, S2.2.5: five missed ticks are one round, and the rhythm stays.
BOOST_FIXTURE_TEST_CASE(coalesces_missed_ticks_and_keeps_the_rhythm, lonely_gossiper) {
  const auto begun = world.now();
  (void)start();
  world.sleep(2750ms);
  BOOST_TEST((seen->rounds == std::vector{begun + 2750ms}));
  world.advance(749ms);
  BOOST_TEST((seen->rounds == std::vector{begun + 2750ms, begun + 3000ms}));
  world.advance(1ms);
  BOOST_TEST(seen->rounds.size() == 3U);
}

// S2.1.2, S2.1.3, S3.1.2
BOOST_FIXTURE_TEST_CASE(opens_in_one_order_and_closes_in_the_other, lonely_gossiper) {
  (void)start();
  BOOST_TEST(take_calls() == (calls{"bind", "start membership", "subscribe"}),
             boost::test_tools::per_element());
  BOOST_TEST(stop().code() == errc::none);
  BOOST_TEST(take_calls() == (calls{"leave", "unsubscribe", "shut down", "stop transport"}),
             boost::test_tools::per_element());
  world.advance(5s);
  BOOST_TEST(seen->rounds.empty());
}

// D4
BOOST_FIXTURE_TEST_CASE(starts_again_as_a_new_incarnation, lonely_gossiper) {
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(start().code() == errc::none);
    world.advance(700ms);
    BOOST_TEST(stop().code() == errc::none);
    world.advance(1s);
  }
  BOOST_TEST((seen->incarnations == std::vector<std::uint64_t>{7, 8, 9}));
  BOOST_TEST(seen->rounds.size() == 3U);
}

// A restart before the old timer is due must not lose or double the loop.
BOOST_FIXTURE_TEST_CASE(restarts_with_one_loop_in_the_middle_of_an_interval, lonely_gossiper) {
  (void)start();
  world.advance(100ms);
  (void)stop();
  const auto begun = world.now();
  (void)start();
  world.advance(2s);
  BOOST_TEST(
      (seen->rounds == std::vector{begun + 500ms, begun + 1000ms, begun + 1500ms, begun + 2000ms}));
}

// S1.2.4
BOOST_FIXTURE_TEST_CASE(starts_nothing_when_binding_fails_and_can_start_later, lonely_gossiper) {
  seen->bind_fails = to_caf({errc::network_error, "address in use"});
  const auto failed = start();
  BOOST_TEST(failed.code() == errc::network_error);
  BOOST_TEST(failed.text() == "address in use");
  BOOST_TEST(seen->incarnations.empty());
  BOOST_REQUIRE(seen->published.size() == 1U);
  BOOST_TEST(std::get<startup_failed>(seen->published.front()).code == errc::network_error);
  world.advance(5s);
  BOOST_TEST(seen->rounds.empty());
  seen->bind_fails = {};
  BOOST_TEST(start().code() == errc::none);
  world.advance(500ms);
  BOOST_TEST(seen->rounds.size() == 1U);
}

// S1.2.4
BOOST_FIXTURE_TEST_CASE(closes_the_transport_when_the_membership_does_not_start, lonely_gossiper) {
  seen->start_fails = to_caf({errc::invalid_config, "no"});
  BOOST_TEST(start().code() == errc::invalid_config);
  BOOST_TEST(seen->calls.back() == "stop transport");
  BOOST_TEST((state() == gossiper_state::stopped));
}

// S1.2.5: an answer in any case. What may have been begun is undone.
BOOST_FIXTURE_TEST_CASE(gives_up_a_start_that_is_not_answered, lonely_gossiper) {
  seen->bind_is_silent = true;
  const auto starting = start();
  BOOST_TEST(!starting.arrived());
  BOOST_TEST(start().code() == errc::already_started);
  BOOST_TEST(stop().code() == errc::invalid_state);
  world.advance(11s);
  BOOST_REQUIRE(starting.arrived());
  BOOST_TEST(starting.code() == errc::timeout);
  BOOST_TEST(seen->calls.back() == "stop transport");
  seen->bind_is_silent = false;
  BOOST_TEST(start().code() == errc::none);
}

// S1.2.5, S3.1.2
BOOST_FIXTURE_TEST_CASE(stops_although_the_goodbye_is_never_answered, lonely_gossiper) {
  (void)start();
  seen->leave_is_silent = true;
  const auto stopping = stop();
  BOOST_TEST(!stopping.arrived());
  BOOST_TEST((state() == gossiper_state::stopping));
  BOOST_TEST(stop().code() == errc::already_stopped);
  BOOST_TEST(start().code() == errc::already_started);
  world.advance(6s);
  BOOST_REQUIRE(stopping.arrived());
  BOOST_TEST(stopping.code() == errc::timeout);
  BOOST_TEST(seen->calls.back() == "stop transport");
  BOOST_TEST(std::get<shutdown_failed>(seen->published.back()).code == errc::timeout);
  BOOST_TEST((state() == gossiper_state::stopped));
}

// S1.2.5
BOOST_FIXTURE_TEST_CASE(answers_a_stop_when_it_is_ended_in_the_middle_of_it, lonely_gossiper) {
  (void)start();
  seen->leave_is_silent = true;
  const auto stopping = stop();
  caf::anon_send_exit(sut, caf::exit_reason::user_shutdown);
  world.settle();
  BOOST_REQUIRE(stopping.arrived());
  BOOST_TEST(stopping.code() == errc::network_error);
  BOOST_TEST(stop().code() == errc::not_started);
}

// S1.2.5
BOOST_FIXTURE_TEST_CASE(stops_although_the_membership_is_dead, lonely_gossiper) {
  (void)start();
  caf::anon_send_exit(actors[1], caf::exit_reason::kill);
  world.settle();
  const auto stopping = stop();
  BOOST_REQUIRE(stopping.arrived());
  BOOST_TEST(stopping.code() != errc::none);
  BOOST_TEST(seen->calls.back() == "stop transport");
}

// -- as a part of a node --------------------------------------------------------------------------

struct world_fixture {
  deterministic_actors world;
};

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
