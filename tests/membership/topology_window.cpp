#include "caf_gossip/membership/topology_window.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/printing.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;
using enum member_status;

struct fixture {
  caf_gossip::topology_window sut{100ms};
  member_table table{100, 100};
  time_point now{1h};

  static record named(const node_id& id, member_status status, std::uint64_t incarnation = 1) {
    return {id, {"host-" + id, 1}, incarnation, 1, status, {}};
  }

  std::optional<member_ref> member(const node_id& id) const {
    const auto* entry = table.find(id);
    return entry != nullptr && is_active(entry->rec->status) ? std::optional{ref_of(*entry->rec)}
                                                             : std::nullopt;
  }

  void change(const record& what) {
    const auto was = member(what.id);
    table.merge(what, {}, {}, now);
    if (member(what.id) != was)
      sut.touch(table.slot_of(what.id).value(), was, now);
  }

  std::optional<caf_gossip::topology> close() { return sut.close(table, {"x"}, now); }

  std::optional<topology> close_after(duration span) {
    now += span;
    return close();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(topology_window, fixture)

BOOST_AUTO_TEST_CASE(several_changes_are_one_update) { // S3.4.3
  change(named("c", up));
  (void)close_after(100ms);
  change(named("a", up));
  now += 50ms;
  change(named("b", joining));
  change(named("c", leaving));
  BOOST_TEST(!close().has_value());
  const auto update = close_after(50ms);
  BOOST_REQUIRE(update.has_value());
  BOOST_TEST(update->joined.size() == 2U);
  BOOST_TEST(update->left == std::vector{ref_of(named("c", up))});
  BOOST_TEST(update->members == table.members());
  BOOST_TEST(update->blocked.front() == "x");
  BOOST_TEST(update->hash == topology_hash(table.members()));
  BOOST_TEST(validate(*update).has_value());
  BOOST_TEST(!close_after(1h).has_value());
  BOOST_TEST((sut.next_deadline() == never));
}

BOOST_AUTO_TEST_CASE(who_comes_and_goes_within_a_window_is_not_mentioned) { // S3.4.3
  change(named("a", up));
  change(named("a", removed));
  BOOST_TEST(!close_after(100ms).has_value());
  change(named("b", up));
  BOOST_TEST(close_after(100ms)->joined.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_goes_and_is_back_within_a_window_is_not_mentioned) {
  change(named("a", up));
  change(named("b", up));
  (void)close_after(100ms);
  change(named("a", dead));
  table.forget_tombstones(time_point::max());
  change(named("a", up));
  BOOST_TEST(!close_after(100ms).has_value());
  change(named("a", dead)); // It still counts as told.
  BOOST_TEST(close_after(100ms)->dead == std::vector{ref_of(named("a", up))});
}

BOOST_AUTO_TEST_CASE(who_is_back_in_another_slot_is_not_mentioned) {
  change(named("a", up));
  (void)close_after(100ms);
  change(named("a", dead));
  table.forget_tombstones(time_point::max());
  change(named("b", up)); // It takes the slot of a.
  for (const auto* id : {"c", "d", "a"})
    change(named(id, up));
  BOOST_TEST(*table.slot_of("a") == 3U);
  const auto update = close_after(100ms);
  BOOST_REQUIRE(update.has_value());
  BOOST_TEST(
      update->joined
      == (std::vector{ref_of(named("b", up)), ref_of(named("c", up)), ref_of(named("d", up))}));
  BOOST_TEST(update->dead.empty());
  BOOST_TEST(update->left.empty());
}

BOOST_AUTO_TEST_CASE(who_takes_the_slot_of_a_forgotten_member_has_joined) {
  change(named("a", up));
  (void)close_after(100ms);
  const auto freed = *table.slot_of("a");
  change(named("a", dead));
  BOOST_TEST(close_after(100ms)->dead.size() == 1U);
  table.forget_tombstones(time_point::max());
  change(named("b", up));
  BOOST_TEST(*table.slot_of("b") == freed);
  BOOST_TEST(close_after(100ms)->joined == std::vector{ref_of(named("b", up))});
  // Both within one window.
  change(named("b", removed));
  table.forget_tombstones(time_point::max());
  change(named("c", up));
  const auto update = close_after(100ms);
  BOOST_REQUIRE(update.has_value());
  BOOST_TEST(update->left == std::vector{ref_of(named("b", up))});
  BOOST_TEST(update->joined == std::vector{ref_of(named("c", up))});
}

BOOST_AUTO_TEST_CASE(the_dead_the_left_and_the_replaced_are_told_apart) { // S3.4.1
  for (const auto& id : {"a", "b", "c"})
    change(named(id, up));
  (void)close_after(100ms);
  change(named("a", dead));
  change(named("b", leaving));
  change(named("c", joining, 2));
  const auto update = close_after(100ms);
  BOOST_REQUIRE(update.has_value());
  BOOST_TEST(update->dead == std::vector{ref_of(named("a", up))});
  BOOST_TEST(update->left == (std::vector{ref_of(named("b", up)), ref_of(named("c", up))}));
  BOOST_TEST(update->joined == std::vector{ref_of(named("c", up, 2))});
}

BOOST_AUTO_TEST_CASE(clearing_forgets_what_was_told) {
  change(named("a", up));
  (void)close_after(100ms);
  sut.clear();
  sut.touch(table.slot_of("a").value(), std::nullopt, now);
  BOOST_TEST(close_after(1s)->joined.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_vanishes_from_the_table_has_left) {
  change(named("a", up));
  change(named("b", up));
  (void)close_after(100ms);
  table.merge(named("a", dead), {}, {}, now);
  (void)table.forget_tombstones(now + 1s);
  sut.lost(ref_of(named("a", up)), now);
  change(named("c", up)); // takes the place of a in the table
  const auto update = close_after(100ms);
  BOOST_REQUIRE(update.has_value());
  BOOST_TEST(update->left == std::vector{ref_of(named("a", up))});
  BOOST_TEST(update->joined == std::vector{ref_of(named("c", up))});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
