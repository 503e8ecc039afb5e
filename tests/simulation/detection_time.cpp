/// How soon a process that has ended is found out (docs/protocol.md).
#include <optional>

#include <boost/test/unit_test.hpp>

#include "tests/support/simulator.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

/// Of the packets under way: a heartbeat that comes later than usual, a connection that is refused.
constexpr auto network_time = 5ms;

struct findings {
  std::optional<duration> suspected;
  std::optional<duration> condemned;
};

/// Kills a process at some moment of its round.
findings kill_one(std::uint64_t seed, std::uint32_t nodes, duration phase, bool with_host) {
  simulator run{seed};
  run.with_state = false;
  BOOST_REQUIRE(run.start_converged(nodes));
  run.run_for(8s + phase);
  const auto victim = static_cast<std::uint32_t>(seed % nodes);
  const auto killed = run.now();
  findings result;
  run.on_event = [&](const sim_node&, const membership_event& event) {
    const auto* changed = std::get_if<member_status_changed>(&event);
    if (changed == nullptr || changed->member.id != simulator::id_of(victim))
      return;
    if (changed->to == member_status::suspect && !result.suspected)
      result.suspected = run.now() - killed;
    if (changed->to == member_status::dead && !result.condemned)
      result.condemned = run.now() - killed;
  };
  if (with_host)
    run.lose_host(victim);
  else
    run.kill(victim);
  run.run_for(15s);
  BOOST_TEST(run.violations().empty());
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(detection_time)

BOOST_AUTO_TEST_CASE(a_killed_process_is_suspected_within_the_promised_time) {
  const config cfg;
  const duration bound =
      cfg.heartbeat_interval + 2 * cfg.probe_timeout + cfg.detector_poll_interval + network_time;
  duration longest{};
  for (const std::uint32_t nodes : {3U, 10U, 24U})
    for (std::uint64_t seed = 1; seed <= 16; ++seed) {
      const auto phase = cfg.heartbeat_interval * (seed - 1) / 16;
      const auto found = kill_one(seed, nodes, phase, false);
      BOOST_TEST_CONTEXT("seed " << seed << ", " << nodes << " nodes") {
        BOOST_REQUIRE(found.suspected.has_value());
        BOOST_REQUIRE(found.condemned.has_value());
        BOOST_TEST((*found.suspected <= bound));
        // The other observers look at once, and are refused too.
        BOOST_TEST((*found.condemned <= *found.suspected + network_time));
        longest = std::max(longest, *found.suspected);
      }
    }
  // The bound is not a loose one.
  BOOST_TEST((longest > bound - cfg.probe_timeout));
}

BOOST_AUTO_TEST_CASE(a_lost_host_is_condemned_within_the_promised_time) {
  const config cfg;
  // A stream takes longer to fail than to be refused.
  const duration bound = cfg.heartbeat_interval + 9 * cfg.probe_timeout / 2
                         + cfg.detector_poll_interval + network_time;
  duration longest{};
  for (const std::uint32_t nodes : {10U, 24U})
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      const auto phase = cfg.heartbeat_interval * (seed - 1) / 8;
      const auto found = kill_one(seed, nodes, phase, true);
      BOOST_TEST_CONTEXT("seed " << seed << ", " << nodes << " nodes") {
        BOOST_REQUIRE(found.suspected.has_value());
        BOOST_REQUIRE(found.condemned.has_value());
        BOOST_TEST((*found.suspected <= bound));
        BOOST_TEST((*found.condemned >= *found.suspected + cfg.suspicion_timeout_min));
        // The other observers find the same, so that it is the shortest time.
        BOOST_TEST((*found.condemned <= *found.suspected + cfg.suspicion_timeout_min
                                            + cfg.detector_poll_interval + network_time));
        longest = std::max(longest, *found.suspected);
      }
    }
  BOOST_TEST((longest > bound - cfg.probe_timeout));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
