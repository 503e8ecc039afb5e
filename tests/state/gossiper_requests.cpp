/// Requests and answers of the gossiper core.
#include <boost/test/unit_test.hpp>

#include <set>

#include "tests/support/gossiper_fixture.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;

namespace caf_gossip::test {

namespace {

struct member_with_peers : one_gossiper {
  member_with_peers() { join({node("b"), node("c")}); }

  void set(std::string_view key, std::string_view value) {
    BOOST_REQUIRE(sut.set_state(key, bytes(value), now));
  }
};

std::vector<member_ref> many(std::size_t count) {
  std::vector<member_ref> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(node("m" + std::to_string(100 + i)));
  return result;
}

config with_fan_out(std::uint32_t fan_out) {
  config cfg;
  cfg.gossip_fan_out = fan_out;
  cfg.heartbeat_expiration.reset();
  return cfg;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(gossiper_requests, member_with_peers)

BOOST_AUTO_TEST_CASE(go_to_peers_with_the_next_round, *description("S2.4.2 S5.3.1")) {
  set("k", "v");
  BOOST_TEST((sut.get_state("k").value().at("a").value == bytes("v")), "here at once");
  BOOST_TEST(take().empty(), "fire and forget");
  const auto requests = tick();
  BOOST_REQUIRE(requests.size() == 2U);
  const auto& first = requests.front();
  BOOST_TEST(first.what.from_member_id == "a");
  BOOST_TEST((first.head.sender == sut.self()));
  BOOST_TEST(first.head.receiver_incarnation == 1U);
  BOOST_TEST(first.head.correlation == first.token);
  BOOST_TEST(first.head.state_hash == sut.state_hash());
  BOOST_TEST((first.what.state.members.at("a").entries.at("k").value == bytes("v")));
}

BOOST_AUTO_TEST_CASE(tell_nothing_twice, *description("S5.3.2")) {
  set("k", "v");
  settle();
  BOOST_TEST(sut.metrics().requests_sent == 2U);
  BOOST_TEST(sut.metrics().requests_answered == 2U);
  BOOST_TEST(sut.holders().holders == 2U);
  set("l", "w");
  BOOST_TEST(sut.holders().holders == 0U);
  const auto requests = tick();
  const auto& own = requests.front().what.state.members.at("a").entries;
  BOOST_TEST(own.count("k") == 0U);
  BOOST_TEST(own.count("l") == 1U);
}

BOOST_AUTO_TEST_CASE(are_sent_again_after_a_failure, *description("S2.8.3 S5.3.2")) {
  set("k", "v");
  const auto requests = tick();
  BOOST_REQUIRE(requests.size() == 2U);
  sut.answered(requests[0].token, {}, now);
  set("l", "w");
  const auto meanwhile = tick();
  BOOST_TEST_REQUIRE(meanwhile.size() == 1U, "the silent one is not asked twice at a time");
  BOOST_TEST(meanwhile[0].target.id == requests[0].target.id, "others are served meanwhile");
  sut.failed(requests[1].token, {errc::timeout, "no answer"}, now);
  const auto again = tick();
  BOOST_REQUIRE(again.size() == 1U);
  BOOST_TEST(again[0].target.id == requests[1].target.id);
  BOOST_TEST(again[0].what.state.members.at("a").entries.count("k") == 1U);
  BOOST_TEST(again[0].what.state.members.at("a").entries.count("l") == 1U);
  const auto told = only<gossip_request_failed>(events);
  BOOST_REQUIRE(told.size() == 1U);
  BOOST_TEST((told[0].target == requests[1].target));
  BOOST_TEST((told[0].code == errc::timeout));
  BOOST_TEST(sut.metrics().requests_timed_out == 1U);
}

BOOST_AUTO_TEST_CASE(are_sent_again_after_a_rejection, *description("S2.8.2 S2.8.3")) {
  set("k", "v");
  gossip_state unwanted;
  unwanted.members["c"] = {1, {{"x", entry("v", 1)}}};
  for (const auto& request : tick())
    sut.answered(request.token, {errc::blocked, unwanted}, now);
  BOOST_TEST(tick().size() == 2U);
  BOOST_TEST(sut.get_state("x").value().empty());
  BOOST_TEST(sut.metrics().requests_rejected == 2U);
  BOOST_TEST((only<gossip_request_failed>(events)[0].code == errc::blocked));
}

BOOST_AUTO_TEST_CASE(go_less_and_less_to_who_rejects_them, *description("S2.10.2")) {
  join({node("b")});
  set("k", "v");
  std::vector<int> asked_in;
  for (int round = 0; round < 100; ++round)
    for (const auto& request : tick()) {
      asked_in.push_back(round);
      sut.answered(request.token, {errc::blocked, std::nullopt}, now);
    }
  BOOST_TEST((std::vector<int>{asked_in.begin(), asked_in.begin() + 5}
              == std::vector<int>{0, 1, 2, 4, 8}));
  BOOST_TEST(asked_in.back() - asked_in[asked_in.size() - 2] == 20, "10 s at the most");
  receive(node("b"), {});
  BOOST_TEST(tick().size() == 1U, "it listens again, which its own request shows");
}

BOOST_AUTO_TEST_CASE(count_failures_to_send) {
  set("k", "v");
  sut.failed(tick().front().token, {errc::send_failed, "no route"}, now);
  BOOST_TEST(sut.metrics().requests_failed == 1U);
  sut.failed(12345, {errc::timeout, ""}, now);
  sut.answered(12345, {}, now);
  BOOST_TEST(sut.metrics().answers_unexpected == 2U);
}

BOOST_AUTO_TEST_CASE(are_answered_with_what_the_sender_lacks,
                     *description("S2.8.2 S5.3.1 S5.3.2")) {
  BOOST_TEST(!receive(node("b"), {}).state.has_value(), "nothing new: no state");
  set("k", "v");
  const auto response = receive(node("b"), {{"x", entry("v", 1)}});
  BOOST_TEST((response.rejected == errc::none));
  BOOST_REQUIRE(response.state.has_value());
  BOOST_TEST(response.state->members.size() == 1U);
  BOOST_TEST(response.state->members.at("a").entries.count("k") == 1U);
  BOOST_TEST((gossip_response{} != gossip_response{errc::none, gossip_state{}}), "absent or empty");
}

BOOST_AUTO_TEST_CASE(take_over_what_the_answer_brings, *description("S5.3.2 S5.3.3")) {
  set("k", "v");
  gossip_state state;
  state.members["c"] = {1, {{"x", entry("v", 1)}}};
  const auto requests = tick();
  sut.answered(requests[0].token, {errc::none, state}, now);
  take();
  BOOST_TEST(sut.get_state("x").value().count("c") == 1U);
  BOOST_TEST(only<gossip_update>(events).size() == 1U);
  sut.answered(requests[0].token, {errc::none, state}, now);
  BOOST_TEST(sut.metrics().answers_unexpected == 1U);
}

BOOST_AUTO_TEST_CASE(are_rejected_from_strangers, *description("S2.8.2 S2.7.3")) {
  const auto code = [this](const member_ref& from) {
    return receive(from, from, {{"x", entry("v", 1)}}).rejected;
  };
  BOOST_TEST((code(node("z")) == errc::unknown_authority));
  BOOST_TEST((code(node("a")) == errc::invalid_argument));
  BOOST_TEST((code(node("b", 2)) == errc::unknown_authority), "not yet known");
  join({node("b", 2), node("c")});
  BOOST_TEST((code(node("b", 1)) == errc::stale_incarnation));
  BOOST_TEST((code(node("b", 2)) == errc::none));
  envelope head;
  head.sender = node("b", 2);
  BOOST_TEST((sut.receive(head, {"c", {}}, now).rejected == errc::invalid_argument));
  BOOST_TEST(sut.get_state("x").value().size() == 1U);
  const auto refused = sut.metrics().requests_refused;
  BOOST_TEST(refused[static_cast<std::size_t>(errc::unknown_authority)] == 2U);
  BOOST_TEST(refused[static_cast<std::size_t>(errc::invalid_argument)] == 2U);
  BOOST_TEST(refused[static_cast<std::size_t>(errc::stale_incarnation)] == 1U);
  BOOST_TEST(sut.metrics().requests_received == 6U);
}

BOOST_AUTO_TEST_CASE(do_not_return_what_came_from_the_target) {
  receive(node("b"), node("c"), {{"x", entry("v", 1)}});
  receive(node("b"), node("b"), {{"y", entry("v", 1)}});
  for (const auto& request : tick()) {
    BOOST_TEST(request.what.state.members.count(request.target.id) == 0U);
    if (request.target.id == "b")
      BOOST_TEST(request.what.state.members.count("c") == 0U);
    else
      BOOST_TEST(request.what.state.members.count("b") == 1U);
  }
}

BOOST_AUTO_TEST_CASE(have_as_many_targets_as_configured, *description("S2.8.5")) {
  for (const std::uint32_t fan_out : {1U, 3U, 10U, 50U}) {
    one_gossiper one{with_fan_out(fan_out)};
    one.sut.set_topology(many(10), one.now);
    std::set<node_id> chosen;
    for (int round = 0; round < 200; ++round) {
      BOOST_REQUIRE(one.sut.set_state("k", bytes(std::to_string(round)), one.now));
      std::set<node_id> targets;
      for (const auto& request : one.tick()) {
        targets.insert(request.target.id);
        one.sut.answered(request.token, {}, one.now);
      }
      BOOST_TEST(targets.size() == std::min(fan_out, 10U));
      chosen.merge(targets);
    }
    BOOST_TEST(chosen.size() == 10U);
  }
}

BOOST_AUTO_TEST_CASE(skip_peers_without_news, *description("S2.8.5")) {
  one_gossiper one{with_fan_out(3)};
  one.sut.set_topology(many(10), one.now);
  one.settle();
  one.receive(node("m100"), {{"k", entry("v", 1)}});
  std::size_t requests = 0;
  for (int round = 0; round < 3; ++round)
    for (const auto& request : one.tick()) {
      ++requests;
      one.sut.answered(request.token, {}, one.now);
    }
  BOOST_TEST(requests == 9U, "nine peers lack it, three at a time");
}

BOOST_AUTO_TEST_CASE(bring_a_new_member_everything, *description("S2.7.1 S2.7.2")) {
  set("k", "v");
  settle();
  join({node("b"), node("c"), node("d")});
  take();
  bool arrived = false;
  for (int round = 0; round < 3; ++round)
    for (const auto& request : tick())
      arrived = arrived || request.what.state.members.at("a").entries.count("k") > 0;
  BOOST_TEST(arrived);
  one_gossiper alone;
  BOOST_REQUIRE(alone.sut.set_state("k", {}, alone.now));
  alone.join({node("b")});
  BOOST_TEST(alone.take().size() == 1U, "the first peers are sent to at once");
}

BOOST_AUTO_TEST_CASE(do_not_go_to_those_who_left, *description("S2.7.3 D15")) {
  receive(node("b"), {{"k", entry("v", 1)}});
  const auto pending = tick();
  join({node("c")});
  set("l", "w");
  for (int round = 0; round < 10; ++round)
    for (const auto& request : tick()) {
      BOOST_TEST(request.target.id == "c");
      sut.answered(request.token, {}, now);
    }
  BOOST_TEST(sut.get_state("k").value().empty());
  BOOST_TEST((receive(node("b"), {{"k", entry("v", 2)}}).rejected == errc::stale_incarnation));
  receive(node("c"), node("b"), {{"k", entry("v", 2)}});
  BOOST_TEST(sut.get_state("k").value().empty(), "a late relay does not bring it back");
  BOOST_TEST(sut.metrics().members_refused == 1U);
  BOOST_TEST(sut.metrics().waiting == 0U);
  BOOST_TEST(sut.blocked_members().value().empty());
  join({node("b", 2), node("c")});
  receive(node("c"), node("b", 2), {{"k", entry("new", 1)}});
  BOOST_TEST(sut.get_state("k").value().size() == 1U);
}

BOOST_AUTO_TEST_CASE(may_come_before_the_membership_knows, *description("S2.7.2")) {
  receive(node("b"), node("d"), {{"k", entry("v", 1)}});
  BOOST_TEST(sut.get_state("k").value().empty());
  BOOST_TEST(sut.metrics().waiting == 1U);
  join({node("b"), node("c"), node("d")});
  take();
  BOOST_TEST((sut.get_state("k").value().at("d").value == bytes("v")));
  BOOST_TEST(only<gossip_update>(events).size() == 1U);
  BOOST_TEST(sut.metrics().waiting == 0U);
}

BOOST_AUTO_TEST_CASE(tell_of_an_undecodable_heartbeat_once, *description("S2.6.2")) {
  for (std::uint64_t i = 1; i <= 3; ++i)
    receive(node("b"), {{"heartbeat", entry("garbage", i)}});
  take();
  const auto told = only<gossip_input_refused>(events);
  BOOST_REQUIRE(told.size() == 1U);
  BOOST_TEST(told[0].member_id == "b");
  BOOST_TEST(told[0].what == heartbeat_key);
  const auto good = encode_heartbeat({}).value();
  receive(node("b"), {{"heartbeat", {good, 4, 0, false}}});
  receive(node("b"), {{"heartbeat", entry("garbage", 5)}});
  take();
  BOOST_TEST(only<gossip_input_refused>(events).size() == 2U);
  BOOST_TEST(sut.blocked_members().value().empty());
}

BOOST_AUTO_TEST_CASE(bring_lost_state_again_to_nodes_that_answer_no_questions,
                     *description("S2.5.5: of protocol version 1.2")) {
  one_gossiper one{with_fan_out(3)};
  one.join({node("b"), node("c")});
  one.receive(node("c"), {{"k", entry("v", 1)}});
  one.settle();
  const auto before = one.sut.metrics().requests_sent;
  std::vector<duration> repairs;
  const auto begin = one.now;
  while (one.now < begin + 90s) {
    one.sut.heard(node("b"), 12345, one.now);
    for (const auto& request : one.tick()) {
      if (request.what.state.members.count("c") > 0)
        repairs.push_back(one.now - begin);
      one.sut.answered(request.token, {}, one.now);
    }
  }
  BOOST_REQUIRE(repairs.size() == 4U);
  BOOST_TEST(one.sut.metrics().repairs == 4U);
  BOOST_TEST(one.sut.metrics().repairs_without_ranges == 4U);
  BOOST_TEST(one.sut.metrics().requests_sent == before + 4 + 4, "a question before each");
  for (std::size_t i = 2; i < repairs.size(); ++i)
    BOOST_TEST(
        std::abs((repairs[i] - repairs[i - 1]) / 1s - 2 * ((repairs[i - 1] - repairs[i - 2]) / 1s))
        <= 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
