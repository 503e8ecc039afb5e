#include "caf_gossip/membership/member_table.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/random.hpp"
#include "tests/support/printing.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;
using enum member_status;

constexpr time_point start{1h};

record named(const node_id& id, std::uint64_t incarnation = 1, member_status status = up,
             std::uint64_t version = 1) {
  return {id, {"host-" + id, 1}, incarnation, version, status, {}};
}

record at_shared(const node_id& id, std::uint64_t incarnation, member_status status = up,
                 std::uint64_t version = 1) {
  auto result = named(id, incarnation, status, version);
  result.address = {"shared", 1};
  return result;
}

struct fixture {
  member_table sut{1000, 1000};

  merge_result merge(const record& what, const node_id& from = {}, time_point now = start) {
    return sut.merge(what, {}, from, now);
  }

  static std::vector<record> records(const member_table& table) {
    std::vector<record> result;
    table.visit([&](const member_entry& entry) { result.push_back(*entry.rec); });
    std::sort(result.begin(), result.end(),
              [](const record& lhs, const record& rhs) { return lhs.id < rhs.id; });
    return result;
  }

  std::vector<record> records() const { return records(sut); }

  static std::vector<node_id> ids(const std::vector<const member_entry*>& entries) {
    std::vector<node_id> result;
    for (const auto* entry : entries)
      result.push_back(entry->rec->id);
    return result;
  }
};

/// Returns what matters of a table. The version of a removed member does not: which one is kept
/// depends on whether its successor at the authority was known when it came.
std::vector<record> essence(const fixture& table) {
  auto result = table.records();
  for (auto& what : result)
    if (what.status == removed)
      what.version = 0;
  return result;
}

std::vector<record> after(const std::vector<record>& input) {
  fixture result;
  for (const auto& what : input)
    result.merge(what);
  return essence(result);
}

/// A record as nodes make them: each incarnation lives at one authority.
record random_record(random_source& random) {
  const auto id = std::string(1, static_cast<char>('a' + random.below(4)));
  const auto incarnation = 1 + random.below(3);
  // Five authorities for twelve incarnations: they get into each other's way.
  const auto place = (static_cast<std::uint64_t>(id[0]) * 7 + incarnation * 3) % 5;
  return {id,
          {"host-" + std::to_string(place), 1},
          incarnation,
          1 + random.below(3),
          all_statuses[random.below(all_statuses.size())],
          {}};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(member_table, fixture)

BOOST_AUTO_TEST_CASE(keeps_the_newer_of_two_records) {
  BOOST_TEST(merge(named("a", 2, up, 3)).kind == merge_kind::accepted);
  BOOST_TEST(merge(named("a", 2, up, 3)).kind == merge_kind::unchanged);
  BOOST_TEST(merge(named("a", 2, up, 2)).kind == merge_kind::stale);
  BOOST_TEST(merge(named("a", 1, dead, 9)).kind == merge_kind::stale);
  BOOST_TEST(sut.find("a")->rec == named("a", 2, up, 3));
  BOOST_TEST(sut.version() == 1U);
}

BOOST_AUTO_TEST_CASE(tells_the_status_before) {
  BOOST_TEST(merge(named("a", 1, joining)).from == std::optional<member_status>{});
  BOOST_TEST(merge(named("a", 1, up)).from == std::optional{joining});
  const auto replaced = merge(named("a", 2, joining));
  BOOST_TEST(replaced.from == std::optional<member_status>{});
  BOOST_TEST(replaced.replaced == std::optional{named("a", 1, up)});
}

BOOST_AUTO_TEST_CASE(tells_a_replaced_suspect_that_was_heard_as_up) {
  merge(named("a", 1, suspect));
  BOOST_TEST(sut.mark_heard("a", true, {}, start));
  BOOST_TEST(merge(named("a", 2, joining)).replaced->status == up);
}

BOOST_AUTO_TEST_CASE(refuses_what_no_path_of_transitions_leads_to) {
  merge(named("a", 1, leaving, 1));
  BOOST_TEST(merge(named("a", 1, up, 5)).kind == merge_kind::forbidden);
  merge(named("a", 1, dead, 1));
  BOOST_TEST(merge(named("a", 1, up, 5)).kind == merge_kind::forbidden);
  BOOST_TEST(merge(named("a", 1, up, 1)).kind == merge_kind::stale);
  BOOST_TEST(sut.find("a")->rec->status == dead);
}

BOOST_AUTO_TEST_CASE(two_ids_on_one_authority_leave_the_newest_incarnation_only) { // S4.9
  merge(at_shared("a", 5));
  const auto result = merge(at_shared("b", 7));
  BOOST_TEST(result.displaced->rec->id == "a");
  BOOST_TEST(sut.find("a")->rec->status == removed);
  BOOST_TEST(sut.find(authority{"shared", 1})->rec->id == "b");
  BOOST_TEST(merge(at_shared("c", 6)).kind == merge_kind::accepted);
  BOOST_TEST(sut.find("c")->rec->status == removed);
  BOOST_TEST(sut.members() == std::vector{ref_of(at_shared("b", 7))});
  BOOST_TEST(sut.active_count() == 1U);
}

BOOST_AUTO_TEST_CASE(ids_on_one_authority_end_alike_in_every_order) { // S4.9
  for (const auto first : all_statuses)
    for (const auto second : all_statuses)
      for (const auto third : all_statuses) {
        std::vector<record> input{at_shared("a", 5), at_shared("a", 5, first, 2),
                                  at_shared("b", 6, second), at_shared("c", 7, third)};
        const auto less = [](const record& lhs, const record& rhs) {
          return std::tie(lhs.id, lhs.version) < std::tie(rhs.id, rhs.version);
        };
        const auto expected_records = after(input);
        do
          BOOST_TEST(after(input) == expected_records);
        while (std::next_permutation(input.begin(), input.end(), less));
      }
}

BOOST_AUTO_TEST_CASE(who_moves_or_is_forgotten_gives_up_the_authority) {
  merge(named("a"));
  auto moved = named("a", 2);
  moved.address = {"elsewhere", 1};
  merge(moved);
  BOOST_TEST(sut.find_newest(authority{"host-a", 1}) == nullptr);
  BOOST_TEST(sut.find(moved.address) == sut.find("a"));
  moved.status = dead;
  merge(moved);
  BOOST_TEST(sut.forget_tombstones(start + 1s) == 1U);
  BOOST_TEST(sut.find_newest(moved.address) == nullptr);
}

BOOST_AUTO_TEST_CASE(who_comes_back_by_displacing_another_survives_the_bound_of_tombstones) {
  caf_gossip::member_table table{10, 1};
  for (const auto& what : {named("a", 1, dead), at_shared("b", 2), at_shared("a", 3)})
    table.merge(what, {}, {}, start);
  BOOST_TEST(table.tombstone_count() == 1U);
  BOOST_TEST(table.find("b")->rec->status == removed);
  BOOST_TEST(table.find("a")->rec->incarnation == 3U);
  BOOST_TEST(table.find(authority{"shared", 1}) == table.find("a"));
}

BOOST_AUTO_TEST_CASE(merging_is_commutative_associative_and_idempotent) { // S4.8
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    random_source random{seed};
    std::vector<record> input;
    for (std::size_t i = 0; i < 12; ++i)
      input.push_back(random_record(random));
    // A node that moves away gives its old authority free: that is no question of order alone.
    std::map<node_id, std::uint64_t> run;
    std::erase_if(input, [&](const record& what) {
      return run.try_emplace(what.id, what.incarnation).first->second != what.incarnation;
    });
    const auto expected_records = after(input);
    auto shuffled = input;
    random.sample(shuffled, shuffled.size());
    shuffled.insert(shuffled.end(), input.begin(), input.end());
    BOOST_TEST(after(shuffled) == expected_records, "seed " << seed);
    // Two tables that exchange what they have become equal, however the input was split.
    fixture left;
    fixture right;
    for (const auto& what : input)
      (random.below(2) == 0 ? left : right).merge(what);
    for (const auto& what : right.records())
      left.merge(what);
    for (const auto& what : left.records())
      right.merge(what);
    BOOST_TEST(essence(left) == essence(right), "seed " << seed);
    BOOST_TEST(left.sut.roster_hash() == right.sut.roster_hash());
  }
}

BOOST_AUTO_TEST_CASE(tables_that_exchange_their_records_become_equal_even_when_nodes_moved) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    random_source random{seed};
    fixture left;
    fixture right;
    for (std::size_t i = 0; i < 16; ++i)
      (random.below(2) == 0 ? left : right).merge(random_record(random));
    for (int exchange = 0; exchange < 3; ++exchange) {
      for (const auto& what : right.records())
        left.merge(what);
      for (const auto& what : left.records())
        right.merge(what);
    }
    BOOST_TEST(essence(left) == essence(right), "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(no_sequence_of_records_brings_a_dead_incarnation_back) { // D15
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    random_source random{seed};
    std::map<std::pair<node_id, std::uint64_t>, bool> gone;
    fixture table;
    for (std::size_t i = 0; i < 60; ++i) {
      table.merge(random_record(random));
      for (const auto& what : table.records()) {
        auto& was_gone = gone[{what.id, what.incarnation}];
        BOOST_TEST((!was_gone || is_final(what.status)), "seed " << seed);
        was_gone = is_final(what.status);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(two_nodes_with_one_name_are_a_conflict_with_one_winner) {
  auto other = named("a");
  other.address = {"elsewhere", 1};
  merge(named("a"));
  const auto result = merge(other);
  BOOST_TEST(result.conflict.has_value());
  BOOST_TEST(after({named("a"), other}) == after({other, named("a")}));
}

BOOST_AUTO_TEST_CASE(refuses_members_above_its_bound_and_counts_them) {
  sut = caf_gossip::member_table{2, 10};
  merge(named("a"));
  merge(named("b"));
  BOOST_TEST(merge(named("c")).kind == merge_kind::table_full);
  BOOST_TEST(sut.members_refused() == 1U);
  BOOST_TEST(sut.find("c") == nullptr);
  BOOST_TEST(merge(named("a", 2)).kind == merge_kind::accepted);
  BOOST_TEST(merge(named("d", 1, dead)).kind == merge_kind::accepted);
  merge(named("b", 1, dead));
  BOOST_TEST(merge(named("c")).kind == merge_kind::accepted);
}

BOOST_AUTO_TEST_CASE(drops_the_oldest_tombstones_above_its_bound_and_counts_them) { // D15
  sut = caf_gossip::member_table{10, 2};
  for (const auto& id : {"a", "b", "c"})
    merge(named(id, 1, dead), {}, start + std::chrono::seconds{id[0]});
  BOOST_TEST(sut.tombstone_count() == 2U);
  BOOST_TEST(sut.tombstones_dropped() == 1U);
  BOOST_TEST(sut.find("a") == nullptr);
}

BOOST_AUTO_TEST_CASE(never_drops_the_tombstone_that_has_just_come) {
  sut = caf_gossip::member_table{10, 1};
  merge(named("z", 1, dead));
  merge(named("a"));
  merge(named("a", 1, dead)); // at the same moment, and first by name
  BOOST_TEST(sut.find("a") != nullptr);
  BOOST_TEST(sut.find("z") == nullptr);
}

BOOST_AUTO_TEST_CASE(forgets_tombstones_by_age) { // D15
  merge(named("a", 1, dead), {}, start);
  merge(named("b", 1, removed), {}, start + 1s);
  BOOST_TEST(sut.forget_tombstones(start) == 0U);
  BOOST_TEST(sut.forget_tombstones(start + 1s) == 1U);
  BOOST_TEST(sut.find("a") == nullptr);
  BOOST_TEST(sut.find("b") != nullptr);
}

BOOST_AUTO_TEST_CASE(clearing_keeps_the_counters) {
  sut = caf_gossip::member_table{1, 1};
  merge(named("a"));
  merge(named("b"));
  merge(named("c", 1, dead));
  merge(named("d", 1, dead));
  sut.clear();
  BOOST_TEST(sut.members_refused() == 1U);
  BOOST_TEST(sut.tombstones_dropped() == 1U);
  BOOST_TEST(sut.version() == 0U);
  BOOST_TEST(sut.active_count() == 0U);
  BOOST_TEST(sut.size() == 0U);
  BOOST_TEST(sut.roster_hash() == 1U);
}

BOOST_AUTO_TEST_CASE(ring_neighbours_of_small_clusters) {
  BOOST_TEST(sut.successors("a", 3).empty());
  merge(named("a"));
  BOOST_TEST(sut.successors("a", 3).empty());
  BOOST_TEST(sut.predecessors("a", 3).empty());
  merge(named("b"));
  BOOST_TEST(ids(sut.successors("a", 3)) == std::vector<node_id>{"b"},
             boost::test_tools::per_element());
  BOOST_TEST(ids(sut.predecessors("a", 3)) == std::vector<node_id>{"b"},
             boost::test_tools::per_element());
  merge(named("c"));
  auto behind = ids(sut.successors("a", 2));
  auto before = ids(sut.predecessors("a", 2));
  std::reverse(before.begin(), before.end());
  BOOST_TEST(behind == before, boost::test_tools::per_element());
  BOOST_TEST(ids(sut.successors("a", 1)).size() == 1U);
  BOOST_TEST(ids(sut.successors("unknown", 9)).size() == 3U);
}

BOOST_AUTO_TEST_CASE(successors_and_predecessors_mirror_each_other) {
  for (int i = 0; i < 40; ++i)
    merge(named("n" + std::to_string(i), 1, i % 7 == 0 ? dead : up));
  for (const auto& who : sut.members()) {
    const auto watched_by = ids(sut.successors(who.id, 9));
    BOOST_TEST(watched_by.size() == 9U);
    for (const auto& other : watched_by) {
      const auto watches = ids(sut.predecessors(other, 9));
      BOOST_TEST((std::find(watches.begin(), watches.end(), who.id) != watches.end()));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_range_of_id_hashes_is_visited_in_order_tombstones_too) {
  for (const auto& id : {"a", "b", "c", "d"})
    merge(named(id));
  merge(named("e", 1, dead));
  std::vector<std::uint64_t> all;
  const auto collect = [&](const member_entry& entry) { all.push_back(entry.rec.id_hash()); };
  sut.visit_range(0, std::numeric_limits<std::uint64_t>::max(), collect);
  BOOST_TEST(all.size() == 5U);
  BOOST_TEST(std::is_sorted(all.begin(), all.end()));
  const auto whole = std::exchange(all, {});
  sut.visit_range(whole[1], whole[3], collect); // both ends belong to it
  BOOST_TEST(all == (std::vector{whole[1], whole[2], whole[3]}), boost::test_tools::per_element());
  all.clear();
  sut.visit_range(whole[1] + 1, whole[2] - 1, collect);
  BOOST_TEST(all.empty());
}

BOOST_AUTO_TEST_CASE(the_roster_hash_covers_the_active_records) {
  merge(named("a"));
  merge(named("b"));
  const auto before = sut.roster_hash();
  merge(named("c", 1, dead));
  BOOST_TEST(sut.roster_hash() == before);
  merge(named("b", 1, suspect, 1));
  BOOST_TEST(sut.roster_hash() != before);
  BOOST_TEST(sut.find_hash(sut.find("b")->rec.id_hash())->rec->id == "b");
  BOOST_TEST(sut.find_hash(12345) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_suspicion_of_another_version_starts_its_time_again) {
  merge(named("a", 1, suspect, 1), {}, start);
  merge(named("a", 1, suspect, 2), {}, start + 1s);
  BOOST_TEST((sut.find("a")->how->since == start + 1s));
}

BOOST_AUTO_TEST_CASE(hearing_a_suspect_counts_here_only) {
  merge(named("a", 1, suspect));
  const auto hash = sut.roster_hash();
  BOOST_TEST(sut.mark_heard("a", true, {}, start));
  BOOST_TEST(!sut.mark_heard("a", true, {}, start));
  BOOST_TEST(sut.find("a")->status() == up);
  BOOST_TEST(sut.find("a")->rec->status == suspect);
  BOOST_TEST(sut.roster_hash() == hash);
  BOOST_TEST(!sut.mark_heard("unknown", true, {}, start));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
