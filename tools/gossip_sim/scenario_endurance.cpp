/// Slow and pausing nodes over a long time: nobody is taken for dead.
#include <algorithm>
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
  for (const auto& [key, what] : world.counted().deaths) {
    const auto found = std::find(disturbed.begin(), disturbed.end(), key.first);
    healthy += found == disturbed.end() ? 1 : 0;
    const auto* kind = found == disturbed.end()               ? "healthy"
                       : (found - disturbed.begin()) % 2 == 0 ? "slow"
                                                              : "pausing";
    result.violations.push_back("the " + std::string{kind} + " "
                                + describe_death(key, what, begun));
  }
  result.add("disturbed nodes", static_cast<double>(disturbed.size()), "");
  add_verdicts(world, result);
  result.add("healthy nodes declared dead", static_cast<double>(healthy), "");
  add_view_changes(world, how.minutes, result);
  add_traffic(world, end - begun, result);
  plot_verdicts(world, begun, result);
}

} // namespace caf_gossip::tools
