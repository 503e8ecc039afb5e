/// Maps under one key: entries of their own on the way, one value for readers.
#include <boost/test/unit_test.hpp>

#include "caf_gossip/state/map_codec.hpp"
#include "tests/support/gossiper_fixture.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;

namespace caf_gossip::test {

namespace {

struct two_maps : one_gossiper {
  two_maps() {
    join({node("b")});
    set("x", "1");
    set("y", "2");
  }

  void set(std::string_view map_key, std::string_view value) {
    BOOST_REQUIRE(sut.set_map_state("map", map_key, bytes(value), now));
  }

  [[nodiscard]] std::optional<byte_buffer> get(std::string_view map_key) const {
    return sut.get_map_state("map", map_key).value();
  }

  [[nodiscard]] std::vector<std::string> keys() const { return sut.get_map_keys("map").value(); }

  /// What all see under the key, decoded.
  [[nodiscard]] std::optional<state_map> seen() const {
    const auto all = sut.get_state("map").value();
    return all.count("a") == 0 ? std::nullopt : decode_map(all.at("a").value);
  }
};

using names = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(map_state, two_maps)

BOOST_AUTO_TEST_CASE(gives_back_what_was_set, *description("S5.1.1")) {
  BOOST_TEST((get("x") == bytes("1")));
  BOOST_TEST((get("y") == bytes("2")));
  set("x", "other");
  BOOST_TEST((get("x") == bytes("other")));
  BOOST_TEST((keys() == names{"x", "y"}));
}

BOOST_AUTO_TEST_CASE(lists_its_keys_sorted, *description("S5.1.1")) {
  for (const auto* key : {"b", "heartbeat", "\xc3\xa4", "B", "b"})
    set(key, "v");
  BOOST_TEST((keys() == names{"B", "b", "heartbeat", "x", "y", "\xc3\xa4"}));
}

BOOST_AUTO_TEST_CASE(removes_an_entry, *description("S5.1.1")) {
  const auto sequence = sut.own_sequence();
  BOOST_REQUIRE(sut.remove_map_state("map", "x", now));
  BOOST_TEST(!get("x").has_value());
  BOOST_TEST((keys() == names{"y"}));
  BOOST_TEST(sut.own_sequence() == sequence + 1);
  BOOST_REQUIRE(sut.remove_map_state("map", "x", now));
  BOOST_REQUIRE(sut.remove_map_state("map", "unknown", now));
  BOOST_REQUIRE(sut.remove_map_state("unknown", "x", now));
  BOOST_TEST(sut.own_sequence() == sequence + 1, "nothing was there to remove");
}

BOOST_AUTO_TEST_CASE(knows_nothing_of_the_unknown, *description("S5.1.1")) {
  BOOST_TEST(!get("unknown").has_value());
  BOOST_TEST(!sut.get_map_state("unknown", "x").value().has_value());
  BOOST_TEST(sut.get_map_keys("unknown").value().empty());
}

BOOST_AUTO_TEST_CASE(counts_every_change_once, *description("S5.1.1 S2.4.3")) {
  const auto sequence = sut.own_sequence();
  set("x", "1");
  set("z", "1");
  BOOST_REQUIRE(sut.remove_state("map", now));
  BOOST_TEST(sut.own_sequence() == sequence + 3);
}

BOOST_AUTO_TEST_CASE(is_one_value_for_readers, *description("S5.1.1")) {
  BOOST_TEST((seen() == state_map{{"x", bytes("1")}, {"y", bytes("2")}}));
  BOOST_TEST(sut.get_state("map").value().at("a").sequence_number == 2U);
  BOOST_REQUIRE(sut.remove_map_state("map", "x", now));
  BOOST_REQUIRE(sut.remove_map_state("map", "y", now));
  BOOST_TEST(sut.get_state("map").value().empty(), "an empty map is no map");
}

BOOST_AUTO_TEST_CASE(is_replaced_by_a_plain_value, *description("S5.1.1")) {
  BOOST_REQUIRE(sut.set_state("map", bytes("plain"), now));
  BOOST_TEST((sut.get_state("map").value().at("a").value == bytes("plain")));
  BOOST_TEST(!get("x").has_value());
  BOOST_TEST(keys().empty());
  BOOST_TEST((code_of(sut.set_map_state("map", "x", {}, now)) == errc::invalid_state));
  BOOST_TEST((sut.get_state("map").value().at("a").value == bytes("plain")));
  BOOST_REQUIRE(sut.remove_state("map", now));
  set("z", "new");
  BOOST_TEST((seen() == state_map{{"z", bytes("new")}}), "the old entries do not come back");
}

BOOST_AUTO_TEST_CASE(names_the_key_that_holds_a_plain_value, *description("S5.1.1")) {
  BOOST_REQUIRE(sut.set_state("plain", bytes("v"), now));
  const auto refused = sut.set_map_state("plain", "x", {}, now);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().text.find("plain") != std::string::npos, refused.error().text);
  BOOST_TEST(sut.get_map_keys("plain").value().empty());
  BOOST_TEST(!sut.get_map_state("plain", "x").value().has_value());
  BOOST_REQUIRE(sut.remove_map_state("plain", "x", now));
}

BOOST_AUTO_TEST_CASE(is_not_the_map_under_a_longer_key) {
  BOOST_REQUIRE(sut.set_map_state("map2", "x", bytes("v"), now));
  BOOST_REQUIRE(sut.set_map_state("ma", "px", bytes("v"), now));
  BOOST_TEST((keys() == names{"x", "y"}));
  BOOST_REQUIRE(sut.remove_state("map", now));
  BOOST_TEST((sut.get_map_keys("map2").value() == names{"x"}));
  BOOST_TEST((sut.get_map_keys("ma").value() == names{"px"}));
}

BOOST_AUTO_TEST_CASE(of_others_is_reached_through_their_state, *description("S5.1.1")) {
  receive(node("b"), {{"map\x1fx", entry("of b", 1)}, {"map\x1fz", entry("z", 2)}});
  BOOST_TEST((get("x") == bytes("1")), "own maps only");
  BOOST_TEST((keys() == names{"x", "y"}));
  BOOST_TEST((decode_map(sut.get_state("map").value().at("b").value)
              == state_map{{"x", bytes("of b")}, {"z", bytes("z")}}));
  const merged_map merged{{"x", {{"a", bytes("1")}, {"b", bytes("of b")}}},
                          {"y", {{"a", bytes("2")}}},
                          {"z", {{"b", bytes("z")}}}};
  BOOST_TEST((sut.get_merged_map("map").value() == merged));
}

BOOST_AUTO_TEST_CASE(of_others_may_come_in_any_order, *description("S2.5.5")) {
  receive(node("b"), {{"k\x1fx", entry("after", 7)}});
  receive(node("b"), {{"k", entry("plain", 5)}});
  BOOST_TEST(
      (decode_map(sut.get_state("k").value().at("b").value) == state_map{{"x", bytes("after")}}),
      "the plain value has ended before");
  receive(node("b"), {{"k\x1fy", entry("before", 3)}});
  BOOST_TEST(sut.get_merged_map("k").value().size() == 1U);
  receive(node("b"), {{"k", entry("plain again", 8)}});
  BOOST_TEST((sut.get_state("k").value().at("b").value == bytes("plain again")));
  BOOST_TEST(sut.get_merged_map("k").value().empty());
}

BOOST_AUTO_TEST_CASE(has_keys_with_bounds, *description("S5.1.1 D10")) {
  const std::string longest(key_bytes_max - 1 - 3, 'k');
  BOOST_TEST((code_of(sut.set_map_state("map", longest, {}, now)) == errc::none));
  BOOST_TEST((code_of(sut.set_map_state("map", longest + "k", {}, now)) == errc::invalid_argument));
  BOOST_TEST((code_of(sut.set_map_state("map", "", {}, now)) == errc::invalid_argument));
  BOOST_TEST((code_of(sut.set_map_state("heartbeat", "x", {}, now)) == errc::invalid_argument));
  BOOST_TEST((code_of(sut.remove_map_state("heartbeat", "x", now)) == errc::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
