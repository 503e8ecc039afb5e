#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;

namespace {

struct fixture : coordinator_fixture {
  std::vector<member_ref> peers;

  void with_peers(int count) {
    start();
    for (int i = 0; i < count; ++i) {
      peers.push_back(named("p" + std::to_string(i)));
      add(peers.back());
    }
    pass(200ms);
    forget();
  }

  void leave() {
    (void)call([&](auto& sut) { return sut.leave_cluster(now); });
    if (!outbounds.empty())
      goodbye = outbounds.back().head.correlation;
  }

  /// The number of the pings that carry the goodbye.
  std::uint64_t goodbye = 0;

  void acknowledge(const member_ref& who, std::uint64_t number) {
    (void)receive(who, ping_ack{1}, number);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(saying_goodbye, fixture)

BOOST_AUTO_TEST_CASE(alone_the_leave_is_answered_at_once) {
  with_peers(0);
  leave();
  BOOST_REQUIRE(replies.size() == 1U);
  BOOST_TEST(replies[0].asked == 0U);
  BOOST_TEST(status(self) == std::optional{leaving});
}

BOOST_AUTO_TEST_CASE(enough_acknowledgements_end_the_wait) {
  with_peers(8);
  leave();
  BOOST_TEST(outbounds.size() == 6U); // twice the fan-out
  BOOST_TEST(replies.empty());
  std::vector<authority> asked;
  for (const auto& message : outbounds) {
    asked.push_back(message.target);
    BOOST_REQUIRE(std::holds_alternative<ping>(message.payload));
    BOOST_TEST(std::get<ping>(message.payload).news.front()->status == leaving);
    BOOST_TEST((message.via == channel::stream));
  }
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(replies.empty());
    for (const auto& peer : peers)
      if (peer.address == asked[i])
        acknowledge(peer, goodbye);
  }
  BOOST_REQUIRE(replies.size() == 1U);
  BOOST_TEST(replies[0].acknowledged == 3U);
  BOOST_TEST(replies[0].asked == 6U);
  pass(10s);
  BOOST_TEST(replies.size() == 1U);
}

BOOST_AUTO_TEST_CASE(without_acknowledgements_it_is_repeated_until_the_deadline) {
  with_peers(2);
  leave();
  pass(cfg.leave_timeout - 1ns);
  BOOST_TEST(replies.empty());
  BOOST_TEST(sent<ping>(peers[0]).size() >= 20U);
  pass(1ns);
  BOOST_REQUIRE(replies.size() == 1U);
  BOOST_TEST(replies[0].acknowledged == 0U);
}

BOOST_AUTO_TEST_CASE(an_answer_to_another_ping_acknowledges_nothing) {
  with_peers(2);
  leave();
  for (const auto& peer : peers)
    acknowledge(peer, goodbye + 1);
  BOOST_TEST(replies.empty());
  for (const auto& peer : peers) {
    acknowledge(peer, goodbye);
    acknowledge(peer, goodbye); // twice is once
  }
  BOOST_REQUIRE(replies.size() == 1U);
  BOOST_TEST(replies[0].acknowledged == 2U);
}

BOOST_AUTO_TEST_CASE(leaving_again_is_answered_again) {
  with_peers(0);
  leave();
  leave();
  BOOST_TEST(replies.size() == 2U);
  BOOST_TEST(told<member_status_changed>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_leaves_sends_no_heartbeats_and_suspects_nobody) {
  cfg.detector_timeout = 1s;
  with_peers(3);
  leave();
  forget();
  pass(30s);
  for (const auto& peer : peers)
    BOOST_TEST(sent<heartbeat>(peer).empty());
  for (const auto& event : told<member_status_changed>())
    BOOST_TEST(event.to != suspect);
}

BOOST_AUTO_TEST_CASE(who_is_asked_to_leave_by_another_member_does) {
  with_peers(1);
  (void)tell(peers[0], record_of(self, leaving, 9));
  BOOST_TEST(status(self) == std::optional{leaving});
}

BOOST_AUTO_TEST_CASE(an_outcast_that_leaves_does_not_come_back) {
  with_peers(2);
  (void)tell(peers[0], record_of(self, dead, 9));
  BOOST_REQUIRE(told<self_declared_dead>().size() == 1U);
  BOOST_TEST(told<self_declared_dead>()[0].returns_at.has_value());
  leave();
  BOOST_TEST(replies.size() == 1U);
  pass(1min);
  BOOST_TEST(core->self().incarnation == self.incarnation);
  BOOST_TEST(told<transition_refused>().empty());
}

BOOST_AUTO_TEST_CASE(who_leaves_before_it_is_admitted_tells_the_seeds) {
  const auto seed = named("seed");
  start({seed.address});
  forget();
  leave();
  BOOST_REQUIRE(sent<delta>(seed).size() == 1U);
  BOOST_TEST(sent<delta>(seed)[0].records[0]->status == leaving);
  BOOST_TEST(replies.size() == 1U);
  forget();
  pass(1min);
  BOOST_TEST(sent<join_request>(seed).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
