/// Das, Gupta, Motivala: SWIM, DSN 2002. One case per rule that is implemented. Probes in turn are
/// those of the detector "swim"; with the others a silent member is probed.
#include <algorithm>
#include <set>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;
using boost::unit_test::description;

namespace {

using fixture = watching_fixture;

/// Seven members that probe each other in turn.
struct turns_fixture : coordinator_fixture {
  std::vector<member_ref> peers;

  turns_fixture() {
    cfg.detector = "swim";
    start();
    for (const auto* id : {"a", "b", "c", "d", "e", "f"}) {
      peers.push_back(named(id));
      add(peers.back());
    }
    forget();
  }

  /// One protocol period in which every ping is answered. Returns whom it went to.
  std::vector<authority> period() {
    forget();
    pass(cfg.probe_interval);
    std::vector<authority> probed;
    const auto messages = outbounds;
    for (const auto& message : messages)
      if (std::holds_alternative<ping>(message.payload)) {
        probed.push_back(message.target);
        for (const auto& peer : peers)
          if (peer.address == message.target)
            (void)receive(peer, ping_ack{1}, message.head.correlation);
      }
    return probed;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(swim, fixture)

BOOST_AUTO_TEST_CASE(a_silent_member_is_suspected_first_and_stays_a_member,
                     *description("SWIM 4.2: a failed probe marks the member as suspected; it is "
                                  "treated like a non-faulty member")) {
  for (int i = 0; i < 4; ++i) {
    (void)hear(b);
    pass(500ms);
  }
  BOOST_TEST(status(a) == std::optional{suspect});
  BOOST_TEST(is_member(a));
  bool spread = false;
  for (const auto& news : sent<delta>(b))
    for (const auto& what : news.records)
      spread = spread || what == record_of(a, suspect);
  BOOST_TEST(spread);
}

BOOST_AUTO_TEST_CASE(
    a_suspected_member_refutes_with_a_raised_number,
    *description("SWIM 4.2: only the member itself raises its incarnation, when it "
                 "learns that it is suspected")) {
  const auto before = core->table().find("self")->rec->version;
  (void)tell(a, record_of(self, suspect, before + 4));
  const auto& own = core->table().find("self")->rec;
  BOOST_TEST(own->status == up);
  BOOST_TEST(own->version == before + 5);
  (void)tell(a, record_of(self, suspect, before));
  BOOST_TEST(core->table().find("self")->rec->version == before + 5);
  pass(1s);
  bool told_it = false;
  for (const auto& news : sent<delta>(b))
    for (const auto& what : news.records)
      told_it = told_it || what->id == "self";
  BOOST_TEST(told_it);
}

BOOST_AUTO_TEST_CASE(alive_with_a_higher_number_overrides_suspect,
                     *description("SWIM 4.2: {Alive, i} overrides {Suspect, j} when i > j")) {
  (void)tell(b, record_of(a, suspect, 3));
  (void)tell(b, record_of(a, up, 3));
  BOOST_TEST(status(a) == std::optional{suspect});
  (void)tell(b, record_of(a, up, 4));
  BOOST_TEST(status(a) == std::optional{up});
}

BOOST_AUTO_TEST_CASE(suspect_overrides_alive_with_the_same_number,
                     *description("SWIM 4.2: {Suspect, i} overrides {Alive, j} when i >= j")) {
  (void)tell(b, record_of(a, up, 3));
  (void)tell(b, record_of(a, suspect, 2));
  BOOST_TEST(status(a) == std::optional{up});
  (void)tell(b, record_of(a, suspect, 3));
  BOOST_TEST(status(a) == std::optional{suspect});
}

BOOST_AUTO_TEST_CASE(a_suspicion_that_is_not_refuted_becomes_a_confirmation,
                     *description("SWIM 4.2: the suspicion times out and the member is declared "
                                  "faulty")) {
  (void)tell(b, record_of(a, suspect, 1));
  const auto end = now + 3s;
  while (now < end) {
    (void)hear(b);
    pass(100ms);
  }
  BOOST_TEST(status(a) == std::optional{dead});
  BOOST_TEST(status(b) == std::optional{up});
}

BOOST_AUTO_TEST_CASE(a_confirmation_overrides_everything,
                     *description("SWIM 4.2: {Confirm} overrides {Alive} and {Suspect} of any "
                                  "number")) {
  (void)tell(b, record_of(a, up, 9));
  (void)tell(b, record_of(a, dead, 1));
  BOOST_TEST(status(a) == std::optional{dead});
  (void)tell(b, record_of(a, up, 99));
  (void)tell(b, record_of(a, suspect, 99));
  BOOST_TEST(status(a) == std::optional{dead});
}

BOOST_FIXTURE_TEST_CASE(a_ping_is_answered_at_once_with_its_number, fixture,
                        *description("SWIM 3.1: ping and ack carry a sequence number")) {
  (void)receive(a, ping{1}, 42);
  BOOST_REQUIRE(sent<ping_ack>(a).size() == 1U);
  BOOST_TEST(outbounds.back().head.correlation == 42U);
}

BOOST_FIXTURE_TEST_CASE(in_each_period_one_member_is_pinged, turns_fixture,
                        *description("SWIM 3.1: in each protocol period one member is probed, "
                                     "whatever the size of the group")) {
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(period().size() == 1U);
  for (const auto& peer : peers)
    BOOST_TEST(sent<heartbeat>(peer).empty());
}

BOOST_FIXTURE_TEST_CASE(all_members_are_pinged_in_turn, turns_fixture,
                        *description("SWIM 4.3: round-robin selection, so that the time until a "
                                     "failed member is probed is bounded")) {
  std::vector<authority> order;
  for (std::size_t i = 0; i < 10 * peers.size(); ++i)
    order.push_back(period().at(0));
  for (const auto& peer : peers) {
    std::size_t longest = 0;
    std::size_t since = 0;
    for (const auto& target : order) {
      ++since;
      if (target == peer.address)
        longest = std::max(longest, std::exchange(since, 0));
    }
    BOOST_TEST(longest <= 2 * peers.size() - 1);
  }
}

BOOST_FIXTURE_TEST_CASE(others_are_asked_to_ping_who_does_not_answer, turns_fixture,
                        *description("SWIM 3.1: without an ack in time, ping-req to k other "
                                     "members")) {
  cfg.probe_helpers = 2;
  start();
  for (const auto& peer : peers)
    add(peer);
  pass(cfg.probe_interval);
  forget();
  pass(cfg.probe_timeout);
  std::set<authority> asked;
  for (const auto& peer : peers)
    if (!sent<probe_request>(peer).empty()) {
      asked.insert(peer.address);
      BOOST_TEST(sent<probe_request>(peer)[0].subject.address != peer.address);
    }
  BOOST_TEST(asked.size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(who_is_asked_pings_and_passes_the_answer_on, fixture,
                        *description("SWIM 3.1: ping-req: the helper pings the member and forwards "
                                     "its ack")) {
  (void)receive(b, probe_request{a}, 77);
  BOOST_REQUIRE(!sent<ping>(a).empty());
  const auto number = outbounds.front().head.correlation;
  BOOST_TEST(number != 77U);
  BOOST_TEST(sent<probe_report>(b).empty());
  (void)receive(a, ping_ack{5}, number);
  BOOST_REQUIRE(sent<probe_report>(b).size() == 1U);
  BOOST_TEST((sent<probe_report>(b)[0] == probe_report{a, true, 5}));
  BOOST_TEST(outbounds.back().head.correlation == 77U);
  (void)receive(a, ping_ack{5}, number);
  BOOST_TEST(sent<probe_report>(b).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(who_is_asked_about_itself_or_a_stranger_answers_at_once, fixture,
                        *description("SWIM 3.1: ping-req")) {
  (void)receive(b, probe_request{self}, 1);
  (void)receive(b, probe_request{named("stranger")}, 2);
  (void)receive(b, probe_request{named("a", a.incarnation + 1)}, 3);
  const auto reports = sent<probe_report>(b);
  BOOST_REQUIRE(reports.size() == 3U);
  BOOST_TEST(reports[0].answered);
  BOOST_TEST(!reports[1].answered);
  BOOST_TEST(!reports[2].answered);
}

BOOST_FIXTURE_TEST_CASE(news_travels_on_heartbeats_pings_and_answers, fixture,
                        *description("SWIM 4.1: updates are piggybacked on ping, ping-req and "
                                     "ack")) {
  cfg.dissemination_bursts = 0;
  cfg.dissemination_retransmit = 16;
  start();
  add(a);
  const auto news = record_of(b, joining);
  const auto carries = [&](const shared_records& records) {
    return std::find(records.begin(), records.end(), news) != records.end();
  };
  (void)join(b);
  forget();
  (void)receive(a, ping{1}, 5);
  BOOST_TEST(carries(sent<ping_ack>(a).at(0).news));
  pass(2 * cfg.heartbeat_interval);
  BOOST_TEST(carries(sent<heartbeat>(a).at(0).news));
  forget();
  round();
  BOOST_TEST(carries(sent<ping>(a).at(0).news));
  (void)receive(a, heartbeat{1, {record_of(named("c"), up)}});
  (void)receive(a, ping{1, {record_of(named("d"), up)}}, 6);
  (void)receive(a, ping_ack{1, {record_of(named("e"), up)}}, 7);
  for (const auto* id : {"c", "d", "e"})
    BOOST_TEST(is_member(named(id)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
