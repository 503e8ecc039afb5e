#include "caf_gossip/membership/dissemination_engine.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;

namespace {

struct fixture : coordinator_fixture {
  member_ref a = named("a");
  member_ref b = named("b");

  /// `a` is a peer that has everything.
  void with_confirmed_peer() {
    start();
    add(a);
    (void)receive_agreeing(a, heartbeat{1});
    BOOST_REQUIRE(core->engine().phase() == gossip_phase::confirmed);
    forget();
  }

  std::vector<membership_outbound> deltas() const {
    auto result = outbounds;
    std::erase_if(result,
                  [](const auto& item) { return !std::holds_alternative<delta>(item.payload); });
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(dissemination_engine, fixture)

BOOST_AUTO_TEST_CASE(alone_everything_is_confirmed) { // S2.3.5
  start();
  BOOST_TEST((core->engine().phase() == gossip_phase::confirmed));
  BOOST_TEST(told<confirmed>().empty());
}

BOOST_AUTO_TEST_CASE(a_change_diffuses_until_every_peer_has_shown_it) { // S2.3.5, S2.3.4
  with_confirmed_peer();
  add(b);
  BOOST_TEST((core->engine().phase() == gossip_phase::diffusing));
  (void)receive_agreeing(a, heartbeat{1});
  BOOST_TEST((core->engine().phase() == gossip_phase::diffusing));
  BOOST_TEST(told<confirmed>().empty());
  (void)receive_agreeing(b, heartbeat{1});
  BOOST_TEST((core->engine().phase() == gossip_phase::confirmed));
  BOOST_REQUIRE(told<seen_changed>().size() == 2U);
  BOOST_TEST(told<seen_changed>()[1].seen_by == 2U);
  BOOST_TEST(told<seen_changed>()[1].peers == 2U);
  BOOST_REQUIRE(told<confirmed>().size() == 1U);
  BOOST_TEST(told<confirmed>()[0].version == core->table().version());
  (void)receive_agreeing(b, heartbeat{1});
  BOOST_TEST(told<confirmed>().size() == 1U);
  BOOST_TEST(told<seen_changed>().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_conflicting_delta_starts_a_reconciliation) { // S2.3.5, S2.3.4
  with_confirmed_peer();
  add(b);
  auto impostor = record_of(b, up);
  impostor.address = {"elsewhere", 1};
  (void)tell(a, impostor);
  BOOST_TEST(told<conflict_detected>().size() == 1U);
  tick();
  BOOST_TEST((core->engine().phase() == gossip_phase::reconciling));
  BOOST_REQUIRE(told<reconciling_requested>().size() == 1U);
  BOOST_TEST(told<reconciling_requested>()[0].peer == "a");
  BOOST_REQUIRE(sent<sync_request>(a).size() == 1U);
  const auto correlation = outbounds.back().head.correlation;
  (void)receive(a, sync_response{}, correlation);
  BOOST_TEST((core->engine().phase() != gossip_phase::reconciling));
}

BOOST_AUTO_TEST_CASE(an_unanswered_reconciliation_ends) {
  with_confirmed_peer();
  auto head = head_of(a);
  head.roster_hash = 99;
  (void)call([&](auto& sut) { return sut.receive({head, heartbeat{1}}, now); });
  pass(cfg.reconciliation_delay);
  BOOST_REQUIRE((core->engine().phase() == gossip_phase::reconciling));
  const auto correlation = outbounds.back().head.correlation;
  call([&](auto& sut) {
    sut.delivery_failed(correlation, a.address, {errc::timeout, "no answer"}, now);
    return 0;
  });
  BOOST_TEST((core->engine().phase() != gossip_phase::reconciling));
  BOOST_TEST(told<gossip_send_failed>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_round_is_told_once_and_as_it_was_sent) { // S2.3.2
  cfg.dissemination_bursts = 0;
  with_confirmed_peer();
  add(b);
  forget();
  round();
  BOOST_REQUIRE(told<disseminated>().size() == 1U);
  const auto event = told<disseminated>()[0];
  BOOST_TEST(event.version == core->table().version());
  BOOST_REQUIRE(event.peers.size() == deltas().size());
  for (std::size_t i = 0; i < event.peers.size(); ++i)
    BOOST_TEST((deltas()[i].target == named(event.peers[i]).address));
}

BOOST_AUTO_TEST_CASE(every_received_delta_is_applied_and_acknowledged) { // S2.3.3, S2.3.1
  with_confirmed_peer();
  const auto c = named("c");
  (void)receive(a, delta{3, 9, {record_of(c, up)}});
  BOOST_TEST(status(c) == std::optional{up});
  BOOST_TEST(core->table().find("c")->learned_from == "a");
  BOOST_REQUIRE(sent<ack>(a).size() == 1U);
  BOOST_TEST(sent<ack>(a)[0].to == 9U);
}

BOOST_AUTO_TEST_CASE(what_a_peer_told_us_is_not_sent_back) {
  with_confirmed_peer();
  (void)receive(a, delta{3, 9, {record_of(named("c"), up)}});
  round();
  for (const auto& news : sent<delta>(a))
    BOOST_TEST(news.records.empty());
}

BOOST_AUTO_TEST_CASE(rounds_send_to_one_peer_at_every_interval_while_there_is_news) { // S2.2.1
  cfg.dissemination_bursts = 0;
  with_confirmed_peer();
  for (std::uint64_t i = 1; i <= 20; ++i) {
    (void)join(named("x" + std::to_string(i % 2), 100 + i));
    now += cfg.gossip_interval;
    outbounds.clear();
    tick();
    round();
    BOOST_TEST(sent<delta>(a).size() == 1U, "interval " << i);
    (void)receive_agreeing(a, ack{core->table().version()});
  }
}

BOOST_AUTO_TEST_CASE(bursts_pass_news_on_without_waiting_for_a_round) {
  with_confirmed_peer();
  (void)join(b);
  BOOST_TEST(deltas().empty());
  pass(cfg.dissemination_batch);
  BOOST_TEST(sent<delta>(a).size() == 1U);
  pass(10s);
  const auto repeats = sent<delta>(a).size();
  BOOST_TEST(repeats <= cfg.dissemination_bursts); // unacknowledged, yet bounded
  BOOST_TEST(repeats >= 2U);
}

BOOST_AUTO_TEST_CASE(the_fan_out_bounds_a_round_and_reaches_everybody) {
  cfg.dissemination_bursts = 0;
  cfg.gossip_fan_out = 3;
  start();
  for (int i = 0; i < 10; ++i)
    add(named("p" + std::to_string(i)));
  std::set<authority> reached;
  for (int i = 0; i < 50; ++i) {
    forget();
    round();
    BOOST_TEST(deltas().size() == 3U);
    for (const auto& message : deltas())
      reached.insert(message.target);
  }
  BOOST_TEST(reached.size() == 10U);
  BOOST_TEST(!reached.contains(self.address));
}

BOOST_AUTO_TEST_CASE(only_an_acknowledgement_moves_the_mark) {
  cfg.dissemination_bursts = 0;
  with_confirmed_peer();
  (void)join(b);
  for (int i = 0; i < 3; ++i) {
    forget();
    round();
    BOOST_REQUIRE(sent<delta>(a).size() == 1U);
    BOOST_TEST(sent<delta>(a)[0].records == std::vector{record_of(b, joining)});
  }
  (void)receive(a, ack{core->table().version() + 1}); // more than there is
  BOOST_TEST(!core->engine().has_acknowledged("a", core->table().version()));
  (void)receive(a, ack{core->table().version()});
  BOOST_TEST(core->engine().has_acknowledged("a", core->table().version()));
  forget();
  round();
  BOOST_TEST((sent<delta>(a).empty() || sent<delta>(a)[0].records.empty()));
}

BOOST_AUTO_TEST_CASE(an_ack_for_an_earlier_run_of_this_node_is_refused) {
  with_confirmed_peer();
  auto head = head_of(a);
  head.receiver_incarnation = self.incarnation - 1;
  BOOST_TEST(call([&](auto& sut) {
               return sut.receive({head, ack{1}}, now);
             })
                 .error()
                 .code
             == errc::stale_incarnation);
}

BOOST_AUTO_TEST_CASE(rosters_are_reconciled_in_both_directions) {
  with_confirmed_peer();
  add(b);
  (void)call([&](auto& sut) { return sut.down(b.address, now); });
  const auto c = named("c");
  add(c);
  forget();
  // The peer knows b as up, does not know c, and has d.
  member_table theirs{10, 10};
  theirs.merge(core->table().find("self")->rec, {}, {}, now);
  theirs.merge(record_of(a, up), {}, {}, now);
  theirs.merge(record_of(b, up), {}, {}, now);
  theirs.merge(record_of(named("d"), up), {}, {}, now);
  sync_request request;
  for (const auto& [id_hash, record_hash] : theirs.digest())
    request.digest.push_back({id_hash, record_hash});
  (void)receive(a, request, 77);
  const auto answers = sent<sync_response>(a);
  BOOST_REQUIRE(answers.size() == 1U);
  BOOST_TEST(answers[0].records == (std::vector{record_of(b, dead), record_of(c, up)}));
  BOOST_REQUIRE(answers[0].wanted.size() == 1U);
  BOOST_TEST(answers[0].wanted[0] == theirs.find("d")->id_hash);
}

BOOST_AUTO_TEST_CASE(who_reconciles_gives_all_that_the_other_lacks_at_once) {
  with_confirmed_peer();
  std::vector<record> outdated;
  for (int i = 0; i < 5; ++i) {
    const auto who = named("p" + std::to_string(i));
    outdated.push_back(record_of(who, up));
    add(who);
    (void)call([&](auto& sut) { return sut.down(who.address, now); });
  }
  auto head = head_of(a);
  head.roster_hash = 99;
  (void)call([&](auto& sut) { return sut.receive({head, heartbeat{1}}, now); });
  pass(cfg.reconciliation_delay);
  BOOST_REQUIRE(sent<sync_request>(a).size() == 1U);
  const auto correlation = outbounds.back().head.correlation;
  forget();
  (void)receive(a, sync_response{outdated, {}}, correlation);
  std::size_t most = 0;
  for (const auto& news : sent<delta>(a))
    most = std::max(most, news.records.size());
  BOOST_TEST(most == 5U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
