/// A comparison step by step, without a network: what it asks, owes, refuses, and when it ends.
#include "caf_gossip/state/comparison.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/gossiper_fixture.hpp"

namespace caf_gossip::test {

namespace {

constexpr delta_limits roomy{1000, 1U << 20U, 0};
const delta_target peer{"x", 0, 0};

struct fixture {
  one_store ours{{1U << 16U, 20'000, 1U << 30U, 1U << 30U}};
  caf_gossip::comparison sut{node("x")};

  void fill(std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i)
      ours.merge("b", {{"k" + std::to_string(i), entry("v", i)}});
  }

  std::optional<caf_gossip::comparison::step> next(const delta_limits& limits = roomy) {
    return sut.next(ours.sut, peer, limits);
  }

  bool take(const state_findings& what) { return sut.take(what, {}, ours.sut); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(comparison, fixture)

BOOST_AUTO_TEST_CASE(lists_a_few_entries_at_once) {
  fill(caf_gossip::comparison::listed_max);
  const auto first = next();
  BOOST_REQUIRE(first);
  BOOST_TEST(first->question.ranges.empty());
  BOOST_TEST(
      (first->question.scope == std::vector<hash_range>{{0, all_hashes.last, ours.sut.hash()}}));
  BOOST_TEST(first->question.entries.size() == caf_gossip::comparison::listed_max);
  BOOST_TEST(take({}));
  BOOST_TEST(!next().has_value(), "all is compared");
}

BOOST_AUTO_TEST_CASE(splits_many_entries_first) {
  fill(caf_gossip::comparison::listed_max + 1);
  const auto first = next();
  BOOST_REQUIRE(first);
  BOOST_TEST(first->question.ranges.size() == range_fan_out);
  BOOST_TEST(first->question.entries.empty());
  BOOST_TEST(take({{first->question.ranges[3]}, {}}));
  const auto second = next();
  BOOST_REQUIRE(second);
  BOOST_TEST(is_valid(second->question));
  BOOST_TEST((second->question.scope.size() + second->question.ranges.size() / range_fan_out)
             == 1U);
}

BOOST_AUTO_TEST_CASE(sends_what_is_wanted_within_the_bounds_before_it_asks_on) {
  ours.merge("b", {{"k", entry("v", 1)}});
  ours.merge("c", {{"k", entry("v", 1)}});
  const auto first = next();
  BOOST_REQUIRE(first);
  std::vector<std::uint64_t> wanted;
  for (const auto& item : first->question.entries)
    wanted.push_back(item.place);
  BOOST_TEST(take({first->question.scope, wanted}));
  const delta_limits narrow{1, 1U << 20U, 0};
  const auto second = next(narrow);
  BOOST_REQUIRE(second);
  BOOST_TEST(second->state.members.size() == 1U);
  BOOST_TEST((second->question == state_question{}));
  BOOST_TEST(take({}));
  const auto third = next(narrow);
  BOOST_REQUIRE(third);
  BOOST_TEST(third->state.members.size() == 1U);
  BOOST_TEST(third->question.scope.size() == 1U, "what was named again");
  BOOST_TEST(take({}));
  BOOST_TEST(!next().has_value());
}

BOOST_AUTO_TEST_CASE(repeats_a_step_without_an_answer) {
  fill(10);
  const auto first = next();
  BOOST_REQUIRE(first);
  const auto again = next();
  BOOST_REQUIRE(again);
  BOOST_TEST((again->question == first->question));
  BOOST_TEST(take({{}, {first->question.entries.front().place}}));
  for (int i = 0; i < 2; ++i) {
    const auto wanted = next();
    BOOST_REQUIRE(wanted);
    BOOST_TEST(wanted->state.members.at("b").entries.size() == 1U);
  }
  BOOST_TEST(take({}));
  BOOST_TEST(!next().has_value());
}

BOOST_AUTO_TEST_CASE(refuses_answers_to_what_was_not_asked) {
  fill(1000);
  const auto asked = next()->question;
  const auto part = asked.ranges[3];
  const auto other = asked.ranges[5];
  const std::vector<state_findings> odd{
      {{all_hashes}, {}},                        // wider
      {{{part.first, part.last - 1, 0}}, {}},    // narrower
      {{{part.first + 1, part.last, 0}}, {}},    // shifted
      {{other, part}, {}},                       // not sorted
      {{part, part}, {}},                        // twice
      {{{part.first, other.last, 0}}, {}},       // over several
      {{{part.last, part.first, 0}}, {}},        // backwards
      {{}, {7}},                                 // nothing was listed
      {std::vector<hash_range>(1000, part), {}}, // too many
  };
  for (std::size_t i = 0; i < odd.size(); ++i)
    BOOST_TEST(!take(odd[i]), i);
  BOOST_TEST(take({{part, other}, {}}), "they have changed nothing");
}

BOOST_AUTO_TEST_CASE(keeps_the_bounds_of_questions_whatever_differs) {
  fill(5'000);
  std::size_t steps = 0;
  std::size_t listed = 0;
  while (const auto step = next()) {
    BOOST_TEST(is_valid(step->question));
    listed += step->question.entries.size();
    auto all = step->question.ranges;
    BOOST_REQUIRE(take({std::move(all), {}}));
    ++steps;
  }
  BOOST_TEST(listed == 5'000U, "each entry once");
  BOOST_TEST(steps < 50U);
}

BOOST_AUTO_TEST_CASE(ends_when_the_other_side_never_agrees) {
  fill(300);
  std::size_t steps = 0;
  while (const auto step = next()) {
    auto all = step->question.ranges;
    all.insert(all.end(), step->question.scope.begin(), step->question.scope.end());
    std::ranges::sort(all, {}, &hash_range::first);
    BOOST_REQUIRE(take({std::move(all), {}}));
    ++steps;
  }
  BOOST_TEST(steps == caf_gossip::comparison::steps_max);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
