/// The lifecycle and the rhythm of the gossiper core.
#include "caf_gossip/state/gossiper.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/gossiper_fixture.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using namespace std::chrono_literals;
using boost::unit_test::description;

namespace {

struct fixture {
  config cfg;
  time_point begin{1h};
  gossiper_core sut{cfg};

  /// Ticks at a moment and returns the rounds that came out.
  std::uint32_t tick(time_point now) {
    sut.tick(now);
    return sut.take_outcome().rounds;
  }
};

/// Deadlines are those of the loop and of keys only.
config without_news() {
  config cfg;
  cfg.dissemination_bursts = 0;
  return cfg;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(gossiper, fixture)

BOOST_AUTO_TEST_CASE(has_no_effects_before_it_is_started, *description("S5.1.7")) {
  BOOST_TEST((sut.state() == gossiper_state::created));
  BOOST_TEST((sut.next_deadline() == never));
  BOOST_TEST(tick(begin + 10h) == 0U);
  BOOST_TEST(sut.ticks() == 0U);
}

BOOST_AUTO_TEST_CASE(starts_and_stops_once, *description("S2.1.4 S2.1.5 S5.1.8")) {
  BOOST_TEST((code_of(sut.begin_stop(begin)) == errc::not_started));
  BOOST_TEST((code_of(sut.require_running()) == errc::not_started));
  BOOST_TEST((code_of(sut.start("a", begin)) == errc::none));
  BOOST_TEST((code_of(sut.start("a", begin)) == errc::already_started));
  BOOST_TEST((code_of(sut.begin_stop(begin)) == errc::none));
  BOOST_TEST((code_of(sut.start("a", begin)) == errc::already_started));
  BOOST_TEST((code_of(sut.begin_stop(begin)) == errc::already_stopped));
  BOOST_TEST((code_of(sut.finish_stop()) == errc::none));
  BOOST_TEST((code_of(sut.finish_stop()) == errc::invalid_state));
  BOOST_TEST((code_of(sut.begin_stop(begin)) == errc::already_stopped));
  BOOST_TEST((code_of(sut.require_running()) == errc::already_stopped));
  BOOST_TEST((code_of(sut.start("a", begin + 1h)) == errc::none), "D4: a stopped one may start");
}

BOOST_AUTO_TEST_CASE(asks_for_one_round_per_interval, *description("S1.2.3 S2.2.1")) {
  BOOST_REQUIRE(sut.start("a", begin));
  std::uint32_t rounds = 0;
  for (auto now = begin; now <= begin + 20 * cfg.gossip_interval; now += 10ms)
    rounds += tick(now);
  BOOST_TEST(rounds == 20U);
  BOOST_TEST(sut.ticks() == 20U);
}

BOOST_AUTO_TEST_CASE(keeps_the_rhythm_of_its_start, *description("S2.2.5")) {
  BOOST_REQUIRE(sut.start("a", begin));
  BOOST_TEST((sut.next_deadline() == begin + 500ms), "the first tick comes after one interval");
  BOOST_TEST(tick(begin + 630ms) == 1U);
  BOOST_TEST((sut.next_deadline() == begin + 1000ms), "lateness does not move the next tick");
}

BOOST_AUTO_TEST_CASE(coalesces_missed_ticks, *description("S1.2.3 S2.2.5")) {
  BOOST_REQUIRE(sut.start("a", begin));
  BOOST_TEST(tick(begin + 2700ms) == 1U);
  BOOST_TEST(tick(begin + 2700ms) == 0U);
  BOOST_TEST((sut.next_deadline() == begin + 3000ms));
}

BOOST_AUTO_TEST_CASE(honours_the_configured_interval, *description("S2.2.6")) {
  cfg.gossip_interval = 37ms;
  gossiper_core odd{cfg};
  BOOST_REQUIRE(odd.start("a", begin));
  BOOST_TEST((odd.next_deadline() == begin + 37ms));
}

BOOST_AUTO_TEST_CASE(ticks_while_it_stops_and_not_afterwards, *description("S1.2.2 S5.1.9")) {
  BOOST_REQUIRE(sut.start("a", begin));
  BOOST_REQUIRE(sut.begin_stop(begin));
  BOOST_TEST(tick(begin + 500ms) == 1U, "a goodbye may still need a round");
  BOOST_REQUIRE(sut.finish_stop());
  BOOST_TEST((sut.next_deadline() == never));
  for (int i = 2; i < 12; ++i)
    BOOST_TEST(tick(begin + i * 500ms) == 0U);
}

BOOST_AUTO_TEST_CASE(takes_its_peers_from_the_topology, *description("S2.7.1 S5.2.7")) {
  const member_ref a{"a", 1, {"h", 1}};
  const member_ref b{"b", 1, {"h", 2}};
  const member_ref c{"c", 1, {"h", 3}};
  sut.set_topology({a, b}, begin);
  BOOST_TEST(sut.peers().empty(), "not running");
  BOOST_REQUIRE(sut.start("b", begin));
  sut.set_topology({a, b, c}, begin);
  BOOST_TEST((sut.peers() == std::vector{a, c}));
  sut.set_topology({b, c}, begin);
  BOOST_TEST((sut.peers() == std::vector{c}));
  BOOST_REQUIRE(sut.begin_stop(begin));
  BOOST_REQUIRE(sut.finish_stop());
  BOOST_TEST(sut.peers().empty());
}

BOOST_AUTO_TEST_CASE(forgets_a_start_that_failed, *description("S1.2.4")) {
  BOOST_REQUIRE(sut.start("a", begin));
  sut.abandon_start();
  BOOST_TEST((sut.next_deadline() == never));
  BOOST_TEST((code_of(sut.start("a", begin + 1s)) == errc::none));
}

BOOST_AUTO_TEST_CASE(refreshes_its_heartbeat_every_interval,
                     *description("S2.2.2 S2.6.1 S2.6.2 S5.2.5")) {
  one_gossiper a;
  BOOST_TEST(a.sut.get_state(heartbeat_key).value().empty());
  BOOST_REQUIRE(a.sut.set_actor_counts({{{"A", 2}, {"B", 0}}}));
  for (std::uint64_t i = 1; i <= 5; ++i) {
    a.tick();
    const auto beat = a.sut.get_state(heartbeat_key).value().at("a");
    BOOST_TEST(beat.sequence_number == i);
    BOOST_TEST(beat.local_timestamp_unix_milliseconds
               == a.clock.at(a.now).time_since_epoch().count());
    BOOST_TEST((decode_heartbeat(beat.value)->actor_counts
                == std::map<std::string, std::int64_t>{{"A", 2}, {"B", 0}}));
    a.sut.tick(a.now);
    BOOST_TEST(a.sut.own_sequence() == i, "an early tick changes nothing");
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_last_counts_when_new_ones_are_refused, *description("S2.6.2")) {
  one_gossiper a;
  BOOST_REQUIRE(a.sut.set_actor_counts({{{"A", 2}}}));
  BOOST_TEST((code_of(a.sut.set_actor_counts({{{"", 2}}})) == errc::invalid_argument));
  a.tick();
  const auto beat = a.sut.get_state(heartbeat_key).value().at("a");
  BOOST_TEST(decode_heartbeat(beat.value)->actor_counts.at("A") == 2);
}

BOOST_AUTO_TEST_CASE(blocks_then_beats_then_sends_within_one_tick,
                     *description("S2.2.3 S2.2.4 S2.2.5 S5.3.4")) {
  config quick;
  quick.heartbeat_expiration = 900ms;
  one_gossiper a{quick};
  a.join({node("b"), node("c"), node("d")});
  a.settle(2);
  a.receive(node("c"), {{std::string{gracefully_left_key}, entry("", 1)}});
  a.receive(node("d"), {{"k", entry("v", 1)}});
  BOOST_REQUIRE(a.sut.set_state("k", {}, a.now));
  const auto requests = a.tick();
  const auto blocked = only<member_blocked>(a.events);
  BOOST_REQUIRE(blocked.size() == 2U);
  BOOST_TEST((blocked[0].reason == block_reason::expired_heartbeat));
  BOOST_TEST(blocked[0].id == "b");
  BOOST_TEST((blocked[1].reason == block_reason::gracefully_left));
  BOOST_TEST(blocked[1].id == "c");
  BOOST_TEST_REQUIRE(requests.size() == 1U, "nothing goes to whom this very tick has blocked");
  BOOST_TEST(requests[0].target.id == "d");
  const auto& own = requests[0].what.state.members.at("a").entries;
  BOOST_TEST(own.at("heartbeat").sequence_number == a.sut.own_sequence(), "of this very tick");
}

BOOST_AUTO_TEST_CASE(keeps_its_state_under_a_new_incarnation, *description("D9")) {
  one_gossiper a;
  a.join({node("b")});
  BOOST_REQUIRE(a.sut.set_state("k", bytes("v"), a.now));
  a.receive(node("b"), {{"l", entry("w", 1)}});
  a.settle();
  const auto hash = a.sut.state_hash();
  a.sut.set_self(node("a", 2), a.now);
  BOOST_TEST((a.sut.get_state("k").value().at("a").value == bytes("v")));
  BOOST_TEST(a.sut.get_state("l").value().empty(), "what was heard is heard again");
  BOOST_TEST(a.sut.state_hash() != hash);
  const auto requests = a.tick();
  BOOST_REQUIRE(requests.size() == 1U);
  BOOST_TEST(requests[0].head.sender.incarnation == 2U);
  BOOST_TEST(requests[0].what.state.members.at("a").incarnation == 2U);
  BOOST_TEST(requests[0].what.state.members.at("a").entries.count("k") == 1U);
  BOOST_TEST((a.receive(node("b"), {{"l", entry("w", 1)}}).rejected == errc::none));
  BOOST_TEST(a.sut.get_state("l").value().size() == 1U);
}

BOOST_AUTO_TEST_CASE(removes_a_key_when_its_time_is_over) {
  one_gossiper a{without_news()};
  BOOST_REQUIRE(a.sut.set_state("k", bytes("v"), a.now, 100ms));
  BOOST_REQUIRE(a.sut.set_map_state("m", "x", bytes("v"), a.now, 200ms));
  const auto begin_at = a.now;
  BOOST_TEST((a.sut.next_deadline() == begin_at + 100ms));
  a.sut.tick(begin_at + 100ms - 1ns);
  BOOST_TEST(a.sut.get_state("k").value().size() == 1U);
  a.step();
  BOOST_TEST((a.now == begin_at + 100ms));
  BOOST_TEST(a.sut.get_state("k").value().empty());
  BOOST_TEST(a.sut.ticks() == 0U, "not a tick of the loop");
  BOOST_TEST((a.sut.next_deadline() == begin_at + 200ms));
  a.step();
  BOOST_TEST(a.sut.get_map_keys("m").value().empty());
  BOOST_TEST((a.sut.next_deadline() == begin_at + 500ms));
}

BOOST_AUTO_TEST_CASE(gives_a_key_that_is_written_again_its_new_time_only) {
  one_gossiper a{without_news()};
  const auto loop = a.sut.next_deadline();
  const auto write = [&a](std::optional<milliseconds> ttl) {
    BOOST_REQUIRE(a.sut.set_state("k", bytes("v"), a.now, ttl));
  };
  write(100ms);
  write(300ms);
  BOOST_TEST((a.sut.next_deadline() == a.now + 300ms));
  write({});
  BOOST_TEST((a.sut.next_deadline() == loop));
  write(100ms);
  BOOST_REQUIRE(a.sut.remove_state("k", a.now));
  BOOST_TEST((a.sut.next_deadline() == loop));
}

BOOST_AUTO_TEST_CASE(drops_the_times_of_a_map_that_is_replaced_or_removed) {
  one_gossiper a{without_news()};
  const auto loop = a.sut.next_deadline();
  for (const bool is_replaced : {true, false}) {
    BOOST_REQUIRE(a.sut.set_map_state("m", "x", bytes("v"), a.now, 100ms));
    BOOST_REQUIRE(a.sut.set_map_state("m", "y", bytes("v"), a.now, 200ms));
    BOOST_TEST((a.sut.next_deadline() == a.now + 100ms));
    if (is_replaced)
      BOOST_REQUIRE(a.sut.set_state("m", bytes("plain"), a.now));
    BOOST_REQUIRE(a.sut.remove_state("m", a.now));
    BOOST_TEST((a.sut.next_deadline() == loop));
  }
}

BOOST_AUTO_TEST_CASE(names_its_states) {
  BOOST_TEST(to_string(gossiper_state::created) == "created");
  BOOST_TEST(to_string(gossiper_state::running) == "running");
  BOOST_TEST(to_string(gossiper_state::stopping) == "stopping");
  BOOST_TEST(to_string(gossiper_state::stopped) == "stopped");
  BOOST_TEST(to_string(static_cast<gossiper_state>(9)) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()
