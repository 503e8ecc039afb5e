/// Key/value state reaches everybody, whatever the network does to requests and answers.
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/state_trial.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;
using boost::unit_test::description;

std::set<int> numbers(int first, int last) {
  std::set<int> result;
  while (first <= last)
    result.insert(first++);
  return result;
}

void cut_between(virtual_gossip& nodes, const std::set<int>& a, const std::set<int>& b) {
  for (const auto one : a)
    for (const auto other : b)
      nodes.cut_both(one, other);
}

void tell_all(virtual_gossip& nodes, const std::set<int>& members) {
  for (const auto number : members)
    nodes.tell(number, {members.begin(), members.end()});
}

/// Each of the nodes writes a few keys over the time.
void write_for(virtual_gossip& nodes, const std::set<int>& writers, duration span) {
  const auto end = nodes.now() + span;
  for (int round = 0; nodes.now() < end; ++round) {
    for (const auto number : writers)
      nodes.set(number, "k" + std::to_string(round % 3));
    nodes.run_for(3s);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(state_convergence)

BOOST_AUTO_TEST_CASE(every_value_reaches_everybody_and_then_nothing_is_sent,
                     *description("S4.8 S4.15 S2.5.5: 30 % loss, 10 % duplication, reordering")) {
  constexpr int count = 10;
  for_state_seeds("every value everywhere", 200, [](trial& run, virtual_gossip& nodes) {
    if (!run.lossy() && run.seed() > 10)
      return; // without loss, one run is much like another
    nodes.frames = 2;
    nodes.start_all(count);
    std::map<std::pair<int, std::string>, std::string> written;
    for (int number = 1; number <= count; ++number)
      for (const auto* key : {"a", "b", "c", "d", "e"})
        written[{number, key}] = nodes.set(number, key);
    run.require(nodes.converges_within(run.lossy() ? 30s : 10s), "all have all");
    for (const auto& [where, value] : written)
      run.require(nodes.holders_of(where.first, where.second, value) == count,
                  "all have the key " + where.second + " of " + nodes.id_of(where.first));
    run.require(nodes.falls_silent_within(60s), "the requests and the news end");
    const auto before = nodes.requests() + nodes.news();
    nodes.run_for(20s);
    run.require(nodes.requests() + nodes.news() == before, "nothing is sent without news");
  });
}

BOOST_AUTO_TEST_CASE(doubled_and_reordered_messages_change_nothing, *description("S4.8 S2.5.5")) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    std::map<bool, std::string> ends;
    for (const bool doubled : {false, true}) {
      virtual_gossip nodes{seed};
      nodes.conditions.duplication = doubled ? 1.0 : 0.0;
      nodes.conditions.reordering = doubled ? 0.5 : 0.0;
      nodes.frames = 2;
      nodes.start_all(6);
      for (int round = 0; round < 10; ++round) {
        for (int number = 1; number <= 6; ++number)
          nodes.set(number, "k" + std::to_string(round % 3));
        nodes.run_for(300ms);
      }
      BOOST_TEST(nodes.converges_within(20s));
      BOOST_TEST(nodes.violations().empty());
      // The heartbeats took sequence numbers between the writes: only the values count.
      for (int number = 1; number <= 6; ++number)
        for (const auto* key : {"k0", "k1", "k2"}) {
          const auto values = *nodes.at(number).core->get_state(key);
          for (const auto& [id, entry] : values)
            ends[doubled].append(id + key).append(entry.value.begin(), entry.value.end());
        }
    }
    BOOST_TEST(ends[false] == ends[true]);
  }
}

BOOST_AUTO_TEST_CASE(a_black_hole_delays_nobody_else, *description("S2.8.3")) {
  for_state_seeds("black hole", 10, [](trial& run, virtual_gossip& nodes) {
    constexpr int hole = 5;
    nodes.frames = 2;
    nodes.start_all(hole);
    run.require(nodes.converges_within(30s), "all have all");
    nodes.make_black_hole(hole);
    const auto value = nodes.set(1, "k");
    // The others tell each other; the hole itself learns it as soon as it asks.
    run.require(nodes.run_until([&] { return nodes.holders_of(1, "k", value) >= hole - 1U; },
                                run.lossy() ? 20s : 3s),
                "the others have it");
    nodes.run_for(20s);
    const auto waits_max = static_cast<std::uint64_t>(25s / nodes.cfg.gossip_request_timeout);
    run.require(run.lossy() || nodes.at(1).core->metrics().requests_timed_out <= waits_max,
                "one request at a time waits for the hole");
    nodes.heal();
    nodes.set(1, "k");
    run.require(nodes.converges_within(30s), "what was lost is sent again");
  });
}

BOOST_AUTO_TEST_CASE(both_sides_of_a_partition_come_together, *description("S2.8.3 S4.15")) {
  for_state_seeds("partition without a verdict", 5, [](trial& run, virtual_gossip& nodes) {
    nodes.cfg.heartbeat_expiration = std::nullopt;
    nodes.frames = 3;
    nodes.start_all(8);
    run.require(nodes.converges_within(30s), "all have all");
    cut_between(nodes, numbers(1, 3), numbers(4, 8));
    write_for(nodes, numbers(1, 8), 60s);
    run.require(nodes.contents(1) != nodes.contents(8), "the sides differ");
    nodes.heal();
    run.require(nodes.converges_within(run.lossy() ? 60s : 30s), "the sides come together");
  });
}

BOOST_AUTO_TEST_CASE(both_sides_of_a_partition_that_was_taken_for_a_crash_come_together,
                     *description("S2.7.1 S2.7.3 S4.15")) {
  for_state_seeds("partition with verdicts", 6, [](trial& run, virtual_gossip& nodes) {
    const auto minority = numbers(1, 3);
    const auto majority = numbers(4, 8);
    nodes.frames = 3;
    nodes.start_all(8);
    write_for(nodes, numbers(1, 8), 9s);
    run.require(nodes.converges_within(30s), "all have all");
    cut_between(nodes, minority, majority);
    write_for(nodes, numbers(1, 8), 6s);
    tell_all(nodes, minority);
    tell_all(nodes, majority);
    write_for(nodes, numbers(1, 8), 54s);
    run.require(nodes.contents(1).find("n8 ") == std::string::npos, "the others are forgotten");
    nodes.heal();
    // The membership takes them back as they are, or they have heard that they were declared dead.
    if (run.seed() % 2 == 1)
      for (const auto number : minority)
        nodes.renew(number);
    nodes.announce();
    run.require(nodes.converges_within(run.lossy() ? 60s : 30s), "the sides come together");
  });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
