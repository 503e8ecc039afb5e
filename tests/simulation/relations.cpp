/// What must hold between runs, and bounds on what a cluster sends.
#include <algorithm>
#include <map>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/trial.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

std::uint64_t sent_by(const virtual_cluster& cluster, int nodes) {
  std::uint64_t result = 0;
  for (int number = 1; number <= nodes; ++number)
    result += cluster.at(number).sent;
  return result;
}

void start_many(trial& run, int nodes) {
  for (int number = 1; number <= nodes; ++number)
    run.cluster.start(number, {1, 2});
}

/// Nodes join, crash, restart and leave.
std::string turbulent_trace(std::uint64_t seed) {
  network_conditions rough;
  rough.loss = 0.2;
  rough.duplication = 0.1;
  rough.reordering = 0.1;
  virtual_cluster cluster{seed, rough};
  cluster.traced = true;
  for (int number = 1; number <= 6; ++number)
    cluster.start(number, {1, 2});
  cluster.run_for(2s);
  cluster.kill(3);
  cluster.run_for(1s);
  cluster.start(3, {1, 2});
  cluster.pause(4);
  cluster.run_for(9s);
  cluster.resume(4);
  cluster.run_for(5s);
  return cluster.trace();
}

/// What a cluster ends with: the records of its first node, without what depends on timing.
std::map<node_id, member_status> final_statuses(trial& run) {
  start_many(run, 6);
  run.require(run.cluster.converges_within(40s), "the start converges");
  run.cluster.kill(3);
  run.leave(4);
  run.cluster.run_for(1s);
  run.cluster.kill(4);
  run.require(run.cluster.converges_within(40s), "crash and leave converge");
  run.cluster.run_for(15s);
  std::map<node_id, member_status> result;
  run.cluster.at(1).core->table().visit(
      [&](const member_entry& entry) { result.emplace(entry.rec->id, entry.status()); });
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(relations)

BOOST_AUTO_TEST_CASE(equal_seeds_give_equal_runs) {
  const auto first = turbulent_trace(11);
  BOOST_TEST(first.size() > 1000U);
  BOOST_TEST((first == turbulent_trace(11)));
  BOOST_TEST((first != turbulent_trace(12)));
}

BOOST_AUTO_TEST_CASE(doubled_and_reordered_messages_change_nothing) { // S4.8
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    trial calm{"calm", seed, false};
    trial doubled{"every message twice", seed, false};
    doubled.cluster.conditions.duplication = 1.0;
    doubled.cluster.conditions.reordering = 0.5;
    doubled.cluster.conditions.lossy_streams = true; // reordered too
    BOOST_TEST((final_statuses(calm) == final_statuses(doubled)), doubled.replay());
    calm.conclude();
    doubled.conclude();
  }
}

BOOST_AUTO_TEST_CASE(thirty_percent_loss_of_everything_still_converges) { // S4.15
  for_seeds("30 % loss, streams too", 20, [](trial& run) {
    run.cluster.conditions.loss = 0.3;
    run.cluster.conditions.lossy_streams = true;
    start_many(run, 8);
    run.require(run.cluster.converges_within(60s), "all see all");
  });
}

BOOST_AUTO_TEST_CASE(thirty_percent_loss_of_datagrams_kills_nobody) { // S4.15
  for_seeds("30 % loss of datagrams", 10, [](trial& run) {
    start_many(run, 8);
    run.require(run.cluster.converges_within(60s), "all see all");
    run.cluster.run_for(60s);
    for (int number = 1; number <= 8; ++number)
      for (const auto& event : run.cluster.told<member_status_changed>(number))
        run.require(event.to != member_status::dead, "nobody was declared dead");
  });
}

BOOST_AUTO_TEST_CASE(an_idle_cluster_sends_heartbeats_and_now_and_then_a_check) {
  const auto idle = [](int nodes, std::uint32_t observers) {
    trial run{"idle", 5, false};
    run.cluster.cfg.heartbeat_observers = observers;
    start_many(run, nodes);
    BOOST_REQUIRE(run.cluster.converges_within(40s));
    run.cluster.run_for(10s); // the first seed has found the second by now
    std::uint64_t others = 0;
    run.cluster.filter = [&](int, const membership_outbound& message) {
      others += std::holds_alternative<heartbeat>(message.payload) ? 0 : 1;
      return true;
    };
    const auto before = sent_by(run.cluster, nodes);
    run.cluster.run_for(20s);
    // Each node pings one other in that time to know that it can hear, and is answered.
    BOOST_TEST(others == 2U * static_cast<unsigned>(nodes));
    // One per interval and node, whatever the number of observers and of nodes.
    BOOST_TEST(sent_by(run.cluster, nodes) - before - others
               == static_cast<std::uint64_t>(nodes * (20s / run.cluster.cfg.heartbeat_interval)));
  };
  for (const int nodes : {2, 8, 24})
    for (const std::uint32_t observers : {1U, 4U, 9U})
      idle(nodes, observers);
}

BOOST_AUTO_TEST_CASE(one_change_costs_a_bounded_number_of_messages) {
  trial run{"cost of a change", 3, false};
  start_many(run, 20);
  BOOST_REQUIRE(run.cluster.converges_within(40s));
  run.cluster.run_for(10s);
  std::map<std::size_t, std::uint64_t> sent;
  run.cluster.filter = [&](int, const membership_outbound& message) {
    ++sent[message.payload.index()];
    return true;
  };
  run.cluster.start(21, {1});
  BOOST_REQUIRE(run.cluster.converges_within(20s));
  const auto deltas = sent[membership_payload{delta{}}.index()];
  BOOST_TEST_MESSAGE("deltas for one join of 20: " << deltas);
  BOOST_TEST(deltas < 3U * 21U * 20U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
