#include "tools/gossip_sim/scenarios.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <exception>
#include <map>
#include <string>

#include <sys/resource.h>

#include "tools/gossip_sim/exact_sizes.hpp"

namespace caf_gossip::tools {

namespace {

constexpr std::array<scenario, 11> scenarios{{
    {"update", "one node sets a key, ten times: when the others have it", 100, 0, true, run_update},
    {"kill", "a process dies: when the others see it dead", 100, 0, true, run_kill},
    {"host-loss", "a host disappears: when the others see it dead", 100, 0, true, run_host_loss},
    {"idle", "nothing happens: what the nodes send", 100, 1, true, run_idle},
    {"join", "all nodes join through one at the same time", 100, 0, true, run_join},
    {"endurance", "5 % of the nodes are slow or pause up to 3 s: who is declared dead", 100, 10,
     true, run_endurance},
    {"unstable", "1 % of the nodes lose 80 %, hear nobody or only half, or are not heard", 100, 5,
     false, run_unstable},
    {"links", "one link in 50 flaps or is cut in one direction: nobody dies of that", 50, 5, true,
     run_links},
    {"flapping", "the ways between two halves come and go for a minute, then stay", 20, 1, false,
     run_flapping},
    {"partition", "two unequal halves, then one network again", 50, 1, false, run_partition},
    {"chaos", "mixed faults, then calm: do all agree, do the invariants hold", 20, 1, false,
     run_chaos},
}};

double peak_mebibytes() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) / 1024;
}

} // namespace

std::span<const scenario> all_scenarios() {
  return scenarios;
}

const scenario* find_scenario(std::string_view name) {
  const auto* found = std::find_if(scenarios.begin(), scenarios.end(),
                                   [&](const auto& each) { return each.name == name; });
  return found == scenarios.end() ? nullptr : found;
}

outcome run_scenario(const options& how, std::uint64_t seed) {
  outcome result;
  result.seed = seed;
  test::simulator world{seed, how.cfg};
  world.sizer = exact_sizes();
  world.with_state = !how.without_state;
  const auto& chosen = *find_scenario(how.scenario);
  world.promises_no_false_death = chosen.spares_the_living;
  const auto virtual_start = world.now();
  const auto start = cpu_time();
  try {
    chosen.run(world, how, result);
  } catch (const std::exception& problem) {
    result.violations.emplace_back(problem.what());
  }
  const auto took = cpu_time() - start;
  const std::chrono::duration<double> simulated = world.now() - virtual_start;
  result.violations.insert(result.violations.end(), world.violations().begin(),
                           world.violations().end());
  result.add("simulated time", simulated.count(), "s");
  result.add("speed", simulated.count() / took.count(), "simulated s per CPU s", true);
  result.add("steps per second", static_cast<double>(world.steps()) / took.count(), "1/CPU s",
             true);
  result.add("peak memory", peak_mebibytes(), "MiB");
  check_expectations(how.expectations, result);
  result.add("violations", static_cast<double>(result.violations.size()), "");
  return result;
}

std::chrono::duration<double> cpu_time() {
  return std::chrono::duration<double>(static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
}

bool start_cluster(test::simulator& world, const options& how, outcome& result) {
  const auto start = cpu_time();
  if (!world.start_converged(how.nodes)) {
    result.violations.push_back("the cluster does not converge at the start: "
                                + world.divergence());
    return false;
  }
  // What the joins have left behind settles.
  world.run_for(std::chrono::seconds{5});
  const auto took = cpu_time() - start;
  result.add("start took", took.count(), "s (CPU)");
  world.network.loss = how.loss;
  world.reset_counts();
  return true;
}

std::vector<std::uint32_t> some_nodes(std::size_t count, test::simulator& world) {
  std::vector<std::uint32_t> result;
  for (std::uint32_t number = 1; number < world.size(); ++number)
    result.push_back(number);
  world.random().sample(result, count);
  return result;
}

void add_traffic(const test::simulator& world, duration span, outcome& result) {
  const auto& counted = world.counted();
  const auto seconds = std::chrono::duration<double>(span).count();
  const auto living = static_cast<double>(world.living().size());
  const auto rate = [&](std::uint64_t number) {
    return static_cast<double>(number) / seconds / living;
  };
  const auto total = counted.total();
  result.add("messages per node", rate(total.messages), "1/s");
  result.add("packets per node", rate(total.packets), "1/s");
  result.add("bytes per node", rate(total.bytes), "B/s");
  std::uint64_t most = 0;
  for (const auto& each : counted.sent_by)
    most = std::max(most, each.bytes);
  result.add("bytes of the busiest node", static_cast<double>(most) / seconds, "B/s");
  for (std::size_t kind = 0; kind < test::message_kinds; ++kind)
    if (const auto& each = counted.by_kind[kind]; each.messages > 0) {
      const std::string name{test::kind_name(kind)};
      result.add("  " + name, rate(each.messages), "1/s");
      result.add("  " + name + " bytes", rate(each.bytes), "B/s");
    }
}

void add_verdicts(const test::simulator& world, outcome& result) {
  const auto& counted = world.counted();
  result.add("suspicions by detectors", static_cast<double>(counted.suspicions), "");
  result.add("members suspected", static_cast<double>(counted.suspected.size()), "");
  result.add("false deaths", static_cast<double>(counted.false_deaths()), "");
}

std::string describe_death(const test::incarnation_key& who, const test::death& what,
                           time_point begun) {
  return test::simulator::id_of(who.first) + " was declared dead by "
         + test::simulator::id_of(what.by) + " after "
         + std::to_string(milliseconds_of(what.first - begun))
         + " ms: " + std::string{to_string(what.why)};
}

void add_view_changes(const test::simulator& world, double minutes, outcome& result) {
  const auto changes = static_cast<double>(world.counted().view_changes);
  result.add("topology updates per node", changes / minutes / world.size(), "1/min");
}

void plot_verdicts(const test::simulator& world, time_point begun, outcome& result) {
  curve deaths{"declared dead", {{0, 0}}};
  std::multimap<time_point, const test::death*> by_time;
  for (const auto& [key, what] : world.counted().deaths)
    by_time.emplace(what.first, &what);
  for (const auto& [when, what] : by_time)
    deaths.points.emplace_back(milliseconds_of(when - begun) / 1000,
                               static_cast<double>(deaths.points.size()));
  result.x_label = "s";
  result.y_label = "incarnations declared dead";
  result.curves.push_back(std::move(deaths));
}

} // namespace caf_gossip::tools
