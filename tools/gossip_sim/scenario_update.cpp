/// One node sets a key: when do the others have it?
#include <string>
#include <vector>

#include "tools/gossip_sim/scenarios.hpp"

namespace caf_gossip::tools {

namespace {

constexpr int repetitions = 10;
constexpr std::chrono::seconds limit{60};

/// Returns when each other node had the value, after it was set, in milliseconds.
std::vector<double> times_of_one(test::simulator& world, int repetition, outcome& result) {
  const auto key = "key-" + std::to_string(repetition);
  const auto writer = static_cast<std::uint32_t>(world.random().below(world.size()));
  const auto set_at = world.now();
  std::vector<double> times;
  world.on_update = [&](const test::sim_node&, const gossip_update& what) {
    if (what.key == key)
      times.push_back(milliseconds_of(world.now() - set_at));
  };
  if (!world.set(writer, key, std::string(100, 'x')))
    result.violations.push_back("a key could not be set");
  const auto others = world.size() - 1;
  if (!world.run_until([&] { return times.size() >= others; }, limit))
    result.violations.push_back(std::to_string(others - times.size()) + " nodes never had " + key);
  world.on_update = nullptr;
  return times;
}

} // namespace

void run_update(test::simulator& world, const options& how, outcome& result) {
  if (how.without_state) {
    result.violations.emplace_back("this scenario needs the key/value plane");
    return;
  }
  if (!start_cluster(world, how, result))
    return;
  std::vector<double> all;
  std::vector<double> last;
  const auto begun = world.now();
  for (int i = 0; i < repetitions; ++i) {
    const auto times = times_of_one(world, i, result);
    all.insert(all.end(), times.begin(), times.end());
    last.push_back(times.empty() ? 0 : times.back());
    const auto phase = static_cast<std::uint64_t>(duration{how.cfg.gossip_interval}.count());
    world.run_for(std::chrono::seconds{2} + duration{world.random().below(phase)});
  }
  result.add_percentiles("time to a node", all, "ms");
  result.add_percentiles("time to all nodes", last, "ms");
  result.x_label = "ms after the key was set";
  result.y_label = "share of the nodes that have it";
  result.add_distribution("update", all);
  add_traffic(world, world.now() - begun, result);
  add_verdicts(world, result);
}

} // namespace caf_gossip::tools
