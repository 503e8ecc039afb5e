#include "caf_gossip/membership/roster_ranges.hpp"

#include <algorithm>
#include <set>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/random.hpp"
#include "tests/support/printing.hpp"

namespace caf_gossip::test {

namespace {

constexpr std::size_t roomy = 256U << 10U;

/// What the exchange of two members costs and finds, played without a network.
struct exchange {
  std::size_t messages = 0;
  std::size_t bytes = 0;
  roster_difference found;
};

struct fixture {
  member_table ours{20'000, 20'000};
  member_table theirs{20'000, 20'000};
  random_source random{1};

  static record member(std::size_t i, std::uint64_t version = 1,
                       member_status status = member_status::up) {
    const auto id = "n" + std::to_string(i);
    return {id, {"host-" + id, 1}, 1, version, status, {}};
  }

  static void put(member_table& table, const shared_record& rec) {
    table.merge(rec, {}, {}, time_point{});
  }

  void both(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      put(ours, member(i));
      put(theirs, member(i));
    }
  }

  /// We ask, they answer, until nothing is left to ask. On the wire a range is 24 bytes and a
  /// digest entry 16.
  exchange run() const {
    exchange result;
    std::vector<hash_range> scope;
    auto different = std::vector{whole_roster};
    for (auto next = plan(ours, different);; next = plan(ours, different)) {
      scope.insert(scope.end(), next.leaves.begin(), next.leaves.end());
      if (next.parts.empty())
        break;
      different = differing(theirs, next.parts);
      result.messages += 2;
      result.bytes += 24 * (next.parts.size() + different.size());
    }
    if (scope.empty())
      return result;
    std::sort(scope.begin(), scope.end(),
              [](const auto& lhs, const auto& rhs) { return lhs.first < rhs.first; });
    const auto digest = digest_of(ours, scope);
    result.messages += 2;
    result.bytes += 16 * digest.size() + 24 * scope.size();
    result.found = compare_with(theirs, digest, scope, roomy);
    return result;
  }

  /// The ids in which the two tables really differ, among active records.
  std::set<node_id> differences() const {
    std::set<node_id> result;
    for (const auto& [mine, other] : {std::pair{&ours, &theirs}, std::pair{&theirs, &ours}})
      mine->visit([&, other = other](const member_entry& entry) {
        const auto* same = other->find(entry.rec->id);
        const bool equal = same != nullptr && same->rec == entry.rec;
        if (!equal && is_active(entry.rec->status))
          result.insert(entry.rec->id);
      });
    return result;
  }

  std::set<node_id> named_by(const roster_difference& found) const {
    std::set<node_id> result;
    for (const auto& rec : found.records)
      result.insert(rec->id);
    for (const auto id_hash : found.wanted)
      result.insert(ours.find_hash(id_hash)->rec->id);
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(roster_ranges, fixture)

BOOST_AUTO_TEST_CASE(parts_cover_the_whole_without_gap_or_overlap) {
  both(100);
  const auto parts = split(ours, whole_roster);
  BOOST_REQUIRE(parts.size() == range_fan_out);
  BOOST_TEST(parts.front().first == whole_roster.first);
  BOOST_TEST(parts.back().last == whole_roster.last);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    BOOST_TEST((i == 0 || parts[i].first == parts[i - 1].last + 1));
    BOOST_TEST(parts[i].sum == sum_of(ours, parts[i]));
    sum += parts[i].sum;
  }
  BOOST_TEST(sum == ours.roster_hash());
}

BOOST_AUTO_TEST_CASE(even_the_narrowest_range_is_split_into_parts_that_cover_it) {
  const auto top = whole_roster.last;
  for (const std::uint64_t width : {0U, 1U, 2U, 15U, 16U, 17U, 100U})
    for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{1000}, top - width}) {
      const auto parts = split(ours, {first, first + width, 0});
      BOOST_TEST(parts.size() <= range_fan_out);
      BOOST_TEST(parts.front().first == first);
      BOOST_TEST(parts.back().last == first + width);
      for (std::size_t i = 1; i < parts.size(); ++i)
        BOOST_TEST(parts[i].first == parts[i - 1].last + 1);
    }
}

BOOST_AUTO_TEST_CASE(sums_tell_of_active_members_only) {
  put(ours, member(1));
  put(ours, member(2, 1, member_status::dead));
  put(theirs, member(1));
  BOOST_TEST(sum_of(ours, whole_roster) == sum_of(theirs, whole_roster));
  BOOST_TEST(digest_of(ours, {}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(equal_rosters_end_the_exchange_with_the_first_answer) {
  both(1000);
  const auto result = run();
  BOOST_TEST(result.messages == 2U);
  BOOST_TEST(result.bytes == 24U * range_fan_out);
  BOOST_TEST(named_by(result.found).empty());
}

BOOST_AUTO_TEST_CASE(a_small_roster_is_listed_at_once) {
  both(listed_members_max);
  put(theirs, member(999));
  const auto result = run();
  BOOST_TEST(result.messages == 2U);
  BOOST_TEST(named_by(result.found) == std::set<node_id>{"n999"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_difference_among_a_thousand_costs_less_than_three_kilobytes) {
  for (std::size_t which = 0; which < 50; ++which) {
    ours.clear();
    theirs.clear();
    both(1000);
    put(theirs, member(which * 20, 2));
    const auto result = run();
    BOOST_TEST(result.bytes < 3000U);
    BOOST_TEST(named_by(result.found) == (std::set<node_id>{"n" + std::to_string(which * 20)}),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(the_cost_grows_with_the_differences_times_the_logarithm_of_the_members) {
  for (const std::size_t members : {100U, 1000U, 10'000U})
    for (const std::size_t count : {1U, 4U, 16U}) {
      ours.clear();
      theirs.clear();
      both(members);
      for (std::size_t i = 0; i < count; ++i)
        put(theirs, member(i * (members / count), 2));
      const auto result = run();
      BOOST_TEST(named_by(result.found).size() == count);
      // Each difference leads through at most log16(n) + 1 splits to one listing.
      const auto steps = members <= 256 ? 2U : members <= 4096 ? 3U : 4U;
      const auto each = steps * (range_fan_out + 1) * 24 + listed_members_max * 16 + 24;
      BOOST_TEST(result.bytes <= count * each,
                 members << " members, " << count << " differences: " << result.bytes << " bytes");
      BOOST_TEST(result.messages <= 2 * (steps + 1));
    }
}

BOOST_AUTO_TEST_CASE(exchanges_between_random_tables_find_exactly_the_differences) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    random = random_source{seed};
    ours.clear();
    theirs.clear();
    const auto members = 1 + random.below(400);
    const auto percent = random.below(101);
    for (std::size_t i = 0; i < members; ++i) {
      const auto fate = random.below(100) < percent ? random.below(5) : 5;
      const auto status = fate == 4 ? member_status::suspect : member_status::up;
      if (fate != 0)
        put(ours, member(i));
      if (fate != 1)
        put(theirs,
            fate == 2 ? member(i, 1, member_status::dead) : member(i, fate == 3 ? 2 : 1, status));
    }
    const auto result = run();
    BOOST_TEST(named_by(result.found) == differences(), "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(repeated_exchanges_with_little_room_make_the_rosters_equal) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    random = random_source{seed};
    ours.clear();
    theirs.clear();
    for (std::size_t i = 0; i < 300; ++i) {
      put(ours, member(i, 1 + random.below(2)));
      if (random.below(4) != 0)
        put(theirs, member(i, 1 + random.below(2)));
    }
    int rounds = 0;
    for (; ours.roster_hash() != theirs.roster_hash() && rounds < 200; ++rounds) {
      const auto found = compare_with(theirs, digest_of(ours, {}), {}, 1000);
      shared_records back;
      for (const auto id_hash : found.wanted)
        back.push_back(ours.find_hash(id_hash)->rec);
      for (const auto& rec : found.records)
        put(ours, rec);
      for (const auto& rec : back)
        put(theirs, rec);
    }
    BOOST_TEST(ours.roster_hash() == theirs.roster_hash(), "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(a_listing_says_nothing_of_what_lies_outside_its_scope) {
  both(200);
  put(theirs, member(999));
  const auto parts = split(ours, whole_roster);
  const auto id_hash = theirs.find("n999")->rec.id_hash();
  for (const auto& part : parts) {
    const auto found = compare_with(theirs, digest_of(ours, {part}), {part}, roomy);
    const bool inside = part.first <= id_hash && id_hash <= part.last;
    BOOST_TEST(found.records.size() == (inside ? 1U : 0U));
    BOOST_TEST(found.wanted.empty());
  }
}

BOOST_AUTO_TEST_CASE(what_is_final_is_told_and_not_asked_for) {
  put(ours, member(1));
  put(theirs, member(1, 1, member_status::dead));
  const auto found = compare_with(theirs, digest_of(ours, {}), {}, roomy);
  BOOST_TEST(found.records == shared_records{member(1, 1, member_status::dead)});
  BOOST_TEST(found.wanted.empty());
}

BOOST_AUTO_TEST_CASE(records_are_bounded_but_at_least_one_comes) {
  for (std::size_t i = 0; i < 100; ++i)
    put(theirs, member(i));
  const auto each = estimated_bytes(member(10));
  BOOST_TEST(compare_with(theirs, {}, {}, 10 * each).records.size() <= 11U);
  BOOST_TEST(compare_with(theirs, {}, {}, 10 * each).records.size() >= 9U);
  BOOST_TEST(compare_with(theirs, {}, {}, 1).records.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_parts_of_one_message_are_bounded) {
  both(1000);
  const std::vector<hash_range> many(1000, whole_roster);
  const auto next = plan(ours, many);
  BOOST_TEST(next.parts.size() <= ranges_max);
  BOOST_TEST(next.parts.size() / range_fan_out + next.leaves.size() == many.size());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
