/// Who comes back after its silence, and how little a quiet gossiper asks.
#include <boost/test/unit_test.hpp>

#include "tests/support/gossiper_fixture.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;

namespace caf_gossip::test {

namespace {

config expiring() {
  config cfg;
  cfg.heartbeat_expiration = 10s;
  return cfg;
}

struct three_peers : one_gossiper {
  three_peers() : one_gossiper(expiring()) { join({node("b"), node("c"), node("d")}); }

  void leave(const member_ref& who) {
    receive(who, {{std::string{gracefully_left_key}, entry("", 1)}});
  }

  void hear(std::initializer_list<const char*> ids) {
    for (const auto* id : ids)
      sut.heard(node(id), 0, now);
  }

  /// Waits until b, the only one not heard, is blocked.
  void block_b_for_silence() {
    for (const auto end = now + 11s; now < end;) {
      hear({"c", "d"});
      (void)tick();
    }
    BOOST_REQUIRE(sut.is_blocked("b"));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gossiper_patience, three_peers)

// -- the membership vouches -----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(takes_back_the_silent_that_the_membership_sees,
                     *description("S2.6.3 S2.10.2")) {
  block_b_for_silence();
  BOOST_TEST((receive(node("b"), {{"x", entry("v", 1)}}).rejected == errc::blocked));
  sut.vouch(node("b"), now);
  (void)take();
  BOOST_TEST(!sut.is_blocked("b"));
  BOOST_TEST(only<member_unblocked>(events).size() == 1U);
  BOOST_TEST(sut.peers().size() == 3U);
  BOOST_TEST((receive(node("b"), {{"x", entry("v", 1)}}).rejected == errc::none));
  const auto since = now;
  while (now < since + 9s) {
    hear({"c", "d"});
    (void)tick();
  }
  BOOST_TEST(!sut.is_blocked("b"), "it has all its time again");
}

BOOST_AUTO_TEST_CASE(takes_nobody_back_that_is_blocked_by_request, *description("S2.10.4")) {
  BOOST_REQUIRE(sut.block_members({"b"}, now));
  sut.vouch(node("b"), now);
  BOOST_TEST(sut.is_blocked("b"));
}

BOOST_AUTO_TEST_CASE(takes_nobody_back_that_has_left, *description("S2.10.3")) {
  leave(node("b"));
  (void)tick();
  BOOST_REQUIRE(sut.is_blocked("b"));
  sut.vouch(node("b"), now);
  BOOST_TEST(sut.is_blocked("b"));
}

BOOST_AUTO_TEST_CASE(takes_back_only_the_run_that_is_seen) {
  block_b_for_silence();
  sut.vouch(node("b", 2), now);
  sut.vouch(node("stranger"), now);
  BOOST_TEST(sut.is_blocked("b"));
  BOOST_TEST(sut.peers().size() == 2U);
}

BOOST_AUTO_TEST_CASE(takes_what_the_membership_sees_for_a_sign_of_life, *description("S2.6.3")) {
  for (const auto end = now + 30s; now < end;) {
    for (const auto* id : {"b", "c", "d"})
      sut.vouch(node(id), now);
    (void)tick();
  }
  BOOST_TEST(sut.blocked_members().value().empty());
  (void)take();
  BOOST_TEST(only<member_unblocked>(events).empty());
}

BOOST_AUTO_TEST_CASE(takes_nobody_back_while_it_stops) {
  block_b_for_silence();
  BOOST_REQUIRE(sut.begin_stop(now));
  (void)take();
  sut.vouch(node("b"), now);
  (void)take();
  BOOST_TEST(only<member_unblocked>(events).empty());
}

// -- sleep ----------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(does_not_blame_others_for_its_own_sleep, *description("Lifeguard 3")) {
  (void)tick();
  hear({"b", "c", "d"});
  now += 1h;
  sut.tick(now);
  BOOST_TEST(sut.blocked_members().value().empty());
  const auto awake = now;
  while (now < awake + 5s) {
    hear({"c", "d"});
    (void)tick();
  }
  BOOST_TEST(sut.blocked_members().value().empty(), "there is time to hear them");
  while (now < awake + 12s) {
    hear({"c", "d"});
    (void)tick();
  }
  BOOST_TEST((sut.blocked_members().value() == std::vector<node_id>{"b"}), "and then not more");
}

BOOST_AUTO_TEST_CASE(gives_no_more_time_to_whom_it_has_heard_since, *description("S2.6.3")) {
  (void)tick();
  now += 1h;
  hear({"b", "c", "d"}); // what came meanwhile is read before the late tick
  sut.tick(now);
  for (const auto end = now + 15s; now < end;) {
    hear({"c", "d"});
    (void)tick();
  }
  BOOST_TEST(sut.is_blocked("b"), "its silence counts from the last sign, not from later on");
}

BOOST_AUTO_TEST_CASE(does_not_take_lateness_for_sleep, *description("S2.6.3")) {
  for (int i = 0; i < 5; ++i) {
    hear({"c", "d"});
    now = sut.next_deadline() + 5 * cfg.gossip_interval;
    sut.tick(now);
  }
  BOOST_TEST((sut.blocked_members().value() == std::vector<node_id>{"b"}));
}

// -- quiet rounds ---------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(asks_one_peer_per_round_after_eight_without_news, *description("S2.8.5")) {
  config patient;
  patient.heartbeat_expiration.reset();
  one_gossiper one{patient};
  std::vector<member_ref> members;
  for (int i = 0; i < 60; ++i)
    members.push_back(node("m" + std::to_string(100 + i)));
  one.sut.set_topology(members, one.now);
  (void)one.take();
  const auto asked = [&one] {
    std::vector<std::size_t> result;
    for (int round = 0; round < 12; ++round) {
      const auto requests = one.tick();
      for (const auto& request : requests)
        one.sut.failed(request.token, {errc::timeout, ""}, one.now);
      result.push_back(requests.size());
    }
    return result;
  };
  const std::vector<std::size_t> expected{3, 3, 3, 3, 3, 3, 3, 3, 1, 1, 1, 1};
  BOOST_REQUIRE(one.sut.set_state("k", bytes("v"), one.now));
  BOOST_TEST((asked() == expected));
  BOOST_REQUIRE(one.sut.set_state("k", bytes("w"), one.now));
  BOOST_TEST((asked() == expected), "news of its own");
  one.receive_news(node("m105"), node("m105"), {{"x", entry("v", 1)}});
  BOOST_TEST((asked() == expected), "news of others");
  one.receive_news(node("m105"), node("m105"),
                   {{std::string{heartbeat_key}, {encode_heartbeat({}).value(), 2, 0, false}}});
  BOOST_TEST((asked() == std::vector<std::size_t>(12, 1)), "a heartbeat is no news");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
