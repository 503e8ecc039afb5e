/// What goes into one message.
#include <boost/test/unit_test.hpp>

#include "tests/support/gossiper_fixture.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;

namespace caf_gossip::test {

namespace {

struct full_store : one_store {
  node_id cursor;
  delta_target target{"t", 0, 0};
  delta_limits limits;

  state_delta next() { return sut.delta_for(target, limits, cursor); }

  /// The members of a delta and their keys: "a:k,l b:k".
  static std::string show(const state_delta& delta) {
    std::string result;
    for (const auto& [id, state] : delta.state.members) {
      result += (result.empty() ? "" : " ") + id + ":";
      for (const auto& [key, value] : state.entries)
        result += (result.back() == ':' ? "" : ",") + key;
    }
    return result;
  }

  /// Sends and acknowledges until there is nothing more, or `rounds` times.
  std::vector<std::string> drain(int rounds = 100) {
    std::vector<std::string> result;
    for (auto delta = next(); delta.entries > 0 && rounds > 0; delta = next(), --rounds) {
      result.push_back(show(delta));
      target.acknowledged = delta.up_to;
      target.others_turn = !target.others_turn;
    }
    return result;
  }

  void merge_many(int members) {
    for (int i = 0; i < members; ++i) {
      const auto id = "m" + std::to_string(100 + i);
      sut.admit(id, 1);
      merge(id, {{"k", entry("v", 1)}});
    }
  }
};

using lines = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(delta, full_store)

BOOST_AUTO_TEST_CASE(holds_what_was_not_acknowledged, *description("S2.4.2 S2.8.3")) {
  set("k", "1");
  merge("b", {{"l", entry("2", 1)}});
  const auto first = next();
  BOOST_TEST(show(first) == "a:k b:l");
  BOOST_TEST(first.entries == 2U);
  BOOST_TEST(first.up_to == sut.revision());
  BOOST_TEST(show(next()) == "a:k b:l", "nothing is taken for sent");
  target.acknowledged = first.up_to;
  BOOST_TEST(next().entries == 0U);
  set("m", "3");
  BOOST_TEST(show(next()) == "a:m");
  BOOST_TEST(next().state.members.at("a").incarnation == 1U);
}

BOOST_AUTO_TEST_CASE(holds_nothing_of_the_target_or_from_it) {
  merge("b", {{"k", entry("v", 1)}}, 7);
  merge("c", {{"k", entry("v", 1)}}, 8);
  target = {"b", 8, 0};
  const auto delta = next();
  BOOST_TEST(delta.entries == 0U);
  BOOST_TEST(delta.state.members.empty());
  BOOST_TEST(delta.up_to == sut.revision());
  target = {"t", 7, 0};
  BOOST_TEST(show(next()) == "c:k");
}

BOOST_AUTO_TEST_CASE(holds_so_many_members_exactly, *description("S2.8.6 D13")) {
  set("own", "v");
  merge_many(99);
  for (const std::size_t max : {2U, 3U, 50U, 100U, 101U}) {
    limits.members = max;
    target.acknowledged = 0;
    const auto delta = next();
    BOOST_TEST(delta.state.members.size() == std::min<std::size_t>(max, 100));
    BOOST_TEST(delta.state.members.count("a") == 1U);
  }
}

BOOST_AUTO_TEST_CASE(brings_the_rest_later, *description("S2.8.6")) {
  set("own", "v");
  merge_many(5);
  limits.members = 3;
  BOOST_TEST((drain() == lines{"a:own m100:k m101:k", "m102:k m103:k m104:k"}));
}

BOOST_AUTO_TEST_CASE(includes_this_node_with_its_heartbeat_at_least, *description("S2.8.6")) {
  set("heartbeat", "h");
  drain();
  merge_many(3);
  set("heartbeat", "h");
  limits.members = 2;
  limits.heartbeats = 0;
  BOOST_TEST((drain() == lines{"a:heartbeat m100:k", "a:heartbeat m101:k", "a:heartbeat m102:k"}));
}

BOOST_AUTO_TEST_CASE(takes_turns_when_there_is_room_for_one_member, *description("S2.8.6")) {
  limits.members = 1;
  merge_many(3);
  lines seen;
  for (int i = 0; i < 8; ++i) {
    set("own", std::to_string(i));
    for (const auto& line : drain(1))
      seen.push_back(line);
  }
  for (const auto* line : {"m100:k", "m101:k", "m102:k", "a:own"})
    BOOST_TEST(std::count(seen.begin(), seen.end(), line) >= 1, line);
}

BOOST_AUTO_TEST_CASE(is_not_filled_up_by_this_node, *description("S2.8.6 D13")) {
  limits.bytes = 2000;
  merge_many(3);
  lines seen;
  for (int i = 0; i < 10; ++i) {
    for (int key = 0; key < 20; ++key)
      set("own" + std::to_string(key), "v");
    for (const auto& line : drain(1))
      seen.push_back(line);
  }
  BOOST_TEST(seen.front().find("m100:k m101:k m102:k") != std::string::npos, seen.front());
  BOOST_TEST(seen.back().find("m100") == std::string::npos, seen.back());
}

BOOST_AUTO_TEST_CASE(stays_within_its_bytes, *description("D13")) {
  for (int i = 0; i < 40; ++i)
    set("own" + std::to_string(100 + i), "v");
  merge_many(40);
  limits.bytes = 1500;
  std::size_t rounds = 0;
  for (auto delta = next(); delta.entries > 0; delta = next(), ++rounds) {
    std::size_t size = 0;
    for (const auto& [id, state] : delta.state.members)
      for (const auto& [key, value] : state.entries)
        size += entry_bytes(key, value.value);
    BOOST_TEST(size <= limits.bytes);
    BOOST_REQUIRE(delta.up_to > target.acknowledged);
    target.acknowledged = delta.up_to;
  }
  BOOST_TEST(rounds >= 8U);
  BOOST_TEST(rounds <= 20U);
}

BOOST_AUTO_TEST_CASE(takes_the_largest_entries_with_the_smallest_limit, *description("D13")) {
  const auto largest = entry_bytes("k", byte_buffer(900));
  limits.bytes = 2 * largest;
  (void)sut.set_own("h", byte_buffer(900), now);
  (void)sut.set_own("k", byte_buffer(900), now);
  merge("b", {{"k", {byte_buffer(900), 1, 0, false}}, {"l", {byte_buffer(900), 2, 0, false}}});
  (void)sut.set_own("heartbeat", byte_buffer(800), now);
  BOOST_TEST(drain().size() <= 4U);
  BOOST_TEST(next().entries == 0U);
}

BOOST_AUTO_TEST_CASE(is_not_made_of_refreshed_heartbeats) {
  set("heartbeat", "h");
  merge("b", {{"heartbeat", entry("h", 1)}});
  BOOST_TEST((drain() == lines{"a:heartbeat b:heartbeat"}));
  set("heartbeat", "h");
  merge("b", {{"heartbeat", entry("h", 2)}});
  BOOST_TEST(next().entries == 0U, "a quiet cluster sends nothing");
  BOOST_TEST(next().up_to == sut.revision());
  merge("b", {{"heartbeat", entry("new", 3)}});
  const auto delta = next();
  BOOST_TEST(show(delta) == "a:heartbeat b:heartbeat");
  BOOST_TEST(delta.entries == 1U, "the other one rides along");
  BOOST_TEST(delta.state.members.at("a").entries.at("heartbeat").sequence_number == 2U);
}

BOOST_AUTO_TEST_CASE(carries_the_refreshed_heartbeats_of_some_others_by_turns,
                     *description("S2.6.3")) {
  for (const auto* id : {"b", "c", "d", "e", "f", "t"}) {
    sut.admit(id, 1);
    merge(id, {{"heartbeat", entry("h", 1)}});
  }
  target.acknowledged = sut.revision();
  limits.heartbeats = 2;
  std::string seen;
  for (int i = 0; i < 5; ++i) {
    set("k", std::to_string(i));
    seen += show(next()) + "; ";
  }
  for (const auto* id : {"b:", "c:", "d:", "e:", "f:"})
    BOOST_TEST(seen.find(id) != std::string::npos, seen);
  BOOST_TEST(seen.find("t:") == std::string::npos, "the target has its own");
}

BOOST_AUTO_TEST_CASE(has_everything_for_a_new_incarnation) {
  set("k", "1");
  set("l", "2");
  sut.remove_own("l", now);
  target.acknowledged = sut.revision();
  sut.set_incarnation(2);
  const auto delta = next();
  BOOST_TEST(show(delta) == "a:k,l");
  BOOST_TEST(delta.state.members.at("a").incarnation == 2U);
  BOOST_TEST(sut.tombstones() == 1U);
  BOOST_TEST(sut.last_own_arrival() == sut.revision());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
