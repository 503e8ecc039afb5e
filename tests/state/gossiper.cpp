/// The lifecycle and the rhythm of the gossiper core.
#include "caf_gossip/state/gossiper.hpp"

#include <boost/test/unit_test.hpp>

using namespace caf_gossip;
using namespace std::chrono_literals;
using boost::unit_test::description;

namespace {

struct fixture {
  config cfg;
  time_point begin{1h};
  gossiper sut{cfg};

  /// Ticks at a moment and returns the rounds that came out.
  std::uint32_t tick(time_point now) {
    sut.tick(now);
    return sut.take_outcome().rounds;
  }

  template <class Result>
  static errc code_of(const Result& result) {
    return result ? errc::none : result.error().code;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gossiper, fixture)

BOOST_AUTO_TEST_CASE(has_no_effects_before_it_is_started, *description("S5.1.7")) {
  BOOST_TEST((sut.state() == gossiper_state::created));
  BOOST_TEST((sut.next_deadline() == never));
  BOOST_TEST(tick(begin + 10h) == 0U);
  BOOST_TEST(sut.ticks() == 0U);
}

BOOST_AUTO_TEST_CASE(starts_and_stops_once, *description("S2.1.4 S2.1.5 S5.1.8")) {
  BOOST_TEST((code_of(sut.begin_stop()) == errc::not_started));
  BOOST_TEST((code_of(sut.require_running()) == errc::not_started));
  BOOST_TEST((code_of(sut.start("a", begin)) == errc::none));
  BOOST_TEST((code_of(sut.start("a", begin)) == errc::already_started));
  BOOST_TEST((code_of(sut.begin_stop()) == errc::none));
  BOOST_TEST((code_of(sut.start("a", begin)) == errc::already_started));
  BOOST_TEST((code_of(sut.begin_stop()) == errc::already_stopped));
  BOOST_TEST((code_of(sut.finish_stop()) == errc::none));
  BOOST_TEST((code_of(sut.finish_stop()) == errc::invalid_state));
  BOOST_TEST((code_of(sut.begin_stop()) == errc::already_stopped));
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
  class gossiper odd {
    cfg
  };
  BOOST_REQUIRE(odd.start("a", begin));
  BOOST_TEST((odd.next_deadline() == begin + 37ms));
}

BOOST_AUTO_TEST_CASE(ticks_while_it_stops_and_not_afterwards, *description("S1.2.2 S5.1.9")) {
  BOOST_REQUIRE(sut.start("a", begin));
  BOOST_REQUIRE(sut.begin_stop());
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
  sut.set_topology({a, b});
  BOOST_TEST(sut.peers().empty(), "not running");
  BOOST_REQUIRE(sut.start("b", begin));
  sut.set_topology({a, b, c});
  BOOST_TEST((sut.peers() == std::vector{a, c}));
  sut.set_topology({b, c});
  BOOST_TEST((sut.peers() == std::vector{c}));
  BOOST_REQUIRE(sut.begin_stop());
  BOOST_REQUIRE(sut.finish_stop());
  BOOST_TEST(sut.peers().empty());
}

BOOST_AUTO_TEST_CASE(forgets_a_start_that_failed, *description("S1.2.4")) {
  BOOST_REQUIRE(sut.start("a", begin));
  sut.abandon_start();
  BOOST_TEST((sut.next_deadline() == never));
  BOOST_TEST((code_of(sut.start("a", begin + 1s)) == errc::none));
}

BOOST_AUTO_TEST_CASE(names_its_states) {
  BOOST_TEST(to_string(gossiper_state::created) == "created");
  BOOST_TEST(to_string(gossiper_state::running) == "running");
  BOOST_TEST(to_string(gossiper_state::stopping) == "stopping");
  BOOST_TEST(to_string(gossiper_state::stopped) == "stopped");
  BOOST_TEST(to_string(static_cast<gossiper_state>(9)) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()
