/// What news of others does, and whose news is refused.
#include <boost/test/unit_test.hpp>

#include "tests/support/state_news.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;

namespace caf_gossip::test {

BOOST_FIXTURE_TEST_SUITE(gossiper_news_received, member_of_many)

BOOST_AUTO_TEST_CASE(is_merged_and_passed_on, *description("S2.4.2 S5.3.3")) {
  receive_news(node("m1000"), node("m1001"), {{"x", entry("v", 1)}});
  BOOST_TEST((sut.get_state("x").value().at("m1001").value == bytes("v")));
  BOOST_TEST((sut.next_deadline() == now));
  const auto told = news_of(30s);
  BOOST_TEST(only<gossip_update>(events).size() == 1U);
  BOOST_TEST(count(told, "m1001", "x") > 0U);
  for (const auto& one : told) {
    BOOST_TEST(one.target.id != "m1000");
    BOOST_TEST(one.target.id != "m1001");
  }
  BOOST_TEST(sut.metrics().news_received == 1U);
  BOOST_TEST(sut.metrics().requests_received == 0U);
}

BOOST_AUTO_TEST_CASE(is_what_requests_and_answers_bring_too, *description("S2.4.2")) {
  receive(node("m1000"), {{"x", entry("v", 1)}});
  BOOST_TEST(count(news_of(1s), "m1000", "x") > 0U);
  set("k");
  const auto requests = tick();
  BOOST_REQUIRE(!requests.empty());
  (void)take_news();
  gossip_state state;
  state.members["m1005"] = {1, {{"y", entry("v", 1)}}};
  sut.answered(requests[0].token, {errc::none, state}, now);
  BOOST_TEST(count(news_of(1s), "m1005", "y") > 0U);
}

BOOST_AUTO_TEST_CASE(that_is_old_is_not_passed_on, *description("S2.5.5")) {
  receive_news(node("m1000"), node("m1001"), {{"x", entry("v", 2)}});
  (void)news_of(1s);
  receive_news(node("m1002"), node("m1001"), {{"x", entry("old", 1)}});
  receive_news(node("m1002"), node("m1001"), {{"x", entry("v", 2)}});
  BOOST_TEST((sut.get_state("x").value().at("m1001").value == bytes("v")));
  BOOST_TEST(news_of(30s).empty());
}

BOOST_AUTO_TEST_CASE(is_refused_from_strangers, *description("S2.8.2 S2.7.3 S2.10.2")) {
  auto members = many(9);
  members[0].incarnation = 2;
  sut.set_topology(members, now);
  (void)take();
  BOOST_REQUIRE(sut.block_members({"m1001"}, now));
  const gossip_member_state x{{"x", entry("v", 9)}};
  for (const auto& from : {node("stranger"), node("m1000", 3), node("m1000", 1), node("m1001")})
    receive_news(from, node("m1005"), x);
  envelope head;
  head.sender = node("m1002");
  sut.receive_news(head, {"m1003", {}}, now);
  BOOST_TEST(sut.get_state("x").value().empty());
  BOOST_TEST(news_of(1s).empty());
  const auto counted = sut.metrics();
  const auto refused = [&](errc why) {
    return counted.requests_refused[static_cast<std::size_t>(why)];
  };
  BOOST_TEST(counted.news_received == 5U);
  BOOST_TEST(refused(errc::unknown_authority) == 2U);
  BOOST_TEST(refused(errc::stale_incarnation) == 1U);
  BOOST_TEST(refused(errc::blocked) == 1U);
  BOOST_TEST(refused(errc::invalid_argument) == 1U);
}

BOOST_AUTO_TEST_CASE(is_refused_unless_running, *description("S2.9.3")) {
  BOOST_REQUIRE(sut.begin_stop(now));
  receive_news(node("m1000"), node("m1000"), {{"x", entry("v", 1)}});
  BOOST_TEST(sut.metrics().requests_refused[static_cast<std::size_t>(errc::already_stopped)] == 1U);
  gossiper_core fresh{cfg};
  fresh.receive_news({}, {}, now);
  BOOST_TEST(fresh.metrics().requests_refused[static_cast<std::size_t>(errc::not_started)] == 1U);
  BOOST_TEST((fresh.next_deadline() == never));
}

BOOST_AUTO_TEST_CASE(of_the_blocked_is_refused_from_others_too, *description("S2.10.2")) {
  BOOST_REQUIRE(sut.block_members({"m1001"}, now));
  receive_news(node("m1000"), node("m1001"), {{"x", entry("v", 1)}});
  BOOST_TEST(sut.get_state("x").value().empty());
  BOOST_TEST(sut.metrics().members_refused == 1U);
  BOOST_TEST(news_of(1s).empty());
}

BOOST_AUTO_TEST_CASE(is_no_longer_told_when_its_owner_is_gone, *description("S2.7.3")) {
  receive_news(node("m1000"), node("m1001"), {{"x", entry("v", 1)}});
  BOOST_REQUIRE(sut.block_members({"m1001"}, now));
  BOOST_TEST(count(news_of(1s), "m1001", "x") == 0U);
}

BOOST_AUTO_TEST_CASE(is_a_sign_of_life, *description("S2.6.3")) {
  config cfg_of_one;
  cfg_of_one.heartbeat_expiration = 2s;
  one_gossiper one{cfg_of_one};
  one.join({node("b"), node("c")});
  for (std::uint64_t i = 1; i <= 20; ++i) {
    one.receive_news(node("b"), node("b"), {{"x", entry("v", i)}});
    (void)one.tick();
  }
  BOOST_TEST(!one.sut.is_blocked("b"));
  BOOST_TEST(one.sut.is_blocked("c"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
