#include "caf_gossip/state/state_store.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/gossiper_fixture.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;

namespace caf_gossip::test {

BOOST_FIXTURE_TEST_SUITE(state_store, one_store)

BOOST_AUTO_TEST_CASE(shows_what_was_set, *description("S5.2.1 S2.4.2")) {
  set("k", "v");
  BOOST_TEST((sut.get("a", "k")->value == bytes("v")));
  BOOST_TEST(!sut.get("b", "k").has_value());
  BOOST_TEST(!sut.get("a", "unknown").has_value());
  BOOST_TEST(!sut.get("nobody", "k").has_value());
  BOOST_TEST(sut.get("k").size() == 1U);
}

BOOST_AUTO_TEST_CASE(counts_the_writes_of_all_keys_with_one_counter,
                     *description("S2.4.3 S5.2.1")) {
  set("k", "1");
  set("l", "2");
  set("heartbeat", "3");
  set("heartbeat", "3");
  set("k", "5");
  BOOST_TEST(sut.get("a", "k")->sequence_number == 5U);
  BOOST_TEST(sut.get("a", "l")->sequence_number == 2U);
  BOOST_TEST(sut.get("a", "heartbeat")->sequence_number == 4U);
  BOOST_TEST(sut.own_sequence() == 5U);
}

BOOST_AUTO_TEST_CASE(stamps_writes_with_the_local_time, *description("S2.4.4 D16")) {
  now += 1500ms;
  set("k", "v");
  BOOST_TEST(sut.get("a", "k")->local_timestamp_unix_milliseconds == 1'001'500);
}

BOOST_AUTO_TEST_CASE(takes_an_empty_value_for_a_value, *description("S5.1.4")) {
  set("k", "");
  BOOST_REQUIRE(sut.get("a", "k").has_value());
  BOOST_TEST(sut.get("a", "k")->value.empty());
  BOOST_TEST((*sut.get("a", "k") == gossip_key_value{{}, 1, 1'000'000, false}));
  BOOST_TEST((*sut.get("a", "k") != gossip_key_value{{}, 2, 1'000'000, false}));
}

BOOST_AUTO_TEST_CASE(removes_with_one_write_and_only_what_is_there) {
  set("k", "v");
  BOOST_TEST(sut.remove_own("k", now));
  BOOST_TEST(!sut.get("a", "k").has_value());
  BOOST_TEST(sut.find("a", "k")->removed);
  BOOST_TEST(sut.own_sequence() == 2U);
  BOOST_TEST(!sut.remove_own("k", now));
  BOOST_TEST(!sut.remove_own("unknown", now));
  BOOST_TEST(sut.own_sequence() == 2U);
  set("k", "again");
  BOOST_TEST((sut.get("a", "k")->value == bytes("again")));
  BOOST_TEST(sut.tombstones() == 0U);
}

BOOST_AUTO_TEST_CASE(does_not_touch_other_members, *description("S5.2.1")) {
  merge("b", {{"k", entry("of b", 7)}});
  const auto before = sut.get("b", "k");
  set("k", "of a");
  sut.remove_own("k", now);
  BOOST_TEST((sut.get("b", "k") == before));
}

BOOST_AUTO_TEST_CASE(has_the_hash_of_what_it_shows) {
  one_store other;
  BOOST_TEST(sut.hash() == other.sut.hash());
  const auto empty = sut.hash();
  set("k", "v");
  merge("b", {{"l", entry("x", 4)}});
  BOOST_TEST(sut.hash() != empty);
  other.merge("b", {{"l", entry("x", 4)}});
  BOOST_TEST(sut.hash() != other.sut.hash());
  other.set("k", "v");
  BOOST_TEST(sut.hash() == other.sut.hash(), "whatever the order");
  other.set("k", "v");
  BOOST_TEST(sut.hash() != other.sut.hash(), "a new number makes a new state");
}

BOOST_AUTO_TEST_CASE(leaves_tombstones_and_the_numbers_of_heartbeats_out_of_the_hash) {
  const auto empty = sut.hash();
  set("k", "v");
  sut.remove_own("k", now);
  BOOST_TEST(sut.hash() == empty);
  set("heartbeat", "one");
  const auto beaten = sut.hash();
  BOOST_TEST(beaten != empty);
  set("heartbeat", "one");
  BOOST_TEST(sut.hash() == beaten);
  set("heartbeat", "two");
  BOOST_TEST(sut.hash() != beaten);
}

BOOST_AUTO_TEST_CASE(hashes_the_incarnation_with_the_state) {
  set("k", "v");
  const auto before = sut.hash();
  sut.set_incarnation(2);
  BOOST_TEST(sut.hash() != before);
  sut.set_incarnation(1);
  BOOST_TEST(sut.hash() == before);
}

BOOST_AUTO_TEST_CASE(forgets_a_member_with_all_it_published, *description("S2.7.3")) {
  const auto hash = sut.hash();
  const auto entries = sut.entries();
  merge("b", {{"k", entry("v", 1)}, {"l", tombstone(2)}});
  sut.forget("b");
  sut.forget("nobody");
  BOOST_TEST(sut.hash() == hash);
  BOOST_TEST(sut.entries() == entries);
  BOOST_TEST(sut.bytes() == 0U);
  BOOST_TEST(sut.tombstones() == 0U);
  BOOST_TEST(!sut.has_member("b"));
  BOOST_TEST(merge("b", {{"k", entry("v", 9)}}).empty(), "it must be admitted first");
  set("own", "v");
  sut.forget("a");
  BOOST_TEST(sut.has_member("a"), "this node cannot be forgotten");
}

BOOST_AUTO_TEST_CASE(admits_another_incarnation_without_the_state_of_the_last) {
  merge("b", {{"k", entry("v", 100)}});
  sut.admit("b", 2);
  BOOST_TEST(sut.incarnation_of("b") == 2U);
  BOOST_TEST(!sut.get("b", "k").has_value());
  BOOST_TEST(merge("b", {{"k", entry("new", 1)}}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(begins_anew_when_it_is_opened) {
  set("k", "v");
  merge("b", {{"k", entry("v", 1)}});
  const auto revision = sut.revision();
  sut.open("a");
  BOOST_TEST(sut.entries() == 0U);
  BOOST_TEST(sut.bytes() == 0U);
  BOOST_TEST(sut.hash() == 0U);
  BOOST_TEST(sut.own_sequence() == 0U);
  BOOST_TEST(sut.revision() > revision, "revisions go on");
  BOOST_TEST((sut.members() == std::vector<node_id>{"a"}));
}

BOOST_AUTO_TEST_CASE(collects_tombstones_that_all_know_after_a_while, *description("D15")) {
  set("k", "v");
  sut.remove_own("k", now);
  const auto number = sut.revision();
  sut.collect(number, 20s, 24h, now + 20s);
  BOOST_TEST(sut.tombstones() == 1U, "messages may be under way");
  sut.collect(number - 1, 20s, 24h, now + 20s + 1ns);
  BOOST_TEST(sut.tombstones() == 1U, "somebody does not know it yet");
  sut.collect(number, 20s, 24h, now + 20s + 1ns);
  BOOST_TEST(sut.tombstones() == 0U);
  BOOST_TEST(sut.entries() == 0U);
  BOOST_TEST(sut.bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(collects_old_tombstones_whoever_knows_them, *description("D15")) {
  merge("b", {{"k", tombstone(5)}, {"l", entry("v", 6)}});
  sut.collect(0, 20s, 24h, now + 24h);
  BOOST_TEST(sut.tombstones() == 1U);
  sut.collect(0, 20s, 24h, now + 24h + 1ns);
  BOOST_TEST(sut.tombstones() == 0U);
  BOOST_TEST(sut.get("b", "l").has_value());
}

BOOST_AUTO_TEST_CASE(does_not_collect_a_heartbeat_that_was_a_tombstone_once) {
  merge("b", {{"heartbeat", tombstone(5)}});
  merge("b", {{"heartbeat", entry("", 6)}});
  sut.collect(sut.revision(), 0s, 0s, now + 24h);
  BOOST_TEST(sut.get("b", "heartbeat").has_value());
  BOOST_TEST(sut.tombstones() == 0U);
}

BOOST_AUTO_TEST_CASE(reads_everything_under_a_key_or_a_prefix) {
  set("ab", "1");
  set("abc", "2");
  set(map_entry_key("ab.map", "x"), "3");
  merge("b", {{"ab", entry("4", 1)}, {"abd", tombstone(2)}});
  const auto keys = [this](std::string_view key, bool is_prefix) {
    std::string result;
    for (const auto& update : sut.read_updates(key, is_prefix))
      result += update.member_id + ":" + update.key + update.map_key.value_or("") + " ";
    return result;
  };
  BOOST_TEST(keys("ab", false) == "a:ab b:ab ");
  BOOST_TEST(keys("ab", true) == "a:ab a:ab.mapx a:abc b:ab ");
  BOOST_TEST(keys("ab.map", false) == "a:ab.mapx ");
  BOOST_TEST(keys("x", true) == "");
  BOOST_TEST(sut.read_updates("ab", false).front().revision == sut.revision());
}

BOOST_AUTO_TEST_CASE(counts_entries_and_bytes_as_they_are) {
  set("k", "four");
  set(map_entry_key("m", "x"), "1");
  merge("b", {{"long key", entry("v", 1)}, {"gone", tombstone(2)}});
  BOOST_TEST(sut.entries() == 4U);
  const auto expected = entry_bytes("k", bytes("four")) + entry_bytes("m.x", bytes("1"))
                        + entry_bytes("long key", bytes("v")) + entry_bytes("gone", {});
  BOOST_TEST(sut.bytes() == expected);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
