// The membership coordinator as an actor: routing, publishing, answering.
#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/actors/started_node.hpp"

namespace caf_gossip::test {

BOOST_AUTO_TEST_SUITE(membership_actor)

// S1.3.1
BOOST_FIXTURE_TEST_CASE(takes_in_what_peers_tell, started_node) {
  add(peer);
  arrive(peer, delta{0, 1, {record_of(other, member_status::up)}});
  const auto snapshot = node.snapshot();
  BOOST_REQUIRE(find(snapshot, "other") != nullptr);
  BOOST_TEST(find(snapshot, "other")->rec.status == member_status::up);
  BOOST_TEST((*node.facade().snapshot() == snapshot));
}

// S3.5.4: the time is the moment of the change on the node's own clock.
BOOST_FIXTURE_TEST_CASE(stamps_events_with_the_time_of_day, started_node) {
  add(peer);
  world.advance(5s);
  all.forget();
  const auto before = world.now() - begun;
  BOOST_TEST(tell(down_member{peer.address}).code() == errc::none);
  const auto changed = all.told<member_status_changed>();
  BOOST_REQUIRE(changed.size() == 1U);
  world.advance(100ms);
  BOOST_REQUIRE(all.told<topology_updated>().size() == 1U);
  BOOST_TEST(
      (all.told<topology_updated>().front().stamp.observed_at - changed.front().stamp.observed_at)
          .count()
      == 100);
  BOOST_TEST(before.count() > 0);
}

// S3.5.2
BOOST_FIXTURE_TEST_CASE(tells_every_change_of_status_once, started_node) {
  add(peer);
  (void)tell(down_member{peer.address});
  BOOST_TEST(tell(down_member{peer.address}).code() != errc::none);
  std::vector<member_status> seen;
  for (const auto& event : all.told<member_status_changed>())
    if (event.member.id == "peer")
      seen.push_back(event.to);
  const std::vector expected_statuses{member_status::joining, member_status::up,
                                      member_status::dead};
  BOOST_TEST(seen == expected_statuses);
}

// S1.3.3
BOOST_FIXTURE_TEST_CASE(sends_through_the_transport_and_never_to_itself, started_node) {
  add(peer);
  add(other);
  world.advance(3s);
  std::set<authority> targets;
  for (const auto& out : node.network().sent)
    targets.insert(out.target);
  BOOST_TEST((targets == std::set{peer.address, other.address}));
}

// S1.3.4
BOOST_FIXTURE_TEST_CASE(reports_refused_sends_and_goes_on, started_node) {
  add(peer);
  add(other);
  node.network().sent.clear();
  all.forget();
  node.network().refuse = [](const net::outbound& what) -> std::optional<error> {
    if (what.target == peer.address)
      return error{errc::send_failed, "broken cable"};
    return std::nullopt;
  };
  world.advance(2s);
  const auto failures = all.told<gossip_send_failed>();
  BOOST_REQUIRE(!failures.empty());
  BOOST_TEST(failures.front().target == peer.address);
  BOOST_TEST(failures.front().code == errc::send_failed);
  BOOST_TEST(failures.front().reason == "broken cable");
  std::size_t to_other = 0;
  for (const auto& out : node.network().sent)
    to_other += out.target == other.address ? 1 : 0;
  BOOST_TEST(to_other >= 4U);
  const auto ticks = node.status().ticks;
  world.advance(1s);
  BOOST_TEST(node.status().ticks == ticks + 2);
}

// S3.1.1, S3.1.2
BOOST_FIXTURE_TEST_CASE(tells_its_start_and_its_end, started_node) {
  BOOST_REQUIRE(all.told<startup>().size() == 1U);
  BOOST_TEST(all.told<startup>().front().address == node.where());
  BOOST_TEST(all.told<startup>().front().mode == node_mode::member);
  BOOST_TEST(tell(join_member{record_of(peer, member_status::joining)}).code() == errc::none);
  BOOST_TEST(tell(shut_down_membership{}).code() == errc::none);
  BOOST_REQUIRE(all.told<shutdown>().size() == 1U);
  all.forget();
  world.advance(10s);
  BOOST_TEST(all.events().empty());
  BOOST_TEST(node.snapshot().members.empty());
}

// S3.1.3, S3.1.5
BOOST_AUTO_TEST_CASE(refuses_everything_before_the_start_again_and_again) {
  deterministic_actors world;
  auto& node = world.add("self");
  const auto whom = node.facade().membership();
  const auto before = node.snapshot();
  BOOST_TEST((before == membership_snapshot{}));
  for (int i = 0; i < 3; ++i) {
    const auto newcomer = record_of(peer, member_status::joining);
    BOOST_TEST(node.ask<void>(whom, join_member{newcomer}).code() == errc::not_started);
    BOOST_TEST(node.ask<void>(whom, leave_member{peer.address}).code() == errc::not_started);
    BOOST_TEST(node.ask<void>(whom, down_member{peer.address}).code() == errc::not_started);
    BOOST_TEST(node.ask<void>(whom, heard_member{peer.address}).code() == errc::not_started);
    BOOST_TEST(node.ask<void>(whom, quarantine_member{peer.address, "bad"}).code()
               == errc::not_started);
    BOOST_TEST(node.ask<void>(whom, clear_quarantine{peer.address}).code() == errc::not_started);
    BOOST_TEST(node.ask<leave_finished>(whom, leave_cluster{}).code() == errc::not_started);
    BOOST_TEST(node.ask<void>(whom, shut_down_membership{}).code() == errc::not_started);
  }
  BOOST_TEST((node.snapshot() == before));
  BOOST_TEST(node.ask<std::vector<quarantine_view>>(whom, get_quarantine{}).value().empty());
}

// S3.1.3
BOOST_AUTO_TEST_CASE(lets_a_client_watch_only) {
  deterministic_actors world;
  auto& node = world.add("self");
  const auto whom = node.facade().membership();
  const member_ref self{"self", 1, node.where()};
  BOOST_TEST(node.ask<void>(whom, start_membership{self, {}, node_mode::client}).code()
             == errc::invalid_config);
  const start_membership start{self, {peer.address}, node_mode::client};
  BOOST_TEST(node.ask<void>(whom, start).code() == errc::none);
  BOOST_TEST(node.ask<void>(whom, start).code() == errc::already_started);
  BOOST_TEST(node.snapshot().mode == node_mode::client);
  const auto newcomer = record_of(peer, member_status::joining);
  BOOST_TEST(node.ask<void>(whom, join_member{newcomer}).code() == errc::invalid_state);
  BOOST_TEST(node.ask<leave_finished>(whom, leave_cluster{}).code() == errc::invalid_state);
}

// S3.1.5
BOOST_FIXTURE_TEST_CASE(gives_snapshots_that_do_not_change, started_node) {
  const auto before = node.facade().snapshot();
  const auto copy = *before;
  add(peer);
  BOOST_TEST((*before == copy));
  BOOST_TEST((*node.facade().snapshot() != copy));
  (void)node.stop();
  world.advance(5s);
  BOOST_TEST((*node.facade().snapshot() == membership_snapshot{}));
  BOOST_TEST(node.facade().members().empty());
}

// S3.1.4
BOOST_AUTO_TEST_CASE(passes_a_join_on_to_all) {
  deterministic_actors world;
  auto& first = world.add("a");
  auto& second = world.add("b", {deterministic_actors::through_first()});
  auto& third = world.add("c", {deterministic_actors::through_first()});
  for (auto* node : {&first, &second, &third})
    BOOST_TEST(node->start().code() == errc::none);
  world.advance(5s);
  for (auto* node : {&first, &second, &third}) {
    std::vector<node_id> ids;
    for (const auto& who : node->facade().members())
      ids.push_back(who.id);
    BOOST_TEST(ids == (std::vector<node_id>{"a", "b", "c"}), boost::test_tools::per_element());
    BOOST_TEST((node->facade().phase() == gossip_phase::confirmed));
    BOOST_TEST(node->facade().snapshot()->confirmed_peers == 2U);
  }
}

// S3.1.4
BOOST_AUTO_TEST_CASE(sends_nothing_when_switched_off) {
  deterministic_actors world;
  auto& node = world.add(
      "a", patient_and({{"enabled", caf::config_value{false}},
                        {"seeds", caf::config_value{std::vector<std::string>{"127.0.0.1:6000"}}}}));
  (void)node.start();
  world.advance(10s);
  BOOST_TEST(node.network().sent.empty());
  BOOST_TEST(node.stop().code() == errc::none);
}

BOOST_FIXTURE_TEST_CASE(answers_everyone_who_waits_for_the_goodbye, started_node) {
  add(peer);
  const auto whom = node.facade().membership();
  const auto first = node.ask<leave_finished>(whom, leave_cluster{});
  const auto second = node.ask<leave_finished>(whom, leave_cluster{});
  BOOST_TEST(!first.arrived());
  BOOST_TEST(!second.arrived());
  world.advance(3s);
  BOOST_TEST((first.value() == leave_finished{0, 1}));
  BOOST_TEST((second.value() == leave_finished{0, 1}));
  BOOST_TEST((node.ask<leave_finished>(whom, leave_cluster{}).value() == leave_finished{0, 1}));
}

BOOST_FIXTURE_TEST_CASE(answers_a_goodbye_that_a_shutdown_cuts_short, started_node) {
  add(peer);
  const auto leaving = node.ask<leave_finished>(node.facade().membership(), leave_cluster{});
  (void)tell(shut_down_membership{});
  BOOST_REQUIRE(leaving.arrived());
  BOOST_TEST(leaving.code() == errc::already_stopped);
}

BOOST_FIXTURE_TEST_CASE(answers_a_goodbye_when_it_is_ended, started_node) {
  add(peer);
  const auto leaving = node.ask<leave_finished>(node.facade().membership(), leave_cluster{});
  caf::anon_send_exit(node.facade().membership(), caf::exit_reason::user_shutdown);
  world.settle();
  BOOST_REQUIRE(leaving.arrived());
  BOOST_TEST(leaving.code() == errc::already_stopped);
}

// S3.5.1, S3.5.3
BOOST_FIXTURE_TEST_CASE(counts_unless_switched_off, started_node) {
  add(peer);
  const auto metrics =
      node.ask<membership_metrics>(node.facade().membership(), get_membership_metrics{});
  BOOST_TEST(metrics.value().members == 2U);
  auto& mute = world.add("mute", {{"metrics-enabled", caf::config_value{false}}});
  auto heard = mute.subscribed();
  for (int i = 0; i < 2; ++i) {
    const auto refused =
        mute.ask<membership_metrics>(mute.facade().membership(), get_membership_metrics{});
    BOOST_TEST(refused.code() == errc::disabled);
    (void)mute.start();
    world.advance(1s);
  }
  BOOST_TEST(heard.told<topology_updated>().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(shows_the_quarantine, started_node) {
  add(peer);
  BOOST_TEST(tell(quarantine_member{peer.address, "misbehaves"}).code() == errc::none);
  const auto list =
      node.ask<std::vector<quarantine_view>>(node.facade().membership(), get_quarantine{});
  BOOST_REQUIRE(list.value().size() == 1U);
  BOOST_TEST(list.value().front().address == peer.address);
  BOOST_TEST(list.value().front().reason == "misbehaves");
  BOOST_TEST((list.value().front().expires_at == wall() + 10s));
  BOOST_TEST(tell(clear_quarantine{peer.address}).code() == errc::none);
  BOOST_TEST(tell(clear_quarantine{peer.address}).code() == errc::unknown_authority);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
