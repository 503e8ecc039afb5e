#include "caf_gossip/state/key.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "caf_gossip/state/message.hpp"

using namespace caf_gossip;
using namespace std::string_literals;
using boost::unit_test::description;
namespace data = boost::unit_test::data;

namespace {

const std::string longest(key_bytes_max, 'k');

const auto good_keys =
    data::make({"k"s, "a key"s, "a/b.c:d"s, "\xc3\xb6"s, "heartbeats"s, longest});

const auto bad_keys = data::make({""s, "a\nb"s, "a\0b"s, "\x1f"s, "a\x1f"s + "b", "\x7f"s,
                                  longest + "k", std::string(1'000'000, 'k')});

/// Expects a refusal that names the text and what is allowed, and returns what it says.
std::string refusal(const expected<void>& result, const std::string& named) {
  BOOST_REQUIRE(!result);
  const auto& text = result.error().text;
  BOOST_TEST((result.error().code == errc::invalid_argument));
  BOOST_TEST(text.find(quoted(named)) == 0U, text);
  BOOST_TEST(text.find("allowed are") != std::string::npos, text);
  BOOST_TEST(text.size() < 1000U);
  BOOST_TEST(text.find_first_of("\n\x1f\x7f"s + '\0') == std::string::npos);
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(key)

BOOST_DATA_TEST_CASE(is_accepted_up_to_its_bounds, good_keys, text) {
  BOOST_TEST(check_key(text).has_value());
  BOOST_TEST(is_wire_key(text));
}

BOOST_DATA_TEST_CASE(is_refused_beyond_its_bounds_by_name, bad_keys, text) {
  BOOST_TEST(refusal(check_key(text), text).find("1 to 255 bytes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(is_refused_when_reserved_but_may_come_from_a_member, *description("D10")) {
  for (const std::string name : {"heartbeat", "gracefully_left"}) {
    BOOST_TEST(is_reserved_key(name));
    BOOST_TEST(refusal(check_key(name), name).find("reserved") != std::string::npos);
    BOOST_TEST(refusal(check_map_key(name, "m"), name).find("reserved") != std::string::npos);
    BOOST_TEST(is_wire_key(name));
    BOOST_TEST(!is_wire_key(map_entry_key(name, "m")));
  }
  BOOST_TEST(!is_reserved_key("Heartbeat"));
  BOOST_TEST(!is_reserved_key(""));
}

BOOST_AUTO_TEST_CASE(is_shown_in_one_short_line_of_an_error) {
  BOOST_TEST(quoted("a\tb\x1f") == "'a?b?'");
  BOOST_TEST(quoted("") == "''");
  BOOST_TEST(quoted(std::string(200, 'k')) == "'" + std::string(200, 'k') + "'");
  BOOST_TEST(quoted(std::string(201, 'k')) == "'" + std::string(200, 'k') + "...'");
}

BOOST_DATA_TEST_CASE(is_refused_as_either_half_of_a_map_entry, bad_keys, text) {
  refusal(check_map_key(text, "m"), text);
  refusal(check_map_key("k", text), text);
}

BOOST_AUTO_TEST_CASE(within_a_map_shares_its_bound_with_the_key_of_the_map) {
  const std::string most(key_bytes_max - 2, 'm');
  BOOST_TEST(check_map_key("k", most).has_value());
  BOOST_TEST(check_map_key(most, "k").has_value());
  BOOST_TEST(map_entry_key("k", most).size() == key_bytes_max);
  BOOST_TEST(is_wire_key(map_entry_key("k", most)));
  for (const auto& [name, map_key] :
       {std::pair{"k"s, most + "m"}, {most + "m", "k"s}, {longest, "k"s}, {longest, longest}}) {
    const auto text = refusal(check_map_key(name, map_key), map_key);
    BOOST_TEST(text.find("254 bytes") != std::string::npos, text);
    BOOST_TEST(text.find(quoted(name)) != std::string::npos, text);
    BOOST_TEST(!is_wire_key(map_entry_key(name, map_key)));
  }
}

BOOST_AUTO_TEST_CASE(within_a_map_may_be_named_like_a_reserved_one) {
  BOOST_TEST(check_map_key("k", "heartbeat").has_value());
  BOOST_TEST(is_wire_key(map_entry_key("k", "heartbeat")));
}

BOOST_DATA_TEST_CASE(that_nobody_could_have_written_is_refused_from_members,
                     data::make({""s, "\x1f"s, "a\x1f"s, "\x1f"s + "b", "a\x1f"s + "b\x1f",
                                 "\x1f\x1f"s, "a\x1f"s + "b\x1f" + "c", "a\x1f\x1f"s + "b",
                                 "a\x1f"s + "b\n", "a\n\x1f"s + "b", "a\0b"s, "\x7f"s,
                                 longest + "k"}),
                     text) {
  BOOST_TEST(!is_wire_key(text));
}

BOOST_AUTO_TEST_CASE(of_a_map_entry_is_split_as_it_was_joined, *description("S5.1.1")) {
  const auto entry = map_entry_key("key", "map key");
  BOOST_TEST(entry == "key\x1fmap key");
  BOOST_TEST(is_wire_key(entry));
  BOOST_TEST(split(entry).key == "key");
  BOOST_TEST(split(entry).map_key.value() == "map key");
  BOOST_TEST(split("key").key == "key");
  BOOST_TEST(!split("key").map_key.has_value());
}

BOOST_AUTO_TEST_CASE(of_a_map_stands_before_its_entries_and_they_stand_together) {
  // No other key comes between: the separator is less than every allowed byte.
  BOOST_TEST(("k"s < map_entry_key("k", "a")));
  BOOST_TEST((map_entry_key("k", "\xff") < "k "s));
}

BOOST_AUTO_TEST_SUITE_END()
