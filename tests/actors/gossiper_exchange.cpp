// What the gossiper sends to others, what it makes of their answers, and how it answers them.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/actors/lonely_gossiper.hpp"

namespace caf_gossip::test {

using boost::unit_test::description;

namespace {

/// A running gossiper with two peers, which has told them of its first heartbeat.
struct with_two_peers : lonely_gossiper {
  explicit with_two_peers(config tuned = {}) : lonely_gossiper(std::move(tuned)) {
    (void)start();
    set_members({state->read([](const auto& core) { return core.self(); }), peer(1), peer(2)});
    set("key", "value");
    world.advance(500ms);
  }

  void set(std::string_view key, std::string_view value) {
    BOOST_REQUIRE(state
                      ->with([&](gossiper& core, time_point now) {
                        return core.set_state(key, bytes(value), now);
                      })
                      .has_value());
  }

  [[nodiscard]] state_metrics metrics() const {
    return state->read([](const auto& core) { return core.metrics(); });
  }

  [[nodiscard]] state_holders holders() const {
    return state->read([](const auto& core) { return core.holders(); });
  }

  [[nodiscard]] const gossip_request& request(std::size_t i) const {
    return std::get<gossip_request>(std::get<state_payload>(seen->asked.at(i).what.message.body));
  }

  void reply_to_all() {
    for (std::size_t i = 0; i < seen->asked.size(); ++i)
      reply(i, {});
    seen->asked.clear();
  }
};

struct quick_timeout : with_two_peers {
  quick_timeout() : with_two_peers(tuned()) {}

  static config tuned() {
    config result;
    result.gossip_request_timeout = 100ms;
    return result;
  }
};

const gossip_response& response_in(const net::outbound& what) {
  return std::get<gossip_response>(std::get<state_payload>(what.message.body));
}

} // namespace

BOOST_AUTO_TEST_SUITE(gossiper_exchange)

BOOST_FIXTURE_TEST_CASE(asks_peers_over_streams_in_its_own_name, with_two_peers,
                        *description("S2.2.1 S2.8.1")) {
  BOOST_REQUIRE(seen->asked.size() == 2U);
  const auto& asked = seen->asked.front().what;
  BOOST_TEST(asked.message.head.sender.id == "alone");
  BOOST_TEST(asked.message.head.sender.incarnation == 7U);
  BOOST_TEST(asked.message.head.receiver_incarnation == 100U);
  BOOST_TEST((asked.via == channel::stream));
  BOOST_TEST(asked.expects_reply);
  BOOST_TEST(request(0).from_member_id == "alone");
  BOOST_TEST((request(0).state.members.at("alone").entries.at("key").value == bytes("value")));
}

BOOST_FIXTURE_TEST_CASE(takes_an_answer_for_an_acknowledgement, with_two_peers,
                        *description("S5.3.2 S2.8.2")) {
  BOOST_TEST(holders().holders == 0U);
  reply(0, {});
  BOOST_TEST(holders().holders == 1U);
  reply(1, {});
  BOOST_TEST((holders() == state_holders{2, 2}));
  BOOST_TEST(metrics().requests_answered == 2U);
}

BOOST_FIXTURE_TEST_CASE(merges_and_tells_what_an_answer_brings, with_two_peers,
                        *description("S5.3.2 S5.3.3")) {
  reply_as(peer(1), seen->asked[0].what.target == peer(1).address ? 0 : 1,
           state_payload{gossip_response{errc::none, request_of(peer(1), "news", "n").state}});
  const auto updates = told<gossip_update>();
  BOOST_REQUIRE(updates.size() == 1U);
  BOOST_TEST(updates.front().member_id == "peer-1");
  BOOST_TEST(updates.front().key == "news");
  BOOST_TEST((updates.front().value == bytes("n")));
}

BOOST_FIXTURE_TEST_CASE(tells_of_a_request_that_failed_and_sends_again, with_two_peers,
                        *description("S2.8.3")) {
  const auto target = seen->asked[0].what.target;
  fail_request(0, {errc::timeout, "no answer"});
  reply(1, {});
  const auto failures = told<gossip_request_failed>();
  BOOST_REQUIRE(failures.size() == 1U);
  BOOST_TEST((failures.front().target.address == target));
  BOOST_TEST((failures.front().code == errc::timeout));
  BOOST_TEST(failures.front().reason == "no answer");
  BOOST_TEST((holders() == state_holders{1, 2}));
  BOOST_TEST(metrics().requests_timed_out == 1U);
  seen->asked.clear();
  world.advance(500ms);
  bool is_sent_again = false;
  for (const auto& again : seen->asked)
    is_sent_again = is_sent_again || again.what.target == target;
  BOOST_TEST(is_sent_again);
}

BOOST_FIXTURE_TEST_CASE(takes_no_answer_but_that_of_the_member_it_asked, with_two_peers,
                        *description("S2.8.2")) {
  reply_as({"stranger", 100, {"127.0.0.1", 6001}}, 0, state_payload{gossip_response{}});
  auto other_run = peer(1);
  other_run.incarnation = 101;
  reply_as(other_run, 1, state_payload{gossip_response{}});
  const auto failures = told<gossip_request_failed>();
  BOOST_REQUIRE(failures.size() == 2U);
  for (const auto& failed : failures)
    BOOST_TEST((failed.code == errc::stale_incarnation));
  BOOST_TEST(failures.front().reason.find("stranger") != std::string::npos);
  BOOST_TEST(holders().holders == 0U);
}

BOOST_FIXTURE_TEST_CASE(takes_a_refusal_or_nonsense_for_a_failure, with_two_peers,
                        *description("S2.8.2 S2.8.3")) {
  reply_as(peer(1), 0, wire::reject{errc::wrong_protocol, "too new"});
  reply_as(seen->asked[1].what.target == peer(1).address ? peer(1) : peer(2), 1,
           membership_payload{heartbeat{1}});
  const auto failures = told<gossip_request_failed>();
  BOOST_REQUIRE(failures.size() == 2U);
  BOOST_TEST((failures[0].code == errc::wrong_protocol));
  BOOST_TEST(failures[0].reason == "too new");
  BOOST_TEST((failures[1].code == errc::invalid_argument));
  BOOST_TEST(metrics().requests_failed == 2U);
}

BOOST_FIXTURE_TEST_CASE(counts_answers_that_nobody_waits_for, with_two_peers,
                        *description("S2.8.2")) {
  // Not even one whose correlation id is the token of a request that is under way.
  for (std::uint64_t correlation : {1U, 2U, 3U})
    arrive(frame_of(peer(1), state_payload{gossip_response{}}, correlation));
  BOOST_TEST(metrics().answers_unexpected == 3U);
  BOOST_TEST(holders().holders == 0U);
}

BOOST_FIXTURE_TEST_CASE(answers_a_request_at_the_address_of_its_sender, with_two_peers,
                        *description("S2.8.2")) {
  arrive(frame_of(peer(1), state_payload{request_of(peer(1), "news", "n")}, 4711));
  BOOST_REQUIRE(seen->sent.size() == 1U);
  const auto& sent = seen->sent.front();
  BOOST_TEST((sent.target == peer(1).address));
  BOOST_TEST((sent.via == channel::stream));
  BOOST_TEST(!sent.expects_reply);
  BOOST_TEST(sent.message.head.correlation == 4711U);
  BOOST_TEST(sent.message.head.receiver_incarnation == 100U);
  BOOST_TEST(sent.message.head.sender.id == "alone");
  BOOST_TEST((response_in(sent).rejected == errc::none));
  BOOST_REQUIRE(response_in(sent).state.has_value());
  BOOST_TEST(response_in(sent).state->members.count("alone") == 1U);
  BOOST_TEST(told<gossip_update>().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(passes_news_on_at_once, with_two_peers, *description("S2.4.2")) {
  seen->news.clear();
  arrive(frame_of(peer(1), state_payload{request_of(peer(1), "news", "n")}, 0));
  world.advance(1ms);
  const auto is_of_peer = [](const net::outbound& what) {
    const auto& request = std::get<gossip_request>(std::get<state_payload>(what.message.body));
    return request.state.members.contains(peer(1).id);
  };
  BOOST_REQUIRE(std::count_if(seen->news.begin(), seen->news.end(), is_of_peer) == 1);
  const auto& told = *std::find_if(seen->news.begin(), seen->news.end(), is_of_peer);
  BOOST_TEST((told.target == peer(2).address)); // the other one knows
  BOOST_TEST((told.via == channel::datagram));
  BOOST_TEST(!told.expects_reply);
}

BOOST_FIXTURE_TEST_CASE(rejects_whom_it_does_not_know, with_two_peers, *description("S2.8.2")) {
  arrive(frame_of(peer(3), state_payload{request_of(peer(3), "news", "n")}, 1));
  auto liar = request_of(peer(1), "news", "n");
  liar.from_member_id = "peer-2";
  arrive(frame_of(peer(1), state_payload{liar}, 2));
  BOOST_REQUIRE(seen->sent.size() == 2U);
  BOOST_TEST((response_in(seen->sent[0]).rejected == errc::unknown_authority));
  BOOST_TEST((response_in(seen->sent[1]).rejected == errc::invalid_argument));
  BOOST_TEST(told<gossip_update>().empty());
}

BOOST_FIXTURE_TEST_CASE(merges_a_request_that_wants_no_answer, with_two_peers,
                        *description("S2.8.2")) {
  arrive(frame_of(peer(1), state_payload{request_of(peer(1), "news", "n")}, 0));
  BOOST_TEST(seen->sent.empty());
  BOOST_TEST(told<gossip_update>().size() == 1U);
}

// -- the end --------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(says_goodbye_and_waits_for_the_answers, with_two_peers,
                        *description("S2.9.1 S2.9.2 S2.1.3")) {
  reply_to_all();
  (void)take_calls();
  const auto stopping = stop();
  BOOST_REQUIRE(seen->asked.size() == 2U);
  BOOST_TEST(request(0).state.members.at("alone").entries.count("gracefully_left") == 1U);
  BOOST_TEST(seen->calls.empty());
  world.advance(100ms);
  reply(0, {});
  BOOST_TEST(!stopping.arrived());
  reply(1, {});
  BOOST_REQUIRE(stopping.arrived());
  BOOST_TEST(stopping.code() == errc::none);
  BOOST_TEST(
      take_calls()
          == (std::vector<std::string>{"leave", "unsubscribe", "shut down", "stop transport"}),
      boost::test_tools::per_element());
  BOOST_TEST(metrics().requests_answered >= 4U);
}

BOOST_FIXTURE_TEST_CASE(sends_the_goodbye_after_an_answer_that_is_under_way, with_two_peers,
                        *description("S2.9.1 S2.9.2")) {
  const auto stopping = stop();
  BOOST_TEST(seen->asked.size() == 2U);
  reply(0, {});
  reply(1, {});
  BOOST_REQUIRE(seen->asked.size() == 4U);
  BOOST_TEST(request(3).state.members.at("alone").entries.count("gracefully_left") == 1U);
  BOOST_TEST(!stopping.arrived());
  reply(2, {});
  reply(3, {});
  BOOST_TEST(stopping.code() == errc::none);
}

BOOST_FIXTURE_TEST_CASE(stops_by_the_request_timeout_when_nobody_answers, quick_timeout,
                        *description("S2.9.1 S2.8.4")) {
  const auto stopping = stop();
  world.advance(199ms);
  BOOST_TEST(!stopping.arrived());
  world.advance(1ms);
  BOOST_TEST(stopping.code() == errc::none);
}

BOOST_FIXTURE_TEST_CASE(refuses_new_work_while_it_stops, with_two_peers, *description("S2.9.3")) {
  const auto stopping = stop();
  BOOST_TEST(!stopping.arrived());
  const auto before = state->read([](const auto& core) { return core.own_sequence(); });
  BOOST_TEST(node.ask<void>(sut, set_state{"key", bytes("late")}).code() == errc::already_stopped);
  BOOST_TEST(node.ask<void>(sut, remove_state{"key"}).code() == errc::already_stopped);
  BOOST_TEST(node.ask<void>(sut, set_map_state{"map", "k", {}}).code() == errc::already_stopped);
  BOOST_TEST(node.ask<gossip_values>(sut, get_state{"key"}).code() == errc::already_stopped);
  arrive(frame_of(peer(1), state_payload{request_of(peer(1), "news", "n")}, 1));
  BOOST_REQUIRE(seen->sent.size() == 1U);
  BOOST_TEST((response_in(seen->sent.front()).rejected == errc::already_stopped));
  BOOST_TEST(state->read([](const auto& core) { return core.own_sequence(); }) == before);
  BOOST_TEST(told<gossip_update>().empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
