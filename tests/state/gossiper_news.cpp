/// What has changed is passed on at once, not with the next round.
#include <set>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/state_news.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

namespace caf_gossip::test {

BOOST_FIXTURE_TEST_SUITE(gossiper_news, member_of_many)

BOOST_AUTO_TEST_CASE(goes_to_some_peers_at_once, *description("S2.4.2")) {
  set("k");
  BOOST_TEST((sut.next_deadline() == now), "without waiting for the round");
  const auto told = burst();
  BOOST_REQUIRE(told.size() == cfg.gossip_fan_out);
  std::set<node_id> targets;
  for (const auto& one : told) {
    targets.insert(one.target.id);
    BOOST_TEST((one.what.state.members.at("a").entries.at("k").value == bytes("v")));
    BOOST_TEST(one.what.state.members.at("a").incarnation == 1U);
    BOOST_TEST(one.what.from_member_id == "a");
    BOOST_TEST((one.head.sender == sut.self()));
    BOOST_TEST(one.head.receiver_incarnation == 1U);
    BOOST_TEST(one.head.correlation == 0U, "nobody answers");
    BOOST_TEST(one.head.state_hash == sut.state_hash());
  }
  BOOST_TEST(targets.size() == told.size());
  BOOST_TEST(sut.ticks() == 0U);
  BOOST_TEST(sut.metrics().news_sent == told.size());
  BOOST_TEST(sut.metrics().requests_sent == 0U);
  BOOST_TEST(sut.is_idle());
}

BOOST_AUTO_TEST_CASE(is_every_change_of_the_own_state, *description("S2.4.2 S2.4.3")) {
  const auto is_told = [this](const std::string& key, bool removed) {
    for (const auto& one : news_of(1s))
      if (tells(one, "a", key))
        return one.what.state.members.at("a").entries.at(key).removed == removed;
    return false;
  };
  set("k");
  BOOST_TEST(is_told("k", false));
  BOOST_REQUIRE(sut.remove_state("k", now));
  BOOST_TEST(is_told("k", true));
  BOOST_REQUIRE(sut.set_map_state("m", "x", bytes("v"), now));
  BOOST_TEST(is_told("m\x1fx", false));
  BOOST_REQUIRE(sut.remove_map_state("m", "x", now));
  BOOST_TEST(is_told("m\x1fx", true));
  BOOST_REQUIRE(sut.set_state("t", bytes("v"), now, 5s));
  BOOST_TEST(is_told("t", false));
  BOOST_TEST(news_of(3s).empty());
  BOOST_TEST(is_told("t", true), "its time is over");
  BOOST_REQUIRE(sut.remove_state("unknown", now));
  BOOST_TEST(count(news_of(1s), "a", "unknown") == 0U);
}

BOOST_AUTO_TEST_CASE(of_a_removed_map_is_one_removal, *description("S2.4.3 S2.4.2")) {
  for (const auto* key : {"x", "y"})
    BOOST_REQUIRE(sut.set_map_state("m", key, bytes("v"), now));
  (void)news_of(1s);
  BOOST_REQUIRE(sut.remove_state("m", now));
  const auto told = burst();
  BOOST_REQUIRE(!told.empty());
  for (const auto& one : told) {
    BOOST_TEST_REQUIRE(tells(one, "a", "m"));
    BOOST_TEST(one.what.state.members.at("a").entries.at("m").removed);
    BOOST_TEST(one.what.state.members.at("a").entries.size() == 1U, "its keys are gone");
  }
}

BOOST_AUTO_TEST_CASE(is_collected_for_a_moment, *description("S2.4.2")) {
  set("k");
  const auto first = now;
  (void)burst();
  for (int i = 0; i < 4; ++i) {
    now += 1ms;
    set("l" + std::to_string(i));
  }
  const auto told = burst();
  BOOST_TEST((now == first + 5ms));
  BOOST_REQUIRE(!told.empty());
  for (const auto& one : told)
    for (int i = 0; i < 4; ++i)
      BOOST_TEST(tells(one, "a", "l" + std::to_string(i)));
}

BOOST_AUTO_TEST_CASE(is_no_heartbeat, *description("S2.6.1")) {
  one_gossiper one;
  one.join({node("b"), node("c")});
  const auto beat = encode_heartbeat({{{"A", 1}}}).value();
  one.receive(node("b"), {{std::string{heartbeat_key}, {beat, 1, 0, false}}});
  (void)one.run_for(3s);
  BOOST_TEST(one.sut.get_state(heartbeat_key).value().size() == 2U);
  BOOST_TEST(one.take_news().empty());
}

BOOST_AUTO_TEST_CASE(fits_into_a_datagram) {
  for (int i = 0; i < 100; ++i)
    set("k" + std::to_string(i), std::string(50, 'v'));
  set("large", std::string(5000, 'v'));
  std::set<std::string> seen;
  for (const auto& one : news_of(2s)) {
    std::size_t size = 0;
    const auto& entries = one.what.state.members.at("a").entries;
    for (const auto& [key, what] : entries) {
      size += entry_bytes(key, what.value);
      seen.insert(key);
    }
    BOOST_TEST((size <= 1200 || entries.size() == 1));
  }
  BOOST_TEST(seen.size() == 101U, "everything is told");
}

BOOST_AUTO_TEST_CASE(that_is_too_much_waits_for_the_rounds, *description("S2.8.3")) {
  auto large = slow();
  large.state_keys_max = 10'000;
  large.state_message_bytes_max = 4U << 20U;
  member_of_many one{2, large};
  const auto most = caf_gossip::entry_rumors::rumors_max;
  for (std::size_t i = 0; i < most + 8; ++i)
    one.set("k" + std::to_string(i));
  BOOST_TEST(one.sut.metrics().news_deferred == 8U);
  const auto requests = one.tick();
  BOOST_REQUIRE(requests.size() == 1U);
  const auto& own = requests[0].what.state.members.at("a").entries;
  for (std::size_t i = most; i < most + 8; ++i)
    BOOST_TEST(own.contains("k" + std::to_string(i)));
}

BOOST_AUTO_TEST_CASE(has_as_many_members_as_configured, *description("S2.8.6")) {
  auto small = slow();
  small.gossip_max_send = 2;
  member_of_many one{10, small};
  for (int i = 0; i < 6; ++i) {
    const auto owner = node("m" + std::to_string(1000 + i));
    one.receive_news(owner, owner, {{"x", entry("v", 1)}});
  }
  const auto told = one.news_of(30s);
  BOOST_TEST(!told.empty());
  for (const auto& each : told)
    BOOST_TEST(each.what.state.members.size() <= 2U);
}

BOOST_AUTO_TEST_CASE(is_told_with_growing_pauses, *description("D13")) {
  set("k");
  const auto begin = now;
  std::vector<duration> bursts;
  while (sut.next_deadline() < begin + 30s)
    if (!burst().empty())
      bursts.push_back(now - begin);
  const std::vector<duration> expected{0ms, 10ms, 30ms};
  BOOST_TEST((bursts == expected), "until it was told often enough");
}

BOOST_DATA_TEST_CASE(is_told_no_more_often_than_it_may,
                     data::make({2U, 3U, 5U, 8U, 10U, 16U, 33U, 100U, 300U}), members) {
  member_of_many one{members};
  one.set("k");
  const auto told = count(one.news_of(30s), "a", "k");
  BOOST_TEST(told > 0U);
  BOOST_TEST(told <= one.tellings_max());
}

BOOST_AUTO_TEST_CASE(is_told_no_more_often_while_others_follow) {
  set("k");
  std::vector<state_news> all;
  for (int i = 0; i < 200; ++i) {
    for (auto& one : news_of(5ms))
      all.push_back(std::move(one));
    set("other", std::to_string(i));
  }
  BOOST_TEST(count(all, "a", "k") <= tellings_max());
}

BOOST_AUTO_TEST_CASE(is_told_less_when_others_tell_it, *description("Demers et al. 1987")) {
  const gossip_member_state x{{"x", entry("v", 1)}};
  receive_news(node("m1000"), node("m1001"), x);
  for (std::uint32_t i = 0; i < tellings_max(); ++i)
    receive_news(node("m1002"), node("m1001"), x);
  BOOST_TEST(news_of(30s).empty());
  receive_news(node("m1000"), node("m1001"), {{"x", entry("new", 2)}});
  BOOST_TEST(count(news_of(30s), "m1001", "x") > 0U, "it has changed");
}

BOOST_AUTO_TEST_CASE(ends_when_all_have_it) {
  set("k");
  (void)burst();
  for (const auto& peer : sut.peers())
    sut.heard(peer, sut.state_hash(), now);
  BOOST_TEST(news_of(30s).empty());
}

BOOST_AUTO_TEST_CASE(is_lost_without_harm, *description("S2.8.3")) {
  one_gossiper one;
  one.join({node("b")});
  (void)one.take();
  BOOST_REQUIRE(one.sut.set_state("k", bytes("v"), one.now));
  one.sut.tick(one.now);
  BOOST_TEST(one.take_news().size() == 1U);
  one_gossiper other;
  other.join({node("b")});
  other.settle();
  BOOST_REQUIRE(other.sut.set_state("k", bytes("v"), other.now));
  const auto requests = other.tick();
  BOOST_REQUIRE(requests.size() == 1U);
  BOOST_TEST(requests[0].what.state.members.at("a").entries.contains("k"));
}

BOOST_AUTO_TEST_CASE(is_not_sent_without_bursts) {
  auto none = slow();
  none.dissemination_bursts = 0;
  member_of_many one{10, none};
  one.set("k");
  BOOST_TEST((one.sut.next_deadline() > one.now + 1s));
  BOOST_TEST(one.news_of(30s).empty());
}

BOOST_AUTO_TEST_CASE(is_the_goodbye_too, *description("S2.9.2")) {
  (void)news_of(1s);
  BOOST_REQUIRE(sut.begin_stop(now));
  BOOST_TEST(count(news_of(1s), "a", std::string{gracefully_left_key}) > 0U);
  BOOST_REQUIRE(sut.finish_stop());
  BOOST_TEST((sut.next_deadline() == never));
  BOOST_TEST(!sut.has_outcome());
}

BOOST_AUTO_TEST_CASE(does_not_tick_a_quiet_node_again_and_again) {
  const auto deadlines_of = [](one_gossiper& one) {
    int result = 0;
    for (const auto end = one.now + 10s; one.sut.next_deadline() <= end; ++result) {
      one.step();
      BOOST_REQUIRE(one.sut.next_deadline() > one.now);
    }
    return result;
  };
  one_gossiper alone;
  BOOST_TEST(deadlines_of(alone) == 20, "ticks of the loop");
  BOOST_REQUIRE(alone.sut.set_state("k", bytes("v"), alone.now));
  BOOST_TEST(deadlines_of(alone) == 21, "and the burst that found nobody");

  config patient;
  patient.heartbeat_expiration.reset();
  one_gossiper one{patient};
  one.join({node("b"), node("c")});
  BOOST_TEST(deadlines_of(one) == 20);
  BOOST_REQUIRE(one.sut.set_state("k", bytes("v"), one.now));
  BOOST_TEST(deadlines_of(one) <= 20 + 4);
  one.receive_news(node("b"), node("b"), {{"x", entry("v", 1)}});
  BOOST_TEST(deadlines_of(one) <= 20 + 4);
  one_gossiper with_one{patient};
  with_one.join({node("b")});
  (void)with_one.run_for(1s);
  with_one.receive_news(node("b"), node("b"), {{"x", entry("v", 1)}});
  BOOST_TEST(deadlines_of(with_one) <= 21, "there is nobody to tell it");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
