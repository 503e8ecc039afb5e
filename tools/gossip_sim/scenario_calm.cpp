/// Nothing goes wrong: what a cluster costs at rest, and how fast it comes about.
#include <string>
#include <vector>

#include "tools/gossip_sim/scenarios.hpp"

namespace caf_gossip::tools {

namespace {

constexpr std::chrono::minutes join_limit{10};

} // namespace

void run_idle(test::simulator& world, const options& how, outcome& result) {
  if (!start_cluster(world, how, result))
    return;
  const auto span = minutes_of(how.minutes);
  const auto start = cpu_time();
  world.run_for(span);
  const auto took = cpu_time() - start;
  result.add("speed when idle", std::chrono::duration<double>(span) / took, "simulated s per CPU s",
             true);
  add_traffic(world, span, result);
  add_verdicts(world, result);
  if (!world.members_converged())
    result.violations.push_back("the members do not agree any more: " + world.divergence());
}

void run_join(test::simulator& world, const options& how, outcome& result) {
  world.network.loss = how.loss;
  world.start(world.add(), {});
  world.run_for(std::chrono::seconds{1});
  world.reset_counts();
  const auto begun = world.now();
  for (std::uint32_t i = 1; i < how.nodes; ++i)
    world.start(world.add(), {0});
  const bool members = world.run_until([&] { return world.members_converged(); }, join_limit);
  const auto all_see_all = world.now() - begun;
  const bool state = world.run_until([&] { return world.converged(); }, join_limit);
  if (!members || !state)
    result.violations.push_back("the cluster does not converge: " + world.divergence());
  result.add("all see all after", milliseconds_of(all_see_all), "ms");
  result.add("same state everywhere after", milliseconds_of(world.now() - begun), "ms");
  const auto& counted = world.counted();
  result.add("bytes of the seed", static_cast<double>(counted.sent_by[0].bytes), "B");
  add_traffic(world, world.now() - begun, result);
  add_verdicts(world, result);
}

} // namespace caf_gossip::tools
