/// The scenarios: what is done to a cluster, and what is measured.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/simulator.hpp"
#include "tools/gossip_sim/options.hpp"
#include "tools/gossip_sim/outcome.hpp"

namespace caf_gossip::tools {

struct scenario {
  std::string_view name;
  std::string_view meaning;
  /// Defaults.
  std::uint32_t nodes = 0;
  double minutes = 0;
  /// Nobody may be declared dead while its process runs and is not paused.
  bool spares_the_living = false;
  void (*run)(test::simulator& world, const options& how, outcome& result) = nullptr;
};

[[nodiscard]] std::span<const scenario> all_scenarios();
[[nodiscard]] const scenario* find_scenario(std::string_view name);

/// Runs the chosen scenario with one seed, and measures how fast that went.
[[nodiscard]] outcome run_scenario(const options& how, std::uint64_t seed);

// -- one function per scenario --------------------------------------------------------------------

void run_update(test::simulator& world, const options& how, outcome& result);
void run_kill(test::simulator& world, const options& how, outcome& result);
void run_host_loss(test::simulator& world, const options& how, outcome& result);
void run_idle(test::simulator& world, const options& how, outcome& result);
void run_join(test::simulator& world, const options& how, outcome& result);
void run_endurance(test::simulator& world, const options& how, outcome& result);
void run_unstable(test::simulator& world, const options& how, outcome& result);
void run_flapping(test::simulator& world, const options& how, outcome& result);
void run_links(test::simulator& world, const options& how, outcome& result);
void run_partition(test::simulator& world, const options& how, outcome& result);
void run_chaos(test::simulator& world, const options& how, outcome& result);

// -- what they share ------------------------------------------------------------------------------

/// Starts the nodes on a network without loss and lets them converge; then the loss begins and the
/// counts start from zero. What does not converge is a violation.
bool start_cluster(test::simulator& world, const options& how, outcome& result);

/// Adds messages, packets and bytes per node and second since the counts began.
void add_traffic(const test::simulator& world, duration span, outcome& result);

/// Adds what was suspected and declared dead.
void add_verdicts(const test::simulator& world, outcome& result);

/// Who was declared dead, when, by whom and why, as a sentence.
[[nodiscard]] std::string describe_death(const test::incarnation_key& who, const test::death& what,
                                         time_point begun);

/// Adds how often the views of the nodes have changed.
void add_view_changes(const test::simulator& world, double minutes, outcome& result);

/// Adds a curve of the verdicts over time.
void plot_verdicts(const test::simulator& world, time_point begun, outcome& result);

[[nodiscard]] inline duration minutes_of(double minutes) {
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>(minutes * 60));
}

/// A random time from `min` up to `max`.
[[nodiscard]] inline duration between(duration min, duration max, test::simulator& world) {
  return min + duration{world.random().below(static_cast<std::uint64_t>((max - min).count()) + 1)};
}

/// Returns `count` different numbers of nodes, none of them the first one.
[[nodiscard]] std::vector<std::uint32_t> some_nodes(std::size_t count, test::simulator& world);

/// Time that this process has computed: other processes do not disturb it.
[[nodiscard]] std::chrono::duration<double> cpu_time();

[[nodiscard]] inline double milliseconds_of(duration span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

} // namespace caf_gossip::tools
