#include "caf_gossip/state/consensus.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/state/key.hpp"

using namespace caf_gossip;
using boost::unit_test::description;

namespace {

using result = std::optional<std::uint64_t>;
using changes = std::vector<consensus_checks::change>;

/// The first byte; none in an empty value; 66 and 67 are thrown.
result first_byte(const byte_buffer& value) {
  if (value.empty())
    return std::nullopt;
  if (value.front() == 66)
    throw std::runtime_error("it is " + std::to_string(value.size()) + " times 66");
  if (value.front() == 67)
    throw 67;
  return value.front();
}

const consensus_check by_first_byte = make_consensus_check("key", first_byte);

member_values having(node_id id, byte_buffer value) {
  return {std::move(id), {std::move(value)}};
}

member_values lacking(node_id id) {
  return {std::move(id), {std::nullopt}};
}

std::optional<std::uint64_t> agreed(const std::vector<member_values>& members) {
  const auto found = check_consensus(by_first_byte, members);
  BOOST_TEST(found.agreed == found.value.has_value());
  return found.agreed ? result{std::any_cast<std::uint64_t>(found.value)} : std::nullopt;
}

struct fixture {
  consensus_checks sut;
  std::vector<member_values> members;

  changes evaluate() {
    return sut.evaluate([this](const std::vector<std::string>&) { return members; });
  }

  changes evaluate(std::vector<member_values> now) {
    members = std::move(now);
    return evaluate();
  }

  /// Expects one change of check 1 and returns what it says.
  consensus_result one_change(std::vector<member_values> now) {
    auto found = evaluate(std::move(now));
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].id == 1U);
    return std::move(found[0].now);
  }

  std::uint64_t value_of_one_change(std::vector<member_values> now) {
    const auto found = one_change(std::move(now));
    BOOST_REQUIRE(found.agreed);
    return std::any_cast<std::uint64_t>(found.value);
  }

  errc added(std::uint64_t id, consensus_check check) {
    const auto done = sut.add(id, std::move(check));
    return done ? errc::none : done.error().code;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(consensus, fixture)

// -- one check ---------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(is_what_all_members_come_to, *description("S2.11.2 S5.4.3")) {
  BOOST_TEST((agreed({having("a", {7})}) == 7U));
  BOOST_TEST((agreed({having("a", {7}), having("b", {7, 1}), having("c", {7})}) == 7U));
}

BOOST_AUTO_TEST_CASE(is_missing_when_one_member_differs, *description("S2.11.2 S5.4.3")) {
  for (std::size_t at = 0; at < 3; ++at) {
    std::vector<member_values> all{having("a", {7}), having("b", {7}), having("c", {7})};
    all[at].values = {byte_buffer{8}};
    BOOST_TEST(!agreed(all).has_value());
    all[at].values = {std::nullopt}; // lacks the key
    BOOST_TEST(!agreed(all).has_value());
    all[at].values = {byte_buffer{}}; // cannot be understood
    BOOST_TEST(!agreed(all).has_value());
    all[at].values = {};
    BOOST_TEST(!agreed(all).has_value());
    all[at].values = {byte_buffer{66}}; // makes the extractor throw
    BOOST_TEST(!agreed(all).has_value());
  }
}

BOOST_AUTO_TEST_CASE(is_missing_without_members_and_without_any_value,
                     *description("S2.11.2 S5.4.3")) {
  BOOST_TEST(!agreed({}).has_value());
  BOOST_TEST(!agreed({lacking("a"), lacking("b")}).has_value());
  BOOST_TEST(!agreed({having("a", {}), having("b", {})}).has_value());
}

BOOST_AUTO_TEST_CASE(reports_what_an_extractor_that_throws_has_thrown, *description("S2.11.2")) {
  const auto thrown = [](byte_buffer value) {
    return check_consensus(by_first_byte,
                           {lacking("a"), having("b", std::move(value)), having("c", {66, 66, 66})})
        .thrown.value();
  };
  BOOST_TEST(thrown({66}).first == "b");
  BOOST_TEST(thrown({66}).second == "it is 1 times 66");
  BOOST_TEST(thrown({67}).first == "b");
  BOOST_TEST(thrown({67}).second == "something that is no std::exception");
  BOOST_TEST(thrown({1}).first == "c");
}

BOOST_AUTO_TEST_CASE(cuts_long_texts_of_exceptions) {
  const auto length = [](std::size_t thrown) {
    const auto check = make_consensus_check("key", [thrown](const byte_buffer&) -> result {
      throw std::runtime_error(std::string(thrown, 'x'));
    });
    return check_consensus(check, {having("a", {})}).thrown.value().second.size();
  };
  BOOST_TEST(length(thrown_bytes_max) == thrown_bytes_max);
  BOOST_TEST(length(thrown_bytes_max + 1) == thrown_bytes_max);
}

BOOST_AUTO_TEST_CASE(catches_a_comparison_that_throws) {
  auto check = by_first_byte;
  check.equal = [](const std::any&, const std::any&) -> bool { throw std::logic_error("no"); };
  const auto found = check_consensus(check, {having("a", {1})});
  BOOST_TEST(!found.agreed);
  BOOST_TEST(found.thrown.value().second == "no");
}

BOOST_AUTO_TEST_CASE(needs_results_that_are_equal_to_themselves) {
  const auto check = make_consensus_check<double>(
      "key", [](const byte_buffer&) { return std::numeric_limits<double>::quiet_NaN(); });
  BOOST_TEST(!check_consensus(check, {having("a", {1})}).agreed);
}

BOOST_AUTO_TEST_CASE(is_about_any_type_and_several_keys, *description("S2.11.1 S5.4.1")) {
  const auto check = make_consensus_check<std::string>(
      {"k1", "k2"}, [](const consensus_values& values) -> std::optional<std::string> {
        return std::string(values.at(0).begin(), values.at(0).end())
               + std::string(values.at(1).begin(), values.at(1).end());
      });
  BOOST_TEST((check.keys == std::vector<std::string>{"k1", "k2"}));
  const member_values ab{"a", {byte_buffer{'a'}, byte_buffer{'b'}}};
  const member_values half{"b", {byte_buffer{'a'}, std::nullopt}};
  BOOST_TEST(std::any_cast<std::string>(check_consensus(check, {ab, ab}).value) == "ab");
  const member_values none{"c", {}};
  const member_values more{"d", {byte_buffer{'a'}, byte_buffer{'b'}, byte_buffer{'c'}}};
  for (const auto& other : {half, none, more}) {
    const auto found = check_consensus(check, {ab, other});
    BOOST_TEST(!found.agreed);
    BOOST_TEST(!found.thrown.has_value()); // the extractor was not called
  }
}

BOOST_AUTO_TEST_CASE(takes_extractors_with_plain_results, *description("S5.4.1")) {
  const std::string key = "key";
  const auto size = [](const byte_buffer& value) { return value.size(); };
  for (const auto& check : {make_consensus_check(key, size), make_consensus_check("key", size)}) {
    BOOST_TEST((check.keys == std::vector<std::string>{"key"}));
    const auto found = check_consensus(check, {having("a", {1, 2}), having("b", {3, 4})});
    BOOST_TEST(std::any_cast<std::uint64_t>(found.value) == 2U);
  }
  const auto even = make_consensus_check<bool>(
      {"key"}, [](const consensus_values& values) { return values.at(0).size() % 2 == 0; });
  const auto odd = check_consensus(even, {having("a", {1}), having("b", {1, 2, 3})});
  BOOST_TEST(odd.agreed);
  BOOST_TEST(!std::any_cast<bool>(odd.value));
}

// -- registered checks -------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(is_told_once_when_reached_and_again_when_it_moves, *description("S2.11.3")) {
  BOOST_TEST((added(1, by_first_byte) == errc::none));
  BOOST_TEST(evaluate({}).empty());
  BOOST_TEST(evaluate({having("a", {7}), having("b", {8})}).empty());
  BOOST_TEST(value_of_one_change({having("a", {7}), having("b", {7})}) == 7U);
  BOOST_TEST(evaluate().empty());
  BOOST_TEST(evaluate({having("a", {7, 1}), having("b", {7, 2}), having("c", {7})}).empty());
  BOOST_TEST(value_of_one_change({having("a", {8}), having("b", {8})}) == 8U);
  BOOST_TEST(evaluate().empty());
}

BOOST_AUTO_TEST_CASE(is_told_once_when_lost_and_again_when_regained, *description("S2.11.3")) {
  sut.add(1, by_first_byte);
  BOOST_TEST(value_of_one_change({having("a", {7})}) == 7U);
  const auto lost = one_change({having("a", {7}), lacking("b")});
  BOOST_TEST(!lost.agreed);
  BOOST_TEST(!lost.value.has_value());
  BOOST_TEST(!lost.thrown.has_value());
  BOOST_TEST(evaluate().empty());
  BOOST_TEST(evaluate({having("a", {7}), having("b", {8})}).empty());
  BOOST_TEST(value_of_one_change({having("a", {7}), having("b", {7})}) == 7U);
  BOOST_TEST(!one_change({}).agreed);
}

BOOST_AUTO_TEST_CASE(tells_once_that_an_extractor_that_throws_has_thrown, *description("S2.11.2")) {
  sut.add(1, by_first_byte);
  const auto first = one_change({having("a", {66})});
  BOOST_TEST(!first.agreed);
  BOOST_TEST(first.thrown.value().second == "it is 1 times 66");
  BOOST_TEST(evaluate().empty());
  BOOST_TEST(one_change({having("a", {66, 66})}).thrown.value().second == "it is 2 times 66");
  BOOST_TEST(one_change({having("b", {66, 66})}).thrown.value().first == "b");
  BOOST_TEST(evaluate({having("a", {1}), having("b", {2})}).empty());
  BOOST_TEST(one_change({having("a", {67})}).thrown.has_value());
  BOOST_TEST(value_of_one_change({having("a", {7})}) == 7U);
  BOOST_TEST(one_change({having("a", {66})}).thrown.has_value());
}

BOOST_AUTO_TEST_CASE(of_others_is_not_touched_by_an_extractor_that_throws,
                     *description("S2.11.2")) {
  sut.add(1, make_consensus_check("key", [](const byte_buffer&) -> result { throw 1; }));
  sut.add(2, by_first_byte);
  sut.add(3, make_consensus_check(
                 "key", [](const byte_buffer&) -> result { throw std::runtime_error("three"); }));
  sut.add(4, by_first_byte);
  const auto found = evaluate({having("a", {7}), having("b", {7})});
  BOOST_REQUIRE(found.size() == 4U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    BOOST_TEST(found[i].id == i + 1);
    BOOST_TEST(found[i].now.agreed == (i % 2 == 1));
    BOOST_TEST(found[i].now.thrown.has_value() == (i % 2 == 0));
  }
}

BOOST_AUTO_TEST_CASE(of_each_check_is_read_under_its_keys, *description("S5.4.2 S2.11.2")) {
  sut.add(5, make_consensus_check<std::uint64_t>(
                 {"x", "y"}, [](const consensus_values& values) { return values.size(); }));
  sut.add(3, make_consensus_check("z", first_byte));
  std::vector<std::vector<std::string>> asked;
  const auto found = sut.evaluate([&asked](const std::vector<std::string>& keys) {
    asked.push_back(keys);
    return std::vector{member_values{"a", {keys.size(), byte_buffer{7}}}};
  });
  BOOST_TEST((asked == std::vector<std::vector<std::string>>{{"z"}, {"x", "y"}}));
  BOOST_REQUIRE(found.size() == 2U);
  BOOST_TEST(found[0].id == 3U);
  BOOST_TEST(std::any_cast<std::uint64_t>(found[0].now.value) == 7U);
  BOOST_TEST(std::any_cast<std::uint64_t>(found[1].now.value) == 2U);
}

BOOST_AUTO_TEST_CASE(is_not_looked_for_after_removal, *description("S2.11.4 S5.4.2")) {
  std::size_t calls = 0;
  sut.add(1, make_consensus_check("key", [&calls](const byte_buffer&) { return ++calls; }));
  sut.add(2, by_first_byte);
  evaluate({having("a", {7})});
  BOOST_TEST(calls == 1U);
  BOOST_TEST(sut.remove(1));
  BOOST_TEST(!sut.remove(1));
  BOOST_TEST(!sut.remove(99));
  BOOST_TEST(sut.size() == 1U);
  const auto found = evaluate({having("a", {8})});
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].id == 2U);
  BOOST_TEST(calls == 1U);
}

BOOST_AUTO_TEST_CASE(is_told_anew_for_a_check_that_replaces_another, *description("S5.4.2")) {
  sut.add(1, by_first_byte);
  BOOST_TEST(value_of_one_change({having("a", {7})}) == 7U);
  BOOST_TEST(
      (added(1, make_consensus_check("key", [](const byte_buffer&) { return 7; })) == errc::none));
  BOOST_TEST(sut.size() == 1U);
  BOOST_TEST(value_of_one_change({having("a", {9})}) == 7U);
}

BOOST_AUTO_TEST_CASE(is_looked_for_by_1024_checks_at_most) {
  for (std::uint64_t id = 0; id < consensus_checks::checks_max; ++id)
    BOOST_REQUIRE((added(id, by_first_byte) == errc::none));
  const auto refused = sut.add(consensus_checks::checks_max, by_first_byte);
  BOOST_TEST((refused.error().code == errc::limit_reached));
  BOOST_TEST(refused.error().text.find("1024") != std::string::npos);
  BOOST_TEST(sut.size() == consensus_checks::checks_max);
  BOOST_TEST((added(0, by_first_byte) == errc::none)); // replaces
  sut.remove(0);
  BOOST_TEST((added(consensus_checks::checks_max, by_first_byte) == errc::none));
}

BOOST_AUTO_TEST_CASE(needs_keys_that_are_allowed_and_functions, *description("S5.4.1 D10")) {
  for (const auto& key :
       {std::string{}, std::string(key_bytes_max + 1, 'k'), map_entry_key("k", "m")}) {
    const auto refused = sut.add(1, make_consensus_check<std::uint64_t>(
                                        {"good", key}, [](const consensus_values&) { return 1; }));
    BOOST_TEST((refused.error().code == errc::invalid_argument));
    BOOST_TEST(refused.error().text.find(quoted(key)) == 0U, refused.error().text);
  }
  auto check = by_first_byte;
  check.keys = {};
  BOOST_TEST((added(1, check) == errc::invalid_argument));
  BOOST_TEST((added(1, {{"key"}, by_first_byte.extract, {}}) == errc::invalid_argument));
  BOOST_TEST((added(1, {{"key"}, {}, by_first_byte.equal}) == errc::invalid_argument));
  BOOST_TEST(sut.size() == 0U);
  check.keys = {std::string{heartbeat_key}, std::string{gracefully_left_key}};
  BOOST_TEST((added(1, check) == errc::none));
}

BOOST_AUTO_TEST_SUITE_END()
