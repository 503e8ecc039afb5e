#include "caf_gossip/membership/dissemination_engine.hpp"

#include <algorithm>
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

  /// The messages of a round.
  std::vector<membership_outbound> pings() const {
    auto result = outbounds;
    std::erase_if(result,
                  [](const auto& item) { return !std::holds_alternative<ping>(item.payload); });
    return result;
  }

  /// Everything that a message to `who` said about members.
  shared_records news_to(const member_ref& who) const {
    shared_records result;
    const auto add = [&](const shared_records& more) {
      result.insert(result.end(), more.begin(), more.end());
    };
    for (const auto& message : sent<delta>(who))
      add(message.records);
    for (const auto& message : sent<ping>(who))
      add(message.news);
    for (const auto& message : sent<ping_ack>(who))
      add(message.news);
    for (const auto& message : sent<heartbeat>(who))
      add(message.news);
    return result;
  }

  /// `a` reports another roster until a comparison begins. Returns its correlation.
  std::uint64_t differ_from_a() {
    auto head = head_of(a);
    head.roster_hash = 99;
    (void)call([&](auto& sut) { return sut.receive({head, heartbeat{1}}, now); });
    pass(cfg.reconciliation_delay);
    return outbounds.back().head.correlation;
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
  const auto correlation = differ_from_a();
  BOOST_REQUIRE((core->engine().phase() == gossip_phase::reconciling));
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
  BOOST_REQUIRE(event.peers.size() == pings().size());
  for (std::size_t i = 0; i < event.peers.size(); ++i)
    BOOST_TEST((pings()[i].target == named(event.peers[i]).address));
}

BOOST_AUTO_TEST_CASE(every_received_delta_is_applied_and_acknowledged) { // S2.3.3, S2.3.1
  with_confirmed_peer();
  const auto c = named("c");
  (void)receive(a, delta{3, 9, {record_of(c, up)}});
  BOOST_TEST(status(c) == std::optional{up});
  BOOST_TEST(core->table().find("c")->how->learned_from == "a");
  BOOST_REQUIRE(sent<ack>(a).size() == 1U);
  BOOST_TEST(sent<ack>(a)[0].to == 9U);
}

BOOST_AUTO_TEST_CASE(what_a_peer_told_us_is_not_sent_back) {
  with_confirmed_peer();
  const auto news = record_of(named("c"), up);
  (void)receive(a, delta{3, 9, {news}});
  for (int i = 0; i < 4; ++i) {
    round();
    pass(cfg.gossip_interval);
  }
  (void)receive(a, ping{1}, 5);
  BOOST_TEST(!sent<ping>(a).empty());
  for (const auto& what : news_to(a))
    BOOST_TEST(what != news);
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
    BOOST_TEST(sent<ping>(a).size() == 1U, "interval " << i);
    (void)receive_agreeing(a, ack{core->table().version()});
  }
}

BOOST_AUTO_TEST_CASE(bursts_pass_news_on_without_waiting_for_a_round) {
  cfg.dissemination_retransmit = 16;
  with_confirmed_peer();
  (void)join(b);
  BOOST_TEST(sent<delta>(a).empty());
  tick(); // the first piece of news does not wait
  BOOST_REQUIRE(sent<delta>(a).size() == 1U);
  pass(10s);
  const auto repeats = sent<delta>(a).size();
  BOOST_TEST(repeats <= cfg.dissemination_bursts); // nobody answered, yet bounded
  BOOST_TEST(repeats >= 2U);
}

BOOST_AUTO_TEST_CASE(news_that_follows_closely_makes_one_burst) {
  with_confirmed_peer();
  (void)join(b);
  tick();
  forget();
  for (int i = 0; i < 10; ++i) {
    (void)join(named("c" + std::to_string(i)));
    tick();
    BOOST_TEST(outbounds.empty());
  }
  pass(cfg.dissemination_batch);
  BOOST_TEST(outbounds.size() == cfg.gossip_fan_out);
  for (const auto& message : outbounds)
    BOOST_TEST(std::get<delta>(message.payload).records.size() >= 9U);
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
    // The first rounds after the last news are wide.
    BOOST_TEST(pings().size() == (i < 8 ? 3U : 1U));
    for (const auto& message : pings())
      reached.insert(message.target);
  }
  BOOST_TEST(reached.size() == 10U);
  BOOST_TEST(!reached.contains(self.address));
}

BOOST_AUTO_TEST_CASE(only_an_equal_hash_shows_that_a_peer_has_everything) {
  cfg.dissemination_bursts = 0;
  with_confirmed_peer();
  (void)join(b);
  for (int i = 0; i < 3; ++i) {
    forget();
    round();
    BOOST_REQUIRE(sent<ping>(a).size() == 1U);      // its hash is asked for when all is told, too
    (void)receive(a, ack{core->table().version()}); // a number alone says nothing
    BOOST_TEST(core->engine().confirmed_count() == 0U);
  }
  (void)receive_agreeing(a, ping_ack{1});
  BOOST_TEST(core->engine().confirmed_count() == 1U);
  forget();
  round();
  BOOST_TEST(sent<ping>(a).empty());
}

BOOST_AUTO_TEST_CASE(a_rumor_is_passed_on_a_bounded_number_of_times) {
  cfg.dissemination_bursts = 0;
  with_confirmed_peer();
  (void)join(b);
  const auto limit = core->engine().transmissions();
  forget();
  for (std::uint32_t i = 0; i < 4 * limit; ++i)
    round();
  const auto news = news_to(a);
  const auto times = std::count(news.begin(), news.end(), record_of(b, joining));
  BOOST_TEST((times >= 1 && times <= static_cast<std::ptrdiff_t>(limit)));
  BOOST_TEST(core->engine().rumor_count() == 0U);
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
  (void)receive(a, sync_request{digest_of(theirs, {})}, 77);
  const auto answers = sent<sync_response>(a);
  BOOST_REQUIRE(answers.size() == 1U);
  BOOST_TEST(answers[0].records == (shared_records{record_of(b, dead), record_of(c, up)}));
  BOOST_REQUIRE(answers[0].wanted.size() == 1U);
  BOOST_TEST(answers[0].wanted[0] == theirs.find("d")->rec.id_hash());
}

BOOST_AUTO_TEST_CASE(who_reconciles_gives_all_that_the_other_lacks_at_once) {
  with_confirmed_peer();
  shared_records outdated;
  for (int i = 0; i < 5; ++i) {
    const auto who = named("p" + std::to_string(i));
    outdated.push_back(record_of(who, up));
    add(who);
    (void)call([&](auto& sut) { return sut.down(who.address, now); });
  }
  const auto correlation = differ_from_a();
  BOOST_REQUIRE(sent<sync_request>(a).size() == 1U);
  forget();
  (void)receive(a, sync_response{outdated, {}}, correlation);
  std::size_t most = 0;
  for (const auto& news : sent<delta>(a))
    most = std::max(most, news.records.size());
  BOOST_TEST(most == 5U);
}

BOOST_AUTO_TEST_CASE(of_a_large_roster_only_the_ranges_that_differ_are_compared) {
  with_confirmed_peer();
  for (int i = 0; i < 100; ++i)
    add(named("p" + std::to_string(i)));
  (void)receive_agreeing(a, heartbeat{1});
  forget();
  const auto first = differ_from_a();
  BOOST_TEST(sent<sync_request>(a).empty());
  BOOST_REQUIRE(sent<range_request>(a).size() == 1U);
  const auto ranges = sent<range_request>(a)[0].ranges;
  BOOST_TEST(ranges.size() == range_fan_out);
  auto different = ranges[3];
  different.sum += 1;
  forget();
  (void)receive(a, range_response{{different}}, first);
  BOOST_REQUIRE(sent<sync_request>(a).size() == 1U);
  const auto request = sent<sync_request>(a)[0];
  BOOST_REQUIRE(request.scope.size() == 1U);
  BOOST_TEST(
      (request.scope[0].first == ranges[3].first && request.scope[0].last == ranges[3].last));
  BOOST_TEST((request.digest == digest_of(core->table(), request.scope)));
  BOOST_TEST(request.digest.size() <= listed_members_max);
  (void)receive(a, sync_response{}, outbounds.back().head.correlation);
  BOOST_TEST((core->engine().phase() != gossip_phase::reconciling));
}

BOOST_AUTO_TEST_CASE(a_difference_that_has_gone_meanwhile_ends_the_comparison) {
  with_confirmed_peer();
  for (int i = 0; i < 100; ++i)
    add(named("p" + std::to_string(i)));
  const auto correlation = differ_from_a();
  BOOST_REQUIRE(!sent<range_request>(a).empty());
  (void)receive(a, range_response{}, correlation);
  BOOST_TEST((core->engine().phase() != gossip_phase::reconciling));
  BOOST_TEST(receive(a, range_response{}, correlation).error().code == errc::invalid_state);
}

BOOST_AUTO_TEST_CASE(asked_for_ranges_those_that_differ_are_named) {
  with_confirmed_peer();
  for (int i = 0; i < 40; ++i)
    add(named("p" + std::to_string(i)));
  auto ranges = split(core->table(), whole_roster);
  ranges[5].sum += 1;
  forget();
  (void)receive(a, range_request{ranges}, 31);
  BOOST_REQUIRE(sent<range_response>(a).size() == 1U);
  const auto answer = sent<range_response>(a)[0].ranges;
  BOOST_REQUIRE(answer.size() == 1U);
  BOOST_TEST(answer[0].first == ranges[5].first);
  BOOST_TEST(answer[0].sum == sum_of(core->table(), ranges[5]));
  BOOST_TEST(outbounds.back().head.correlation == 31U);
  BOOST_TEST((outbounds.back().via == channel::stream));
}

BOOST_AUTO_TEST_CASE(news_from_the_only_peer_does_not_keep_the_node_busy) {
  start();
  add(a);
  (void)tell(a, record_of(a, up, 5));
  pass(1s);
  int ticks = 0;
  for (const auto end = now + 10s; now < end; ++ticks) {
    now = std::max(now, core->next_deadline());
    tick();
  }
  BOOST_TEST(ticks < 200); // polls and heartbeats
}

BOOST_AUTO_TEST_CASE(the_same_record_can_be_news_again) {
  member_table table{100, 100};
  caf_gossip::dissemination_engine sut{table, {}};
  sut.start(self.id);
  for (const auto* id : {"a", "b"})
    table.merge(record_of(named(id), up), {}, {}, now);
  const auto news = [&] { sut.news(table.slot_of("a").value(), now); };
  news();
  BOOST_TEST(sut.reported_hash("a", table.roster_hash(), now));
  BOOST_TEST(sut.reported_hash("b", table.roster_hash(), now));
  BOOST_TEST((sut.phase() == gossip_phase::confirmed));
  news();
  BOOST_TEST((sut.phase() == gossip_phase::diffusing));
  BOOST_TEST(sut.reported_hash("a", table.roster_hash(), now), "it counts again");
  BOOST_TEST(sut.confirmed_count() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
