/// Bad links between good hosts: some flap, some are cut in one direction. Nobody may die of that.
#include <string>

#include "tools/gossip_sim/scenarios.hpp"

namespace caf_gossip::tools {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::minutes limit{2};

/// One pair of hosts in so many has a bad link.
constexpr std::uint64_t pairs_per_bad_link = 50;

/// Returns how many links it has made bad.
std::size_t disturb(test::simulator& world) {
  std::size_t count = 0;
  for (std::uint32_t a = 0; a < world.size(); ++a)
    for (std::uint32_t b = 0; b < a; ++b) {
      if (world.random().below(pairs_per_bad_link) != 0)
        continue;
      ++count;
      if (world.random().below(2) == 0) {
        world.network.cut(a, b);
        continue;
      }
      const auto period = between(2s, 20s, world);
      const auto down = between(period / 10, period / 2, world);
      world.network.flap(a, b, world.now(), period, down);
      world.network.flap(b, a, world.now(), period, down);
    }
  return count;
}

} // namespace

void run_links(test::simulator& world, const options& how, outcome& result) {
  world.thorough = how.nodes <= 100;
  if (!start_cluster(world, how, result))
    return;
  const auto begun = world.now();
  result.add("bad links", static_cast<double>(disturb(world)), "");
  world.run_for(minutes_of(how.minutes));
  for (const auto& [key, what] : world.counted().deaths)
    result.violations.push_back("bad links: " + describe_death(key, what, begun));
  world.network.heal();
  const auto healed = world.now();
  const bool agreed = world.run_until([&] { return world.converged(); }, limit, 100ms);
  if (!agreed)
    result.violations.push_back("no agreement after the links are good again: "
                                + world.divergence().substr(0, 500));
  result.add("same state after", milliseconds_of(world.now() - healed), "ms");
  add_verdicts(world, result);
  add_traffic(world, world.now() - begun, result);
}

} // namespace caf_gossip::tools
