/// A process or its host goes without a word: when does each survivor know?
#include <string>
#include <vector>

#include "tools/gossip_sim/scenarios.hpp"

namespace caf_gossip::tools {

namespace {

constexpr std::chrono::seconds limit{120};

using fault = void (test::simulator::*)(std::uint32_t);

struct detection {
  std::vector<double> suspect;
  std::vector<double> dead;
};

void run_failure(test::simulator& world, const options& how, fault strike, outcome& result) {
  if (!start_cluster(world, how, result))
    return;
  // The others depend on the first node no more than on any other, but a seed is a bad example.
  const auto victim = 1 + static_cast<std::uint32_t>(world.random().below(world.size() - 1));
  const auto interval = static_cast<std::uint64_t>(duration{how.cfg.heartbeat_interval}.count());
  world.run_for(duration{world.random().below(interval)});
  const auto gone = world.now();
  const auto id = test::simulator::id_of(victim);
  detection found;
  world.on_event = [&](const test::sim_node&, const membership_event& event) {
    const auto* changed = std::get_if<member_status_changed>(&event);
    if (changed == nullptr || changed->member.id != id)
      return;
    if (changed->to == member_status::suspect)
      found.suspect.push_back(milliseconds_of(world.now() - gone));
    else if (changed->to == member_status::dead)
      found.dead.push_back(milliseconds_of(world.now() - gone));
  };
  (world.*strike)(victim);
  const auto survivors = world.living().size();
  if (!world.run_until([&] { return found.dead.size() >= survivors; }, limit))
    result.violations.push_back(std::to_string(survivors - found.dead.size())
                                + " nodes never saw it dead");
  if (!world.run_until([&] { return world.converged(); }, limit))
    result.violations.push_back("the survivors do not agree: " + world.divergence());
  world.on_event = nullptr;
  result.add("first suspicion", found.suspect.empty() ? 0 : found.suspect.front(), "ms");
  result.add("first verdict", found.dead.empty() ? 0 : found.dead.front(), "ms");
  result.add_percentiles("seen dead after", found.dead, "ms");
  result.x_label = "ms after the failure";
  result.y_label = "share of the survivors";
  result.add_distribution("suspect", found.suspect);
  result.add_distribution("dead", found.dead);
  add_traffic(world, world.now() - gone, result);
  add_verdicts(world, result);
}

} // namespace

void run_kill(test::simulator& world, const options& how, outcome& result) {
  run_failure(world, how, &test::simulator::kill, result);
}

void run_host_loss(test::simulator& world, const options& how, outcome& result) {
  run_failure(world, how, &test::simulator::lose_host, result);
}

} // namespace caf_gossip::tools
