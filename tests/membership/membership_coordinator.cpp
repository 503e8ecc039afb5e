#include "caf_gossip/membership/membership_coordinator.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;

BOOST_FIXTURE_TEST_SUITE(membership_coordinator, coordinator_fixture)

BOOST_AUTO_TEST_CASE(time_always_goes_on) { // S1.2.3, S4.10
  cfg.detector_timeout = 2s;
  start({{"seed", 1}});
  for (int i = 0; i < 5; ++i)
    add(named("p" + std::to_string(i)));
  (void)tell(named("p0"), record_of(named("p1"), suspect));
  (void)call([&](auto& sut) { return sut.leave(named("p2").address, now); });
  (void)call([&](auto& sut) { return sut.quarantine_authority(named("p3").address, "r", now); });
  int ticks = 0;
  for (const auto end = now + 1min; now < end; ++ticks) {
    BOOST_REQUIRE((core->next_deadline() != never));
    now = std::max(now, core->next_deadline());
    tick();
    BOOST_REQUIRE((core->next_deadline() > now));
  }
  BOOST_TEST(ticks < 2000);
}

BOOST_AUTO_TEST_CASE(early_and_repeated_ticks_are_harmless) {
  start();
  add(named("a"));
  tick();
  pass(100ms);
  forget();
  const auto before = core->next_deadline();
  for (int i = 0; i < 100; ++i)
    tick();
  BOOST_TEST(events.empty());
  BOOST_TEST(outbounds.empty());
  BOOST_TEST((core->next_deadline() == before));
}

BOOST_AUTO_TEST_CASE(missed_beats_are_coalesced_and_the_rhythm_is_kept) { // S2.2.5
  start();
  const auto a = named("a");
  add(a);
  const auto origin = now;
  forget();
  now += 10 * cfg.heartbeat_interval + 30ms;
  tick();
  BOOST_TEST(sent<heartbeat>(a).size() == 1U);
  forget();
  pass(cfg.heartbeat_interval - 30ms);
  BOOST_TEST(sent<heartbeat>(a).size() == 1U);
  BOOST_TEST((now == origin + 11 * cfg.heartbeat_interval));
}

BOOST_AUTO_TEST_CASE(heartbeats_go_to_one_observer_after_the_other) {
  start();
  std::vector<member_ref> peers;
  for (int i = 0; i < 8; ++i) {
    peers.push_back(named("p" + std::to_string(i)));
    add(peers.back());
  }
  const auto observers = core->table().successors("self", cfg.heartbeat_observers);
  std::vector<authority> last;
  for (int turn = 0; turn < 3; ++turn) {
    std::vector<authority> order;
    for (std::size_t i = 0; i < observers.size(); ++i) {
      forget();
      pass(cfg.heartbeat_interval);
      for (const auto& message : outbounds)
        if (std::holds_alternative<heartbeat>(message.payload))
          order.push_back(message.target);
    }
    BOOST_TEST(order.size() == observers.size()); // one in each interval
    for (const auto* observer : observers)
      BOOST_TEST(std::count(order.begin(), order.end(), observer->rec->address) == 1);
    BOOST_TEST((last.empty() || last == order));
    last = order;
  }
}

BOOST_AUTO_TEST_CASE(timeouts_do_not_depend_on_how_often_it_is_ticked) { // S4.10
  for (const auto pace : {7ms, 33ms, 100ms, 450ms}) {
    cfg.suspicion_timeout = 2s;
    start();
    const auto a = named("a");
    add(a);
    add(named("b"));
    (void)tell(named("b"), record_of(a, suspect));
    const auto since = now;
    while (status(a) == std::optional{suspect}) {
      now += pace;
      tick();
    }
    BOOST_TEST((now - since >= 2s && now - since < 2s + pace));
  }
}

BOOST_AUTO_TEST_CASE(messages_that_do_not_belong_here_are_refused_and_counted) {
  start();
  const auto a = named("a");
  add(a);
  auto head = head_of(a);
  head.cluster = "other";
  const auto wrong = core->receive({head, heartbeat{1}}, now);
  BOOST_TEST(wrong.error().code == errc::wrong_cluster);
  BOOST_TEST(wrong.error().text.find("other") != std::string::npos);
  BOOST_TEST(core->receive({head_of(self), heartbeat{1}}, now).error().code == errc::invalid_state);
  BOOST_TEST(hear(named("stranger")).error().code == errc::unknown_authority);
  BOOST_TEST(hear(named("a", a.incarnation - 1)).error().code == errc::stale_incarnation);
  BOOST_TEST(receive(a, join_response{}, 1).error().code == errc::invalid_state);
  BOOST_TEST(receive(a, roster_response{}, 1).error().code == errc::invalid_state);
  BOOST_TEST(receive(a, sync_response{}, 1).error().code == errc::invalid_state);
  const auto refused = core->metrics()->messages_refused;
  BOOST_TEST(refused[static_cast<std::size_t>(errc::wrong_cluster)] == 1U);
  BOOST_TEST(refused[static_cast<std::size_t>(errc::invalid_state)] == 4U);
}

BOOST_AUTO_TEST_CASE(a_newcomer_gets_the_roster_in_pages) { // S3.1.4
  start();
  for (int i = 0; i < 3000; ++i)
    (void)core->join(record_of(named("node-with-a-rather-long-name-" + std::to_string(i)), joining),
                     now);
  (void)core->take_outcome();
  const auto a = named("a");
  (void)receive(a, join_request{record_of(a, joining)}, 5);
  auto page = sent<join_response>(a).at(0).page;
  std::size_t records = page.records.size();
  int pages = 1;
  for (; !page.next.empty(); ++pages) {
    forget();
    (void)receive(a, roster_request{page.next}, 6);
    page = sent<roster_response>(a).at(0).page;
    records += page.records.size();
  }
  BOOST_TEST(records == core->table().size());
  BOOST_TEST(pages > 1);
}

BOOST_AUTO_TEST_CASE(metrics_follow_the_topology) { // S3.5.1
  start();
  for (const auto& id : {"a", "b", "c"})
    add(named(id));
  (void)call([&](auto& sut) { return sut.down(named("a").address, now); });
  (void)call([&](auto& sut) { return sut.leave(named("b").address, now); });
  (void)join(named("c", 200)); // replaces its predecessor
  const auto metrics = core->metrics().value();
  BOOST_TEST(metrics.members == core->table().members().size());
  BOOST_TEST(metrics.members == 2U);
  BOOST_TEST(metrics.joined == 5U); // self, a, b, c, c again
  BOOST_TEST(metrics.dead == 1U);
  BOOST_TEST(metrics.left == 2U);
  BOOST_TEST(metrics.quarantined == 1U);
  BOOST_TEST(violations.empty());
}

BOOST_AUTO_TEST_CASE(switched_off_metrics_are_refused_while_events_flow) { // S3.5.3
  cfg.metrics_enabled = false;
  start();
  BOOST_TEST(core->metrics().error().code == errc::disabled);
  add(named("a"));
  pass(1s);
  BOOST_TEST(core->metrics().error().code == errc::disabled);
  BOOST_TEST(told<topology_updated>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(corrections_have_a_bounded_rate) {
  start();
  const auto a = named("a");
  add(a);
  (void)call([&](auto& sut) { return sut.down(a.address, now); });
  forget();
  for (int i = 0; i < 1000; ++i) {
    now += 1ms;
    (void)hear(a);
  }
  BOOST_TEST(sent<delta>(a).size() <= 5U);
  BOOST_TEST(core->metrics()->corrections_suppressed >= 995U);
}

BOOST_AUTO_TEST_CASE(who_loses_its_authority_to_another_id_knows_it) { // S4.9
  start();
  const auto a = named("a");
  add(a);
  auto thief = named("thief", self.incarnation + 1);
  thief.address = self.address;
  (void)tell(a, record_of(thief, up));
  BOOST_TEST(told<self_declared_dead>().size() == 1U);
  BOOST_TEST(!told<self_declared_dead>()[0].returns_at.has_value());
  BOOST_TEST(violations.empty());
}

BOOST_AUTO_TEST_CASE(a_bound_of_one_tombstone_does_not_lose_a_verdict) {
  cfg.tombstones_max = 1;
  cfg.suspicion_timeout = 1s;
  start();
  for (const auto& id : {"a", "b", "c", "z"})
    add(named(id));
  for (const auto& id : {"a", "b", "c"})
    (void)tell(named("z"), record_of(named(id), suspect));
  pass(2s); // all three at the same moment
  BOOST_TEST(core->metrics()->dead == 3U);
  BOOST_TEST(core->engine().peers() == std::vector{named("z")});
}

BOOST_AUTO_TEST_CASE(
    a_member_whose_place_is_taken_is_told_as_gone_though_its_tombstone_finds_no_room) {
  cfg.tombstones_max = 1;
  start();
  const auto a = named("a");
  add(a);
  add(named("b"));
  pass(200ms);
  forget();
  auto successor = named("c", a.incarnation + 1);
  successor.address = a.address;
  (void)tell(named("b"), record_of(successor, dead));
  pass(200ms);
  BOOST_TEST(core->table().find("a") == nullptr);
  const auto changes = told<member_status_changed>();
  BOOST_REQUIRE(changes.size() == 1U);
  BOOST_TEST(changes[0].member == a);
  BOOST_TEST(changes[0].from == std::optional{up});
  BOOST_TEST(changes[0].to == removed);
  BOOST_TEST(changes[0].why.kind == cause_kind::replaced);
  BOOST_TEST(changes[0].why.informant == "c");
  const auto updates = told<topology_updated>();
  BOOST_REQUIRE(updates.size() == 1U);
  BOOST_TEST(updates[0].update.left == std::vector{a});
  const auto counted = *core->metrics();
  BOOST_TEST(counted.joined - counted.left - counted.dead == core->table().members().size());
  BOOST_TEST(core->engine().peers() == std::vector{named("b")});
  BOOST_TEST(violations.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
