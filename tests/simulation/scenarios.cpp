/// What happens to clusters in practice, each over many seeds and two kinds of network.
#include <boost/test/unit_test.hpp>

#include "tests/support/trial.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

/// Nobody ever reported that member as dead.
bool never_reported_dead(const virtual_cluster& cluster, int nodes, const node_id& id) {
  for (int number = 1; number <= nodes; ++number)
    for (const auto& event : cluster.told<member_status_changed>(number))
      if (event.member.id == id && event.to == member_status::dead)
        return false;
  return true;
}

void start_many(trial& run, int nodes) {
  for (int number = 1; number <= nodes; ++number)
    run.cluster.start(number, {1, 2});
}

void start_converged(trial& run, int nodes) {
  start_many(run, nodes);
  run.require(run.cluster.converges_within(30s), "the start converges");
}

} // namespace

BOOST_AUTO_TEST_SUITE(scenarios)

BOOST_AUTO_TEST_CASE(sixteen_nodes_that_start_together_see_each_other) {
  for_seeds("join of 16", 10, [](trial& run) {
    start_many(run, 16);
    run.require(run.cluster.converges_within(run.lossy() ? 30s : 10s), "all see all");
  });
}

BOOST_AUTO_TEST_CASE(thirty_two_nodes_that_start_together_see_each_other) {
  for_seeds("join of 32", 1, [](trial& run) {
    start_many(run, 32);
    run.require(run.cluster.converges_within(run.lossy() ? 40s : 15s), "all see all");
  });
}

BOOST_AUTO_TEST_CASE(a_crashed_node_is_dead_everywhere) {
  for_seeds("crash", 10, [](trial& run) {
    start_converged(run, 8);
    run.cluster.kill(5);
    run.require(run.cluster.converges_within(20s), "the others agree");
    for (const auto number : run.cluster.living())
      run.require(run.cluster.status(number, 5) == member_status::dead, "n5 is dead");
  });
}

BOOST_AUTO_TEST_CASE(a_node_that_says_goodbye_is_never_reported_dead) {
  for_seeds("graceful leave", 20, [](trial& run) {
    start_converged(run, 8);
    run.leave(5);
    run.require(run.cluster.run_until([&] { return !run.cluster.at(5).replies.empty(); }, 4s),
                "the leave is answered");
    run.cluster.kill(5);
    run.require(run.cluster.converges_within(20s), "the others agree");
    run.cluster.run_for(8s);
    if (!run.lossy())
      run.require(never_reported_dead(run.cluster, 8, "n5"), "n5 has left, not died");
  });
}

BOOST_AUTO_TEST_CASE(a_quick_restart_takes_the_place_of_its_predecessor_at_once) {
  for_seeds("quick restart", 10, [](trial& run) {
    start_converged(run, 6);
    run.cluster.kill(4);
    run.cluster.run_for(300ms);
    run.cluster.start(4, {1, 2});
    run.require(run.cluster.converges_within(run.lossy() ? 20s : 3s), "all see the new one");
    run.require(never_reported_dead(run.cluster, 6, "n4"), "n4 was replaced, it did not die");
  });
}

BOOST_AUTO_TEST_CASE(a_restart_while_quarantined_waits_for_the_end_of_it) {
  for_seeds("rejoin while quarantined", 10, [](trial& run) {
    start_converged(run, 5);
    run.cluster.kill(4);
    run.require(run.cluster.converges_within(20s), "n4 is dead");
    const auto dead_since = run.cluster.now();
    run.cluster.start(4, {1, 2});
    run.require(
        run.cluster.run_until([&] { return !run.cluster.told<join_refused>(4).empty(); }, 3s),
        "n4 is refused");
    run.require(run.cluster.converges_within(25s), "n4 is let in");
    run.require(run.cluster.now() - dead_since > 4s, "n4 had to wait");
  });
}

BOOST_AUTO_TEST_CASE(a_restart_after_the_quarantine_is_let_in) {
  for_seeds("restart after quarantine", 10, [](trial& run) {
    start_converged(run, 5);
    run.cluster.kill(4);
    run.require(run.cluster.converges_within(20s), "n4 is dead");
    run.cluster.run_for(11s);
    run.cluster.start(4, {1, 2});
    run.require(run.cluster.converges_within(run.lossy() ? 20s : 3s), "n4 is in");
    run.require(run.cluster.told<join_refused>(4).empty(), "nobody refused n4");
  });
}

BOOST_AUTO_TEST_CASE(a_node_declared_dead_while_paused_comes_back_as_a_new_incarnation) {
  for_seeds("long pause", 10, [](trial& run) {
    start_converged(run, 6);
    const auto before = run.cluster.at(4).self.incarnation;
    run.cluster.pause(4);
    run.cluster.run_for(15s);
    run.cluster.resume(4);
    run.require(run.cluster.converges_within(40s), "n4 is back");
    run.require(run.cluster.at(4).self.incarnation > before, "as a new incarnation");
    run.require(run.cluster.told<self_declared_dead>(4).size() == 1, "it was told once");
  });
}

BOOST_AUTO_TEST_CASE(a_short_pause_kills_nobody) {
  for_seeds("short pause", 10, [](trial& run) {
    start_converged(run, 6);
    run.cluster.pause(4);
    run.cluster.run_for(2500ms);
    run.cluster.resume(4);
    run.require(run.cluster.converges_within(20s), "all are up");
    for (int number = 1; number <= 6; ++number)
      run.require(never_reported_dead(run.cluster, 6, "n" + std::to_string(number)), "nobody died");
  });
}

BOOST_AUTO_TEST_CASE(a_node_that_leaves_right_after_joining_is_gone) {
  for_seeds("leave right after joining", 20, [](trial& run) {
    start_converged(run, 5);
    run.cluster.start(6, {1, 2});
    run.cluster.run_for(std::chrono::milliseconds{run.seed() % 30});
    run.leave(6);
    run.cluster.run_for(500ms);
    run.cluster.kill(6);
    run.require(run.cluster.converges_within(25s), "the others agree");
  });
}

BOOST_AUTO_TEST_CASE(a_node_without_other_seeds_finds_back_to_the_cluster_of_its_predecessor) {
  for_seeds("lonely restart", 10, [](trial& run) {
    start_converged(run, 6);
    run.cluster.kill(1);
    run.cluster.run_for(300ms);
    run.cluster.start(1, {1});
    run.require(run.cluster.converges_within(run.lossy() ? 20s : 5s), "one cluster again");
    run.require(never_reported_dead(run.cluster, 6, "n1"), "n1 was replaced, it did not die");
  });
}

BOOST_AUTO_TEST_CASE(the_first_seed_may_restart) {
  for_seeds("first seed restarts", 10, [](trial& run) {
    start_converged(run, 5);
    run.cluster.kill(1);
    run.cluster.run_for(200ms);
    run.cluster.start(1, {1, 2});
    run.require(run.cluster.converges_within(20s), "one cluster, not two");
  });
}

BOOST_AUTO_TEST_CASE(one_seed_is_enough) {
  for_seeds("all seeds but one are down", 10, [](trial& run) {
    for (int number = 1; number <= 4; ++number)
      run.cluster.start(number, {1, 11, 12, 13});
    run.require(run.cluster.converges_within(30s), "all see all");
    run.cluster.start(5, {13, 12, 11, 1});
    run.require(run.cluster.converges_within(30s), "the last seed lets n5 in");
  });
}

BOOST_AUTO_TEST_CASE(of_two_nodes_with_one_name_the_newer_incarnation_stays) {
  for_seeds("duplicated name", 10, [](trial& run) {
    start_converged(run, 4);
    run.cluster.start_as(5, "n3", run.cluster.at(3).self.incarnation + 1, {1});
    run.require(run.cluster.run_until(
                    [&] { return !run.cluster.told<self_declared_dead>(3).empty(); }, 10s),
                "the older one is told");
    run.cluster.kill(3);
    run.require(run.cluster.converges_within(20s), "the newer one is a member");
  });
}

BOOST_AUTO_TEST_CASE(a_live_name_cannot_be_taken_by_a_lower_or_equal_incarnation) {
  for_seeds("name of a live member", 6, [](trial& run) {
    start_converged(run, 4);
    run.cluster.start_as(5, "n3", run.cluster.at(3).self.incarnation - run.seed() % 2, {1});
    run.cluster.run_for(8s);
    run.require(!run.cluster.told<join_refused>(5).empty(), "the intruder is refused");
    run.cluster.kill(5);
    run.require(run.cluster.converges_within(10s), "nobody else noticed");
    run.require(run.cluster.told<self_declared_dead>(3).empty(), "n3 stays");
  });
}

BOOST_AUTO_TEST_CASE(a_deaf_link_in_one_direction_does_not_make_the_views_flap) {
  for_seeds("one-way cut", 5, [](trial& run) {
    start_converged(run, 6);
    run.cluster.cut(2, 3);
    run.cluster.run_for(20s);
    std::size_t suspicions = 0;
    for (const auto& event : run.cluster.told<member_status_changed>(3))
      suspicions += event.to == member_status::suspect ? 1 : 0;
    run.require(suspicions < 15, "a refutation counts as a proof of life");
    run.require(never_reported_dead(run.cluster, 6, "n2"), "n2 is alive, others say so");
    run.cluster.heal();
    run.require(run.cluster.converges_within(20s), "all are up again");
  });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
