/// Slow, pausing and badly connected nodes over a long time: who is taken for dead, and how often?
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tools/gossip_sim/scenarios.hpp"

namespace caf_gossip::tools {

namespace {

using namespace std::chrono_literals;

/// Lets a node pause again and again, 0.1 to 3 s each time.
void pause_again(test::simulator& world, std::uint32_t number, time_point end) {
  world.at(world.now() + between(5s, 20s, world), [&world, number, end] {
    if (world.now() >= end)
      return;
    world.pause(number, between(100ms, 3s, world));
    pause_again(world, number, end);
  });
}

void add_view_changes(const test::simulator& world, double minutes, outcome& result) {
  const auto changes = static_cast<double>(world.counted().view_changes);
  result.add("topology updates per node", changes / minutes / world.size(), "1/min");
}

/// Counts the verdicts over time, for a plot.
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

} // namespace

void run_endurance(test::simulator& world, const options& how, outcome& result) {
  if (!start_cluster(world, how, result))
    return;
  const auto begun = world.now();
  const auto end = begun + minutes_of(how.minutes);
  const auto disturbed = some_nodes(std::max<std::size_t>(how.nodes / 20, 2), world);
  for (std::size_t i = 0; i < disturbed.size(); ++i)
    if (i % 2 == 0)
      world.slow_down(disturbed[i], 50ms, 500ms);
    else
      pause_again(world, disturbed[i], end);
  world.run_for(end - begun);
  std::size_t healthy = 0;
  for (const auto& [key, what] : world.counted().deaths)
    healthy += std::find(disturbed.begin(), disturbed.end(), key.first) == disturbed.end() ? 1 : 0;
  result.add("disturbed nodes", static_cast<double>(disturbed.size()), "");
  add_verdicts(world, result);
  result.add("healthy nodes declared dead", static_cast<double>(healthy), "");
  add_view_changes(world, how.minutes, result);
  add_traffic(world, end - begun, result);
  plot_verdicts(world, begun, result);
}

void run_unstable(test::simulator& world, const options& how, outcome& result) {
  if (!start_cluster(world, how, result))
    return;
  const auto begun = world.now();
  const auto chosen = some_nodes(std::max<std::size_t>(how.nodes / 100, 2), world);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (i % 2 == 0) {
      world.network.set_host_loss(chosen[i], 0.8, 0.8);
      continue;
    }
    // Hears half of the others no more, but reaches all of them.
    for (std::uint32_t other = 0; other < world.size(); other += 2)
      if (other != chosen[i])
        world.network.cut(other, chosen[i]);
  }
  world.run_for(minutes_of(how.minutes));
  std::vector<double> first_removal;
  std::size_t others = 0;
  std::size_t verdicts = 0;
  std::map<std::uint32_t, double> firsts;
  for (const auto& [key, what] : world.counted().deaths) {
    ++verdicts;
    const bool is_chosen = std::find(chosen.begin(), chosen.end(), key.first) != chosen.end();
    others += is_chosen ? 0 : 1;
    if (is_chosen)
      firsts.emplace(key.first, milliseconds_of(what.first - begun));
  }
  for (const auto& [number, after] : firsts)
    first_removal.push_back(after);
  result.add("unstable nodes", static_cast<double>(chosen.size()), "");
  result.add("unstable nodes removed", static_cast<double>(first_removal.size()), "");
  result.add_percentiles("first removed after", first_removal, "ms");
  result.add("verdicts, all incarnations", static_cast<double>(verdicts), "");
  result.add("stable nodes declared dead", static_cast<double>(others), "");
  result.add("suspicions by detectors", static_cast<double>(world.counted().suspicions), "");
  add_view_changes(world, how.minutes, result);
  add_traffic(world, minutes_of(how.minutes), result);
  plot_verdicts(world, begun, result);
}

} // namespace caf_gossip::tools
