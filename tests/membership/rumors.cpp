#include "caf_gossip/membership/rumors.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/printing.hpp"

namespace caf_gossip::test {

namespace {

constexpr std::size_t roomy = 1U << 20U;
constexpr std::uint32_t limit = 3;

record named(const node_id& id) {
  return {id, {"host-" + id, 1}, 1, 1, member_status::up, {}};
}

struct fixture {
  member_table table{1000, 1000};
  caf_gossip::rumors sut;

  void add(const node_id& id, const node_id& learned_from = {}) {
    table.merge(named(id), {}, learned_from, time_point{});
    sut.add(slot_of(id));
  }

  member_slot slot_of(const node_id& id) const { return table.slot_of(id).value(); }

  /// What one message to `target` tells.
  std::vector<node_id> tell(const node_id& target, std::size_t bytes_max = roomy) {
    std::vector<node_id> result;
    for (const auto& rec : sut.take(table, target, bytes_max))
      result.push_back(rec->id);
    sut.settle(limit);
    return result;
  }
};

using ids = std::vector<node_id>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(rumors, fixture)

// SWIM 4.1: a piece of news is passed on lambda * log n times.
BOOST_AUTO_TEST_CASE(are_told_as_often_as_the_logarithm_of_the_cluster) {
  BOOST_TEST(transmissions_of(1, 0) == 1U);
  BOOST_TEST(transmissions_of(1, 1) == 1U);
  BOOST_TEST(transmissions_of(1, 2) == 2U);
  BOOST_TEST(transmissions_of(1, 3) == 2U);
  BOOST_TEST(transmissions_of(1, 4) == 3U);
  BOOST_TEST(transmissions_of(1, 1000) == 10U);
  BOOST_TEST(transmissions_of(3, 1000) == 30U);
  BOOST_TEST(transmissions_of(1, 16384) == 15U);
}

BOOST_AUTO_TEST_CASE(are_forgotten_when_they_were_told_often_enough) {
  add("a");
  BOOST_TEST(sut.has_untold());
  for (std::uint32_t i = 0; i < limit; ++i) {
    BOOST_TEST(tell("x") == ids{"a"});
    BOOST_TEST(!sut.has_untold());
  }
  BOOST_TEST(tell("x").empty());
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(count_every_target_of_one_burst) {
  add("a");
  for (const auto* target : {"x", "y", "z"})
    BOOST_TEST(sut.take(table, target, roomy).size() == 1U);
  sut.settle(limit);
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(of_all_the_least_told_come_first) {
  add("a");
  (void)tell("x");
  add("b");
  add("c");
  BOOST_TEST(tell("x") == (ids{"b", "c", "a"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(become_new_again_when_there_is_more_news) {
  add("a");
  (void)tell("x");
  (void)tell("x");
  add("b");
  add("a");
  BOOST_TEST(sut.size() == 2U);
  BOOST_TEST(tell("x") == (ids{"b", "a"}), boost::test_tools::per_element());
  (void)tell("x");
  BOOST_TEST(sut.size() == 2U);
}

BOOST_AUTO_TEST_CASE(that_changed_while_they_were_told_are_new) {
  add("a");
  for (std::uint32_t i = 0; i < limit; ++i)
    (void)sut.take(table, "x", roomy);
  sut.add(slot_of("a"));
  sut.settle(limit);
  BOOST_TEST(sut.has_untold());
}

// Demers et al. 1987, 1.4: feedback.
BOOST_AUTO_TEST_CASE(heard_from_others_are_told_less_often) {
  add("a");
  sut.heard_again(slot_of("a"), limit);
  table.merge(named("unknown"), {}, {}, time_point{});
  sut.heard_again(slot_of("unknown"), limit);
  BOOST_TEST(sut.size() == 1U);
  (void)tell("x");
  sut.heard_again(slot_of("a"), limit);
  BOOST_TEST(sut.empty());
  sut.heard_again(slot_of("a"), limit);
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(are_not_told_to_whom_they_came_from) {
  add("a", "x");
  add("b", "y");
  BOOST_TEST(tell("x") == ids{"b"});
  BOOST_TEST(tell("y") == ids{"a"});
}

BOOST_AUTO_TEST_CASE(fill_one_message_and_no_more_but_at_least_one_fits) {
  for (const auto* id : {"a", "b", "c", "d"})
    add(id);
  const auto each = estimated_bytes(named("a"));
  BOOST_TEST(tell("x", 2 * each) == (ids{"a", "b"}), boost::test_tools::per_element());
  // What did not fit is next, so that everything gets its turn.
  BOOST_TEST(tell("x", 2 * each) == (ids{"c", "d"}), boost::test_tools::per_element());
  BOOST_TEST(tell("x", 1) == ids{"a"});
}

// Nobody who changes all the time keeps the news of others from being told.
BOOST_AUTO_TEST_CASE(of_one_origin_do_not_crowd_out_others) {
  for (int i = 0; i < 50; ++i)
    add("noisy");
  add("quiet");
  BOOST_TEST(sut.size() == 2U);
  std::size_t told_of_quiet = 0;
  for (int i = 0; i < 4; ++i) {
    for (const auto& id : tell("x", 1))
      told_of_quiet += id == "quiet" ? 1 : 0;
    add("noisy");
  }
  BOOST_TEST(told_of_quiet >= 1U);
}

BOOST_AUTO_TEST_CASE(about_somebody_forgotten_go_away) {
  add("gone");
  auto dead = named("gone");
  dead.status = member_status::dead;
  table.merge(dead, {}, {}, time_point{});
  BOOST_TEST(table.forget_tombstones(time_point::max()) == 1U);
  for (std::uint32_t i = 0; i < limit; ++i)
    BOOST_TEST(tell("x").empty());
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(about_a_slot_that_is_used_again_tell_of_who_is_there) {
  add("gone");
  const auto freed = slot_of("gone");
  auto dead = named("gone");
  dead.status = member_status::dead;
  table.merge(dead, {}, {}, time_point{});
  table.forget_tombstones(time_point::max());
  table.merge(named("next"), {}, {}, time_point{});
  BOOST_TEST(slot_of("next") == freed);
  BOOST_TEST(tell("x") == ids{"next"});
}

BOOST_AUTO_TEST_CASE(can_all_be_forgotten) {
  add("a");
  (void)sut.take(table, "x", roomy);
  sut.clear();
  sut.settle(limit);
  BOOST_TEST(sut.empty());
  BOOST_TEST(!sut.has_untold());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
