/// What the simulator finds when something goes back to what it was.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/checked_world.hpp"
#include "tests/support/invariants.hpp"
#include "tests/support/simulator_ended.hpp"

namespace caf_gossip::test {

using namespace std::chrono_literals;

namespace {

/// The first member of one cluster as it is, after it has been seen as it is in another one.
std::vector<std::string> become(const checked_world& later, const checked_world& earlier) {
  invariants checks;
  std::vector<std::string> found;
  checks.check(later.core(one), {}, later.now(), found);
  found.clear(); // that the cluster is not what was told before
  checks.check(earlier.core(one), {}, earlier.now(), found);
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(past_checks)

BOOST_AUTO_TEST_CASE(a_table_that_goes_back_is_a_violation) {
  const checked_world earlier;
  checked_world later;
  BOOST_REQUIRE(earlier.core(subject).self() == later.core(subject).self());
  later.kill(subject);
  later.run_for(5s);
  const auto found = become(later, earlier);
  BOOST_TEST(tells(found, "the table's version fell"));
  BOOST_TEST(tells(found, " fell back to "));
  BOOST_TEST(tells(found, " came back to life"));
  BOOST_TEST(!tells(become(earlier, later), "fell"));
}

BOOST_AUTO_TEST_CASE(one_who_was_buried_and_is_seen_again_is_a_violation) {
  checked_world run;
  const auto incarnation = run.core(subject).self().incarnation;
  run.call(2, [&](sim_node& self, time_point) {
    self.dead.insert({subject, incarnation});
    return 0;
  });
  BOOST_TEST(run.violations().empty());
  run.forge(2, delta{0, 1, {shared_record{run.rec_of(subject, member_status::suspect)}}});
  run.run_for(10ms);
  BOOST_TEST(tells(run.violations(), "came back to life"));
}

BOOST_AUTO_TEST_CASE(numbers_that_fall_are_violations) {
  const auto found_after = [](auto change) {
    checked_world run;
    run.call(one, [&](sim_node& self, time_point) {
      change(self);
      return 0;
    });
    BOOST_REQUIRE(run.set(2, "key", "value"));
    run.run_for(1s);
    return run.violations();
  };
  BOOST_TEST(found_after([](sim_node&) {}).empty());
  BOOST_TEST(
      tells(found_after([](sim_node& self) { ++self.incarnation; }), "its incarnation fell"));
  BOOST_TEST(tells(found_after([](sim_node& self) { self.own_sequence += 100; }),
                   "its sequence number fell"));
  BOOST_TEST(tells(found_after([](sim_node& self) {
                     self.sequences[{simulator::id_of(2), "key"}] = 1000;
                   }),
                   "key fell from 1000 to"));
}

BOOST_AUTO_TEST_CASE(a_message_to_oneself_is_a_violation) {
  checked_world run;
  run.forge(one, ping{});
  BOOST_TEST(tells(run.violations(), "sends to itself"));
}

BOOST_AUTO_TEST_CASE(a_core_that_is_never_content_is_a_violation) {
  const auto found_after = [](std::uint32_t wakes) {
    checked_world run;
    run.call(one, [&](sim_node& self, time_point now) {
      self.last_wake = run.now();
      self.wakes_at_once = wakes;
      self.membership_due = now;
      self.membership_stirred = false;
      return 0;
    });
    return run.violations();
  };
  BOOST_TEST(found_after(2).empty());
  BOOST_TEST(tells(found_after(3), "wants to be ticked again at once"));
}

BOOST_AUTO_TEST_CASE(a_run_that_all_have_buried_never_returns) {
  config forgetful;
  forgetful.tombstones_max = 1; // so that nobody can know better
  checked_world run{forgetful};
  const auto late = run.rec_of(subject, member_status::up);
  run.kill(subject);
  run.run_for(15s);
  run.kill(6); // its tombstone takes the place of the other
  run.run_for(15s);
  BOOST_REQUIRE(run.core(2).table().find(simulator::id_of(subject)) == nullptr);
  run.network.latency_min = run.network.latency_max = 300us;
  BOOST_TEST(run.violations().empty());
  run.forge(2, delta{0, 1, {shared_record{late}}});
  run.run_for(10ms);
  BOOST_TEST(tells(run.violations(), "brings back what all had buried"));
}

BOOST_AUTO_TEST_CASE(a_run_may_return_while_somebody_has_not_buried_it) {
  constexpr incarnation_key key{subject, 1};
  ended_runs runs;
  BOOST_TEST(runs.seen(key, 1, true, 0, 10)); // not known to be over
  runs.end(key, {1, 2}, 10);
  BOOST_TEST(runs.seen(key, 1, false, 0, 20));
  BOOST_TEST(runs.seen(key, 3, true, 0, 30)); // node 2 may have told that
  BOOST_TEST(runs.seen(key, 3, false, 0, 40));
  runs.gone(2, 50);
  BOOST_TEST(runs.seen(key, 1, true, 50, 60)); // was under way
  BOOST_TEST(runs.seen(key, 1, false, 0, 70));
  BOOST_TEST(!runs.seen(key, 1, true, 71, 80));
  BOOST_TEST(runs.seen(key, 2, true, 0, 90)); // reported once
  BOOST_TEST(runs.seen(key, 1, false, 0, 90));
  BOOST_TEST(runs.seen(key, 2, false, 0, 90));
  BOOST_TEST(!runs.seen(key, 2, true, 0, 90)); // out of nothing
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
