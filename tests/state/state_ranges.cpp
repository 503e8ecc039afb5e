/// Where two stores differ, range by range and entry by entry.
#include "caf_gossip/state/state_ranges.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/gossiper_fixture.hpp"

namespace caf_gossip::test {

namespace {

constexpr delta_limits roomy{1000, 1U << 20U, 0};

struct fixture {
  one_store ours;
  one_store theirs;

  void both(const node_id& owner, const gossip_member_state& entries) {
    ours.merge(owner, entries);
    theirs.merge(owner, entries);
  }

  static state_question listing_of(const one_store& store, const hash_range& range = all_hashes) {
    return {{}, {range}, state_ranges{store.sut}.list({range})};
  }

  struct found {
    state_findings findings;
    gossip_state state;
  };

  /// What "x" hears that lists all of its entries.
  [[nodiscard]] found answer(const state_question& what, const delta_limits& limits = roomy,
                             const node_id& asking = "x") const {
    const delta_target target{asking, 0, 0};
    delta_builder to{target, limits, 0};
    auto findings = state_ranges{ours.sut}.compare(what, to);
    return {std::move(findings), std::move(to.delta().state)};
  }

  [[nodiscard]] static std::uint64_t sum_of(const one_store& store, const hash_range& range) {
    return state_ranges{store.sut}.content_of(range).sum;
  }
};

/// The owner and the key of every entry.
std::vector<std::string> names_in(const gossip_state& state) {
  std::vector<std::string> result;
  for (const auto& [id, member] : state.members)
    for (const auto& [key, what] : member.entries)
      result.push_back(id + "/" + key + (what.removed ? "-" : ""));
  return result;
}

using names = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(state_ranges, fixture)

// -- sums -----------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(sum_up_to_the_state_hash) {
  ours.set("k", "v");
  ours.merge("b", {{"x", entry("1", 1)}, {"y", entry("2", 2)}, {"gone", tombstone(3)}});
  ours.merge("c", {{std::string{heartbeat_key}, entry("beat", 9)}});
  const caf_gossip::state_ranges sut{ours.sut};
  BOOST_TEST(sut.content_of(all_hashes).sum == ours.sut.hash());
  BOOST_TEST(sut.content_of(all_hashes).entries == 4U);
  std::uint64_t sum = 0;
  std::size_t entries = 0;
  auto parts = split(all_hashes, sut.sums());
  for (int depth = 0; depth < 4; ++depth) { // down to parts of single members
    const auto fullest = *std::ranges::max_element(
        parts, {}, [&](const hash_range& one) { return sut.content_of(one).entries; });
    for (const auto& part : parts)
      if (part != fullest || depth == 3) {
        sum += part.sum;
        entries += sut.content_of(part).entries;
      }
    parts = split(fullest, sut.sums());
  }
  BOOST_TEST(sum == ours.sut.hash());
  BOOST_TEST(entries == 4U);
}

BOOST_AUTO_TEST_CASE(follow_every_change) {
  const auto is_right = [&] { return sum_of(ours, all_hashes) == ours.sut.hash(); };
  ours.set("k", "v");
  BOOST_TEST(is_right());
  ours.set("k", "w");
  BOOST_TEST(is_right());
  (void)ours.sut.remove_own("k", ours.now);
  BOOST_TEST(is_right());
  ours.merge("b", {{"x", entry("1", 1)}});
  ours.sut.set_incarnation(2);
  BOOST_TEST(is_right());
  ours.sut.admit("b", 2);
  BOOST_TEST(is_right());
  ours.sut.forget("b");
  BOOST_TEST(is_right());
  BOOST_TEST(caf_gossip::state_ranges{ours.sut}.content_of(all_hashes).entries == 0U);
  ours.sut.open("a");
  BOOST_TEST(sum_of(ours, all_hashes) == 0U);
}

BOOST_AUTO_TEST_CASE(keep_what_one_member_has_published_together) {
  for (int i = 0; i < 100; ++i)
    ours.merge("b", {{"k" + std::to_string(i), entry("v", static_cast<std::uint64_t>(i) + 1)}});
  const auto all = caf_gossip::state_ranges{ours.sut}.list({all_hashes});
  BOOST_TEST(all.size() == 100U);
  BOOST_TEST(std::ranges::is_sorted(all, {}, &entry_digest::place));
  BOOST_TEST((all.back().place >> 48U) == (all.front().place >> 48U));
}

// -- differences ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(find_nothing_in_equal_stores) {
  both("b", {{"x", entry("1", 1)}, {std::string{heartbeat_key}, entry("beat", 2)}});
  const auto [findings, state] = answer(listing_of(theirs));
  BOOST_TEST((findings == state_findings{}));
  BOOST_TEST(state.members.empty());
}

BOOST_AUTO_TEST_CASE(tell_who_lacks_what) {
  both("b", {{"same", entry("1", 1)}});
  ours.merge("b", {{"mine", entry("2", 2)}, {"newer", entry("3", 7)}, {"older", entry("4", 4)}});
  theirs.merge("b", {{"newer", entry("3", 3)}, {"older", entry("4", 8)}});
  theirs.merge("c", {{"theirs", entry("5", 5)}});
  const auto [findings, state] = answer(listing_of(theirs));
  BOOST_TEST((names_in(state) == names{"b/mine", "b/newer"}));
  BOOST_TEST(findings.wanted.size() == 2U);
  BOOST_TEST(findings.different.empty());
  const delta_target target{"x", 0, 0};
  delta_builder back{target, roomy, 0};
  BOOST_TEST(caf_gossip::state_ranges{theirs.sut}.add(findings.wanted, back).empty());
  BOOST_TEST((names_in(back.delta().state) == names{"b/older", "c/theirs"}));
}

BOOST_AUTO_TEST_CASE(tell_of_removals_only_who_still_has_the_key) {
  both("b", {{"x", entry("1", 1)}});
  ours.merge("b", {{"x", tombstone(2)}, {"unknown", tombstone(3)}});
  const auto [findings, state] = answer(listing_of(theirs));
  BOOST_TEST((names_in(state) == names{"b/x-"}));
  BOOST_TEST(findings.wanted.empty());
}

BOOST_AUTO_TEST_CASE(want_what_was_written_again_after_its_removal) {
  ours.merge("b", {{"x", tombstone(2)}});
  theirs.merge("b", {{"x", entry("1", 3)}});
  const auto [findings, state] = answer(listing_of(theirs));
  BOOST_TEST(state.members.empty());
  BOOST_TEST(findings.wanted.size() == 1U);
}

BOOST_AUTO_TEST_CASE(compare_heartbeats_by_their_content) {
  const std::string beat{heartbeat_key};
  ours.merge("b", {{beat, entry("same", 9)}});
  theirs.merge("b", {{beat, entry("same", 5)}});
  ours.merge("c", {{beat, entry("one", 9)}});
  theirs.merge("c", {{beat, entry("another", 5)}});
  const auto [findings, state] = answer(listing_of(theirs));
  BOOST_TEST((names_in(state) == names{"c/" + beat}));
  BOOST_TEST(findings.wanted.size() == 1U, "who has the newer one shows when they are merged");
}

BOOST_AUTO_TEST_CASE(say_nothing_of_what_lies_outside) {
  ours.merge("b", {{"x", entry("1", 1)}});
  ours.merge("c", {{"y", entry("2", 2)}});
  const auto place = caf_gossip::state_ranges{ours.sut}.list({all_hashes}).front().place;
  const auto [findings, state] = answer({{}, {{place, place, 0}}, {}});
  BOOST_TEST(names_in(state).size() == 1U);
}

BOOST_AUTO_TEST_CASE(tell_nobody_of_itself) {
  ours.merge("b", {{"x", entry("1", 1)}});
  const auto [findings, state] = answer({{}, {all_hashes}, {}}, roomy, "b");
  BOOST_TEST(state.members.empty());
  BOOST_TEST(findings.different.empty());
}

BOOST_AUTO_TEST_CASE(name_ranges_again_whose_entries_found_no_room) {
  ours.merge("b", {{"x", entry("1", 1)}});
  ours.merge("c", {{"y", entry("2", 2)}});
  const auto [findings, state] = answer({{}, {all_hashes}, {}}, {1, 1U << 20U, 0});
  BOOST_TEST(names_in(state).size() == 1U);
  BOOST_TEST(
      (findings.different == std::vector<hash_range>{{0, all_hashes.last, ours.sut.hash()}}));
}

// -- what ends what -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(know_what_ends_an_older_entry) {
  ours.merge("b", {{"x", entry("2", 2)}, {"gone", tombstone(6)}, {"map", tombstone(9)}});
  const auto names_of = [&](gossip_member_state entries, std::uint64_t incarnation = 1) {
    gossip_state remote;
    remote.members["b"] = {incarnation, std::move(entries)};
    const delta_target target{"x", 0, 0};
    delta_builder to{target, roomy, 0};
    const caf_gossip::state_ranges sut{ours.sut};
    (void)sut.add(sut.newer_than(remote), to);
    return names_in(to.delta().state);
  };
  BOOST_TEST((names_of({{"x", entry("1", 1)}}) == names{"b/x"}));
  BOOST_TEST((names_of({{"x", entry("2", 2)}}) == names{}));
  BOOST_TEST((names_of({{"x", entry("3", 3)}}) == names{}));
  BOOST_TEST((names_of({{"gone", entry("5", 5)}}) == names{"b/gone-"}));
  BOOST_TEST((names_of({{map_entry_key("map", "k"), entry("5", 5)},
                        {map_entry_key("map", "l"), entry("5", 6)}})
              == names{"b/map-"}));
  BOOST_TEST((names_of({{map_entry_key("map", "k"), entry("5", 10)}}) == names{}));
  BOOST_TEST((names_of({{"x", entry("1", 1)}}, 2) == names{}), "of another run");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
