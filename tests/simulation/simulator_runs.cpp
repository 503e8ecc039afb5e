/// The simulator itself: equal seeds give equal runs, and each fault does what it says.
#include "tests/support/simulator.hpp"

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

/// Ten nodes that have agreed.
struct world : simulator {
  explicit world(std::uint64_t seed = 1) : simulator(seed) {
    thorough = true;
    BOOST_REQUIRE(start_converged(10));
    run_for(3s);
    reset_counts();
  }

  std::optional<member_status> status(std::uint32_t by, std::uint32_t whom) const {
    const auto* entry = node(by).membership->table().find(id_of(whom));
    return entry == nullptr ? std::nullopt : std::optional{entry->status()};
  }

  bool all_see(std::uint32_t whom, member_status expected_status) const {
    for (const auto number : living())
      if (number != whom && status(number, whom) != expected_status)
        return false;
    return true;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(simulator_runs)

BOOST_AUTO_TEST_CASE(equal_seeds_give_equal_runs) {
  const auto trace_of = [](std::uint64_t seed) {
    world run{seed};
    run.network.loss = 0.2;
    run.network.duplication = run.network.reordering = 0.1;
    run.kill(4);
    run.run_for(20s);
    return run.trace();
  };
  BOOST_TEST(trace_of(7) == trace_of(7));
  BOOST_TEST(trace_of(7) != trace_of(8));
}

BOOST_AUTO_TEST_CASE(nodes_that_join_through_one_agree) {
  simulator run{1};
  run.start(run.add(), {});
  for (int i = 0; i < 9; ++i)
    run.start(run.add(), {0});
  BOOST_TEST(run.run_until([&] { return run.converged(); }, 30s), run.divergence());
  BOOST_TEST(run.violations().empty());
}

BOOST_AUTO_TEST_CASE(a_cluster_that_starts_converged_stays_so_without_suspicions) {
  world run;
  run.run_for(30s);
  BOOST_TEST(run.converged(), run.divergence());
  BOOST_TEST(run.counted().suspicions == 0U);
  BOOST_TEST(run.counted().view_changes == 0U);
  BOOST_TEST(run.violations().empty());
}

BOOST_AUTO_TEST_CASE(an_update_gets_to_all) {
  world run;
  std::size_t told = 0;
  run.on_update = [&](const sim_node&, const gossip_update& what) { told += what.key == "key"; };
  BOOST_REQUIRE(run.set(3, "key", "value"));
  BOOST_TEST(run.run_until([&] { return told == 9; }, 20s));
  BOOST_TEST(run.run_until([&] { return run.converged(); }, 20s), run.divergence());
}

BOOST_AUTO_TEST_CASE(a_killed_process_is_declared_dead_and_not_falsely) {
  world run;
  run.kill(4);
  BOOST_TEST(run.run_until([&] { return run.all_see(4, member_status::dead); }, 60s));
  BOOST_TEST(run.counted().deaths.size() == 1U);
  BOOST_TEST(run.counted().false_deaths() == 0U);
}

BOOST_AUTO_TEST_CASE(a_lost_host_is_declared_dead) {
  world run;
  run.lose_host(4);
  BOOST_TEST(run.run_until([&] { return run.all_see(4, member_status::dead); }, 60s));
}

BOOST_AUTO_TEST_CASE(a_restarted_process_is_a_new_incarnation) {
  world run;
  const auto before = run.node(4).self.incarnation;
  run.kill(4);
  run.run_for(30s);
  run.move(4);
  run.start(4, {1, 2});
  BOOST_TEST(run.run_until([&] { return run.converged(); }, 60s), run.divergence());
  BOOST_TEST(run.node(4).membership->self().incarnation > before);
  BOOST_TEST(run.node(4).self.address.port == 7001);
  BOOST_TEST(run.violations().empty());
}

BOOST_AUTO_TEST_CASE(a_paused_process_handles_what_came_meanwhile) {
  world run;
  const auto tick = run.node(4).state->ticks();
  run.pause(4, 1s);
  run.run_for(900ms);
  BOOST_TEST((run.node(4).process == process_state::paused));
  BOOST_TEST(!run.node(4).waiting.empty());
  BOOST_TEST(run.node(4).state->ticks() == tick);
  run.run_for(1s);
  BOOST_TEST((run.node(4).process == process_state::running));
  BOOST_TEST(run.node(4).waiting.empty());
  BOOST_TEST(run.node(4).state->ticks() > tick);
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_paused_process_is_bounded) {
  world run;
  run.pause(4, 600s);
  run.run_for(590s);
  BOOST_TEST(run.node(4).waiting_datagrams <= 256U);
}

BOOST_AUTO_TEST_CASE(a_slow_node_stays_a_member) {
  world run;
  run.slow_down(4, 50ms, 500ms);
  run.run_for(60s);
  BOOST_TEST(run.counted().false_deaths() == 0U);
}

BOOST_AUTO_TEST_CASE(clocks_may_differ) {
  simulator run{1};
  run.thorough = true;
  run.clock_spread = 2h;
  BOOST_REQUIRE(run.start_converged(10));
  run.run_for(30s);
  BOOST_TEST(run.converged(), run.divergence());
  BOOST_TEST((run.node(1).steady_offset != run.node(2).steady_offset));
  BOOST_TEST((run.node(1).unix_offset != run.node(2).unix_offset));
  BOOST_TEST(run.violations().empty());
}

BOOST_AUTO_TEST_CASE(a_promise_of_no_false_death_that_is_broken_is_a_violation) {
  world run;
  run.promises_no_false_death = true;
  for (std::uint32_t other = 0; other < run.size(); ++other)
    run.network.cut(4, other);
  run.run_for(60s);
  BOOST_TEST(run.counted().false_deaths() >= 1U);
  BOOST_REQUIRE(!run.violations().empty());
  BOOST_TEST(run.violations().front().find("false verdict") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unstable_member_is_removed_and_nobody_else) {
  enum class illness { lossy, deaf, mute, half_deaf };
  for (const auto ill : {illness::lossy, illness::deaf, illness::mute, illness::half_deaf}) {
    world run;
    constexpr std::uint32_t sick = 4;
    for (std::uint32_t other = 0; other < run.size(); ++other)
      if (ill == illness::deaf || (ill == illness::half_deaf && other % 2 == 1))
        run.network.cut(other, sick);
      else if (ill == illness::mute)
        run.network.cut(sick, other);
    if (ill == illness::lossy)
      run.network.set_host_loss(sick, 0.8, 0.8);
    BOOST_TEST(run.run_until([&] { return run.all_see(sick, member_status::dead); }, 60s));
    run.run_for(5s);
    for (const auto& [key, what] : run.counted().deaths)
      for (const auto& [by, when] : what.seen)
        BOOST_TEST((key.first == sick || by == sick));
    run.network.heal();
    BOOST_TEST(run.run_until([&] { return run.members_converged(); }, 3min));
    BOOST_TEST(run.violations().empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
