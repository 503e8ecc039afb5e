/// Hundreds of members: how fast, how much in a message, how much in a round, and who is chosen.
#include <map>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/state_trial.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;
using boost::unit_test::description;

constexpr std::size_t ring_neighbours = 9; // of the membership's heartbeats, by default

/// A cluster in which everybody knows that everybody has everything.
void start_settled(virtual_gossip& nodes, int count) {
  nodes.thorough = false;
  nodes.frames = ring_neighbours;
  nodes.start_all(count);
  nodes.run_for(nodes.cfg.gossip_interval - 1ms);
  nodes.share_all();
  BOOST_REQUIRE(nodes.converges_within(30s));
}

/// The time until an update of node 1 is everywhere.
duration time_to_all(virtual_gossip& nodes) {
  const auto begin = nodes.now();
  const auto value = nodes.set(1, "news");
  BOOST_REQUIRE(nodes.run_until(
      [&] { return nodes.holders_of(1, "news", value) == nodes.living().size(); }, 60s));
  return nodes.now() - begin;
}

/// The same in rounds.
long rounds_to_all(virtual_gossip& nodes) {
  return 1 + (time_to_all(nodes) - 1ns) / nodes.cfg.gossip_interval;
}

struct run_of_many {
  std::uint64_t trace = 0;
  std::size_t largest = 0;
  std::vector<std::string> violations;
};

run_of_many run_many(std::uint64_t seed) {
  network_conditions rough;
  rough.loss = 0.1;
  rough.duplication = 0.1;
  rough.reordering = 0.1;
  virtual_gossip nodes{seed, rough};
  nodes.thorough = false;
  nodes.frames = ring_neighbours;
  nodes.start_all(300);
  nodes.set(7, "news");
  nodes.run_for(1500ms);
  return {nodes.trace(), nodes.largest_message(), nodes.violations()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(state_scale)

BOOST_AUTO_TEST_CASE(an_update_reaches_hundreds_in_a_few_rounds,
                     *description("S2.8.5 S2.8.6: at most fan_out requests per round")) {
  const std::map<int, std::uint64_t> runs{{10, 10}, {100, 1}, {300, 1}};
  for (const auto& [count, seeds] : runs) {
    std::map<bool, std::map<long, int>> rounds;
    for_state_seeds("rounds of " + std::to_string(count), seeds,
                    [&, count = count](trial& run, virtual_gossip& nodes) {
                      nodes.cfg.dissemination_bursts = 0; // the rounds have to do it alone
                      start_settled(nodes, count);
                      const auto needed = rounds_to_all(nodes);
                      ++rounds[run.lossy()][needed];
                      run.require(needed <= (run.lossy() ? 16 : 8), "few rounds");
                    });
    for (const auto& [lossy, found] : rounds)
      for (const auto& [needed, times] : found)
        BOOST_TEST_MESSAGE(count << " nodes, " << (lossy ? "30 % loss" : "no loss") << ": "
                                 << needed << " rounds, " << times << " times");
  }
}

BOOST_AUTO_TEST_CASE(an_update_reaches_hundreds_at_once,
                     *description("S2.4.2 S2.8.5: by news, without waiting for the round")) {
  const std::map<int, std::uint64_t> runs{{10, 10}, {100, 1}, {300, 1}};
  for (const auto& [count, seeds] : runs)
    for_state_seeds("news to " + std::to_string(count), seeds,
                    [&, count = count](trial& run, virtual_gossip& nodes) {
                      start_settled(nodes, count);
                      const auto needed = time_to_all(nodes);
                      const auto limit = run.lossy() ? nodes.cfg.gossip_interval : 100ms;
                      BOOST_TEST_MESSAGE(
                          count << " nodes, " << (run.lossy() ? "30 % loss" : "no loss") << ": "
                                << needed / 1ms << " ms at most, " << nodes.news() << " datagrams");
                      run.require(needed <= limit, "sooner than with the next round");
                    });
}

BOOST_AUTO_TEST_CASE(equal_seeds_give_equal_runs, *description("S2.8.6")) {
  const auto first = run_many(5);
  BOOST_TEST(first.violations.empty());
  BOOST_TEST(first.largest == 50U);
  BOOST_TEST(first.trace == run_many(5).trace);
  BOOST_TEST(first.trace != run_many(6).trace);
}

BOOST_AUTO_TEST_CASE(a_full_message_has_max_send_members_and_its_sender_among_them,
                     *description("S2.8.6")) {
  for (const std::uint32_t max_send : {1U, 7U, 20U}) {
    virtual_gossip nodes{3};
    nodes.cfg.gossip_max_send = max_send;
    nodes.frames = 3;
    nodes.start_all(60);
    std::size_t without_sender = 0;
    std::size_t fullest = 0;
    nodes.on_request = [&](const auto& from, const state_outbound& what) {
      fullest = std::max(fullest, what.what.state.members.size());
      without_sender += what.what.state.members.contains(from.self.id) ? 0 : 1;
    };
    for (int number = 1; number <= 60; ++number)
      nodes.set(number, "k");
    BOOST_TEST(nodes.converges_within(120s));
    BOOST_TEST(fullest == max_send);
    BOOST_TEST((max_send == 1 || without_sender == 0), without_sender << " without the sender");
    BOOST_TEST(nodes.violations().empty());
  }
}

BOOST_AUTO_TEST_CASE(a_joined_member_gets_the_full_state, *description("S2.7.2")) {
  for_state_seeds("join", 10, [](trial& run, virtual_gossip& nodes) {
    constexpr int newcomer = 21;
    nodes.frames = 3;
    nodes.start_all(newcomer - 1);
    for (int number = 1; number < newcomer; ++number)
      for (const auto* key : {"a", "b", "c"})
        nodes.set(number, key);
    run.require(nodes.converges_within(60s), "all have all");
    nodes.falls_silent_within(60s);

    nodes.start(newcomer);
    nodes.announce();
    std::optional<time_point> chosen_at;
    bool with_own_state = false;
    nodes.on_request = [&](const auto& from, const state_outbound& what) {
      if (what.target.id != nodes.id_of(newcomer) || chosen_at)
        return;
      chosen_at = nodes.now();
      with_own_state = what.what.state.members.at(from.self.id).entries.size() >= 3;
    };
    const auto fan_out = nodes.cfg.gossip_fan_out;
    const auto bound = ((newcomer - 1 + fan_out - 1) / fan_out) * 20 * nodes.cfg.gossip_interval;
    run.require(nodes.converges_within(bound), "it has everything");
    run.require(chosen_at.has_value(), "it was chosen");
    run.require(with_own_state, "by somebody who sent all of its own");
  });
}

BOOST_AUTO_TEST_CASE(every_peer_is_chosen_and_so_many_per_round, *description("S2.8.5")) {
  for (const std::uint32_t fan_out : {1U, 3U, 10U, 50U}) {
    virtual_gossip nodes{fan_out};
    nodes.cfg.gossip_fan_out = fan_out;
    nodes.cfg.dissemination_bursts = 0; // who has the news already is not asked
    nodes.start_all(11);
    BOOST_REQUIRE(nodes.converges_within(30s));
    std::map<node_id, int> chosen;
    std::map<time_point, std::set<node_id>> rounds;
    nodes.on_request = [&](const auto& from, const state_outbound& what) {
      if (from.number != 1)
        return;
      ++chosen[what.target.id];
      rounds[nodes.now()].insert(what.target.id);
    };
    const auto first = nodes.at(1).core->next_deadline();
    nodes.run_for(first - nodes.now() - 1ms);
    for (int round = 0; round < 200; ++round) {
      nodes.set(1, "k");
      nodes.run_for(nodes.cfg.gossip_interval);
    }
    BOOST_TEST(rounds.size() == 200U);
    for (const auto& [when, targets] : rounds)
      BOOST_TEST(targets.size() == std::min(fan_out, 10U));
    BOOST_TEST(chosen.size() == 10U);
    BOOST_TEST(nodes.violations().empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
