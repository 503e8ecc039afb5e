/// The goodbye of the gossiper core.
#include <boost/test/unit_test.hpp>

#include "tests/support/gossiper_fixture.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;

namespace caf_gossip::test {

namespace {

struct stopping_member : one_gossiper {
  stopping_member() {
    join({node("b"), node("c"), node("d"), node("e"), node("f")});
    settle();
  }

  static bool says_goodbye(const state_outbound& request) {
    const auto own = request.what.state.members.find("a");
    return own != request.what.state.members.end()
           && own->second.entries.count(std::string{gracefully_left_key}) > 0;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gossiper_stopping, stopping_member)

BOOST_AUTO_TEST_CASE(sends_the_goodbye_at_once, *description("S2.9.2 D5")) {
  BOOST_REQUIRE(sut.begin_stop(now));
  const auto requests = take();
  BOOST_TEST(requests.size() == cfg.gossip_fan_out);
  for (const auto& request : requests)
    BOOST_TEST(says_goodbye(request));
  BOOST_TEST(!sut.is_idle());
  for (const auto& request : requests)
    sut.answered(request.token, {}, now);
  BOOST_TEST(sut.is_idle());
  BOOST_TEST(take().empty());
  BOOST_TEST(sut.holders().holders == cfg.gossip_fan_out);
}

BOOST_AUTO_TEST_CASE(waits_for_requests_under_way, *description("S2.9.1")) {
  BOOST_REQUIRE(sut.set_state("k", bytes("v"), now));
  std::vector<state_outbound> under_way;
  for (int i = 0; i < 3 && under_way.size() < 5; ++i)
    for (auto& request : tick())
      under_way.push_back(std::move(request));
  BOOST_REQUIRE(under_way.size() == 5U);
  BOOST_REQUIRE(sut.begin_stop(now));
  BOOST_TEST(take().empty(), "one request at a time to each");
  std::size_t goodbyes = 0;
  for (const auto& request : under_way) {
    BOOST_TEST(!sut.is_idle());
    sut.answered(request.token, {}, now);
    for (const auto& next : take()) {
      goodbyes += says_goodbye(next) ? 1 : 0;
      sut.answered(next.token, {}, now);
    }
  }
  BOOST_TEST(goodbyes == cfg.gossip_fan_out);
  BOOST_TEST(sut.is_idle());
}

BOOST_AUTO_TEST_CASE(does_not_try_the_silent_again, *description("S2.9.1")) {
  BOOST_REQUIRE(sut.set_state("k", bytes("v"), now));
  const auto under_way = tick();
  BOOST_REQUIRE(sut.begin_stop(now));
  auto goodbyes = take();
  for (const auto& request : under_way)
    sut.failed(request.token, {errc::timeout, ""}, now);
  for (const auto& request : goodbyes)
    sut.failed(request.token, {errc::timeout, ""}, now);
  BOOST_TEST(take().empty());
  BOOST_TEST(sut.is_idle(), "one timeout is all it costs");
}

BOOST_AUTO_TEST_CASE(sends_all_that_it_has_not_sent_yet, *description("S2.9.2")) {
  config small;
  small.state_value_bytes_max = 256;
  small.state_message_bytes_max = 1600;
  one_gossiper one{small};
  one.join({node("b")});
  for (int i = 0; i < 40; ++i)
    BOOST_REQUIRE(one.sut.set_state("k" + std::to_string(i), byte_buffer(200), one.now));
  BOOST_REQUIRE(one.sut.begin_stop(one.now));
  bool said = false;
  std::size_t keys = 0;
  for (auto requests = one.take(); !requests.empty(); requests = one.take()) {
    BOOST_REQUIRE(requests.size() == 1U);
    keys += requests[0].what.state.members.at("a").entries.size();
    said = said || says_goodbye(requests[0]);
    one.sut.answered(requests[0].token, {}, one.now);
  }
  BOOST_TEST(said);
  BOOST_TEST(keys == 41U);
  BOOST_TEST(one.sut.is_idle());
}

BOOST_AUTO_TEST_CASE(is_idle_without_peers, *description("S2.9.1")) {
  one_gossiper alone;
  BOOST_REQUIRE(alone.sut.begin_stop(alone.now));
  BOOST_TEST(alone.sut.is_idle());
  BOOST_TEST(alone.take().empty());
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_who_is_gone, *description("S2.9.1")) {
  BOOST_REQUIRE(sut.begin_stop(now));
  BOOST_TEST(!sut.is_idle());
  join({});
  BOOST_TEST(sut.is_idle());
}

BOOST_AUTO_TEST_CASE(refuses_new_work, *description("S2.9.3 D5")) {
  BOOST_REQUIRE(sut.set_state("k", bytes("v"), now));
  BOOST_REQUIRE(sut.begin_stop(now));
  const auto check = [this] {
    const auto revision = sut.revision();
    for (const auto code :
         {code_of(sut.set_state("k", {}, now)), code_of(sut.remove_state("k", now)),
          code_of(sut.set_map_state("m", "x", {}, now)),
          code_of(sut.remove_map_state("m", "x", now)), code_of(sut.get_state("k")),
          code_of(sut.get_state("b", "k")), code_of(sut.get_map_state("m", "x")),
          code_of(sut.get_map_keys("m")), code_of(sut.get_merged_map("m")),
          code_of(sut.blocked_members()), code_of(sut.block_members({"b"}, now)),
          code_of(sut.unblock_member("b", now)),
          receive(node("b"), {{"x", entry("v", 1)}}).rejected})
      BOOST_TEST((code == errc::already_stopped));
    BOOST_TEST(sut.revision() == revision);
  };
  check();
  BOOST_REQUIRE(sut.finish_stop());
  check();
}

BOOST_AUTO_TEST_CASE(refuses_everything_before_the_start, *description("S2.4.1 S2.4.2 S2.4.5")) {
  gossiper_core fresh{cfg};
  BOOST_TEST((code_of(fresh.set_state("k", {}, now)) == errc::not_started));
  BOOST_TEST((code_of(fresh.get_state("k")) == errc::not_started));
  BOOST_TEST((code_of(fresh.set_map_state("m", "x", {}, now)) == errc::not_started));
  BOOST_TEST((code_of(fresh.blocked_members()) == errc::not_started));
  envelope head;
  head.sender = node("b");
  BOOST_TEST((fresh.receive(head, {"b", {}}, now).rejected == errc::not_started));
  BOOST_TEST(fresh.state_hash() == 0U);
  BOOST_TEST(fresh.take_outcome().empty());
}

BOOST_AUTO_TEST_CASE(forgets_everything_at_the_end, *description("S2.9.4")) {
  BOOST_REQUIRE(sut.set_state("k", bytes("v"), now, 10ms));
  BOOST_REQUIRE(sut.block_members({"b"}, now));
  receive(node("c"), node("z"), {{"x", entry("v", 1)}});
  const auto late = tick();
  BOOST_REQUIRE(sut.begin_stop(now));
  BOOST_REQUIRE(sut.finish_stop());
  BOOST_TEST(!sut.has_outcome());
  BOOST_TEST((sut.next_deadline() == never));
  const auto left = sut.metrics();
  BOOST_TEST(left.members + left.entries + left.bytes + left.tombstones + left.blocked
                 + left.waiting + left.in_flight
             == 0U);
  BOOST_REQUIRE(sut.start("a", now));
  BOOST_TEST(sut.get_state("k").value().empty());
  BOOST_TEST(sut.own_sequence() == 0U);
  for (const auto& request : late)
    sut.answered(request.token, {}, now);
  BOOST_TEST(sut.metrics().answers_unexpected == late.size());
}

BOOST_AUTO_TEST_CASE(makes_others_block_the_leaver, *description("S2.9.2 S2.10.3")) {
  gossiper_cluster all{5};
  all.round(3);
  BOOST_REQUIRE(all.at(0).begin_stop(all.now));
  all.exchange();
  BOOST_TEST(all.at(0).is_idle());
  BOOST_REQUIRE(all.at(0).finish_stop());
  std::size_t saw = 0;
  for (std::size_t i = 1; i < 5; ++i)
    saw += all.at(i).get_state(gracefully_left_key).value().count("0");
  BOOST_TEST(saw == 3U);
  for (int round = 0; round < 10; ++round) {
    all.now += 500ms;
    for (std::size_t i = 1; i < 5; ++i)
      all.at(i).tick(all.now);
    all.exchange();
  }
  std::size_t blocks = 0;
  for (std::size_t i = 1; i < 5; ++i)
    blocks += all.at(i).is_blocked("0") ? 1 : 0;
  BOOST_TEST(blocks >= 3U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
