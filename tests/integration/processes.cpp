/// Clusters of processes: coming together, crashing, leaving.
#include <csignal>

#include "tests/integration/nodes.hpp"

using namespace caf_gossip::test;

BOOST_AUTO_TEST_SUITE(processes)

// S1.4.3, S4.19: the views of all members are equal.
BOOST_AUTO_TEST_CASE(five_come_together) {
  nodes cluster{5, {}};
  const auto took = cluster.come_together();
  BOOST_TEST_MESSAGE("5 processes: all see all " << took << " ms after the last start");
  BOOST_TEST(took < 10'000);
  const auto hash = cluster[0].expect_members(cluster.ids()).at("hash");
  for (const auto& one : cluster.all)
    BOOST_TEST(one->expect_members(cluster.ids()).at("hash") == hash);
  cluster.expect_no_suspicion();
}

BOOST_AUTO_TEST_CASE(sixteen_come_together_and_stop_promptly) {
  nodes cluster{16, {}};
  const auto took = cluster.come_together();
  BOOST_TEST_MESSAGE("16 processes: all see all " << took << " ms after the last start");
  BOOST_TEST(took < 10'000);
  cluster.expect_no_suspicion();
  for (const auto& one : cluster.all)
    one->process().send("quit");
  for (const auto& one : cluster.all)
    one->quit();
}

// S3.3.1
BOOST_AUTO_TEST_CASE(all_others_call_a_killed_member_dead_and_nobody_else) {
  nodes cluster{5, quick};
  cluster.come_together();
  const auto victim = cluster.take(1);
  const auto killed_at = time_now();
  victim->process().signal(SIGKILL);
  std::int64_t last = 0;
  for (const auto& one : cluster.all) {
    const auto dead = one->expect("dead", victim->id());
    last = std::max(last, dead.at("t").get<std::int64_t>());
    one->expect("quarantined", victim->id());
    const auto after = one->expect_loss("dead", victim->id(), cluster.ids());
    BOOST_TEST(after.at("left").empty());
  }
  BOOST_TEST_MESSAGE("4 survivors know it " << ms_between(killed_at, last) << " ms after the kill");
  // Pause 1.5 s, some heartbeats of 100 ms and a suspicion of 1 s, and much for a busy machine.
  BOOST_TEST(ms_between(killed_at, last) < 15'000);
  cluster.expect_no_suspicion(victim->id());
}

// S2.9.1, S2.9.2
BOOST_AUTO_TEST_CASE(a_member_that_leaves_is_reported_as_left_and_never_as_dead) {
  nodes cluster{4, quick};
  cluster.come_together();
  const auto leaver = cluster.take(2);
  leaver->process().send("leave");
  leaver->expect("stopped", "");
  for (const auto& one : cluster.all) {
    one->expect("left", leaver->id());
    const auto after = one->expect_loss("left", leaver->id(), cluster.ids());
    BOOST_TEST(after.at("dead").empty());
  }
  leaver->quit();
  // The last one to go notices nothing either.
  for (std::size_t i = cluster.all.size() - 1; i > 0; --i)
    cluster[i].quit();
  cluster[0].expect_members({cluster[0].id()});
  cluster.expect_no_suspicion();
}

BOOST_AUTO_TEST_CASE(a_member_that_gets_sigterm_leaves_gracefully) {
  nodes cluster{3, quick};
  cluster.come_together();
  const auto leaver = cluster.take(2);
  leaver->terminate();
  for (const auto& one : cluster.all) {
    // It is no member from the moment on at which it starts to leave, but has left only later.
    one->expect("left", leaver->id());
    one->expect_loss("left", leaver->id(), cluster.ids());
  }
  cluster.expect_no_suspicion();
}

// S2.9.1: the leave ends when the others have it, not when its time is over.
BOOST_AUTO_TEST_CASE(stopping_is_prompt) {
  const words slow{"--gossip.leave-timeout=25s"};
  nodes cluster{3, slow};
  cluster.come_together();
  const auto took = cluster[1].quit();
  BOOST_TEST_MESSAGE("leaving and ending took " << took << " ms");
  BOOST_TEST(took < 10'000);
}

// S2.9.1
BOOST_AUTO_TEST_CASE(a_frozen_peer_cannot_hold_up_a_stop) {
  nodes cluster{2, {"--gossip.leave-timeout=500ms"}};
  cluster.come_together();
  cluster[1].process().signal(SIGSTOP);
  const auto took = cluster[0].quit();
  BOOST_TEST_MESSAGE("leaving a frozen peer took " << took << " ms");
  BOOST_TEST(took < 10'000);
}

BOOST_AUTO_TEST_CASE(a_paused_member_is_suspected_and_refutes) {
  nodes cluster{3, quick + words{"--gossip.suspicion-timeout=60s"}};
  cluster.come_together();
  auto& paused = cluster[2];
  paused.process().signal(SIGSTOP);
  cluster[0].expect("suspect", paused.id());
  const auto mark = cluster[0].process().line_count();
  paused.process().signal(SIGCONT);
  cluster[0].expect("alive", paused.id(), mark);
  for (const auto& one : cluster.all)
    BOOST_TEST(one->said(is("dead")).empty());
}

BOOST_AUTO_TEST_CASE(members_join_and_leave_again_and_again) {
  const auto* wanted = std::getenv("CAF_GOSSIP_REPEAT");
  const auto repetitions = wanted == nullptr ? 5 : std::stoi(wanted);
  node first{"n01", {}, quick};
  const words both{"n01", "n02"};
  for (auto i = 0; i < repetitions; ++i) {
    const auto mark = first.process().line_count();
    node second{"n02", {first.address()}, quick};
    second.expect_members(both);
    first.expect_members(both, mark);
    const auto before_goodbye = first.process().line_count();
    second.quit();
    BOOST_TEST(first.expect_members({"n01"}, before_goodbye).at("left") == words{"n02"});
  }
  BOOST_TEST(first.said(is("dead")).empty());
  BOOST_TEST_MESSAGE(repetitions << " times joined and left");
}

BOOST_AUTO_TEST_SUITE_END()
