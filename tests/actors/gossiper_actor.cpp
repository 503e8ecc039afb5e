// The gossiper as an actor, alone between fakes: its lifecycle and its rhythm.
#include "actors/gossiper_actor.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/lonely_gossiper.hpp"

namespace caf_gossip::test {

namespace {

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
  BOOST_TEST((run_state() == gossiper_state::stopped));
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
  BOOST_TEST((run_state() == gossiper_state::stopping));
  BOOST_TEST(stop().code() == errc::already_stopped);
  BOOST_TEST(start().code() == errc::already_started);
  world.advance(6s);
  BOOST_REQUIRE(stopping.arrived());
  BOOST_TEST(stopping.code() == errc::timeout);
  BOOST_TEST(seen->calls.back() == "stop transport");
  BOOST_TEST(std::get<shutdown_failed>(seen->published.back()).code == errc::timeout);
  BOOST_TEST((run_state() == gossiper_state::stopped));
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

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
