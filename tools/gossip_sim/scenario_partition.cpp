/// Two unequal parts, in which two nodes die, then one network again.
#include <algorithm>
#include <string>

#include "tools/gossip_sim/scenarios.hpp"

namespace caf_gossip::tools {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::minutes limit{10};

/// Returns how many living nodes take a killed incarnation for a member.
std::size_t resurrections(const test::simulator& world, std::uint32_t killed) {
  std::size_t result = 0;
  for (const auto number : world.living()) {
    const auto* entry = world.node(number).membership->table().find(test::simulator::id_of(killed));
    result += entry != nullptr && is_active(entry->rec->status) ? 1 : 0;
  }
  return result;
}

/// While the parts are divided, nobody who runs is declared dead by one of its own part: those with
/// numbers less than `smaller` are one.
void check_own_parts(const test::simulator& world, std::uint32_t smaller, time_point begun,
                     time_point healed, outcome& result) {
  for (const auto& [key, what] : world.counted().deaths) {
    const bool is_in_smaller = key.first < smaller;
    const auto by_own = std::find_if(what.seen.begin(), what.seen.end(), [&](const auto& seen) {
      return seen.second < healed && (seen.first < smaller) == is_in_smaller;
    });
    if (what.was_alive && by_own != what.seen.end())
      result.violations.push_back("in its own part: " + describe_death(key, what, begun));
  }
}

} // namespace

void run_partition(test::simulator& world, const options& how, outcome& result) {
  world.thorough = how.nodes <= 100;
  if (!start_cluster(world, how, result))
    return;
  const auto begun = world.now();
  const auto smaller = how.nodes / 3;
  for (std::uint32_t number = 0; number < smaller; ++number)
    world.network.set_group(number, 1);
  const auto victims = some_nodes(2, world);
  world.run_for(1s);
  for (const auto victim : victims)
    world.kill(victim);
  world.run_for(minutes_of(how.minutes) - 1s);
  const auto alive = world.living().size();
  std::size_t seen = 0;
  for (const auto number : world.living())
    seen += world.node(number).membership->table().active_count();
  result.add("members seen while divided", static_cast<double>(seen) / static_cast<double>(alive),
             "(mean)");
  const auto changes = world.counted().view_changes;
  world.network.heal();
  const auto healed = world.now();
  const bool whole = world.run_until([&] { return world.members_converged(); }, limit, 100ms);
  const auto whole_after = world.now() - healed;
  const bool same = world.run_until([&] { return world.converged(); }, limit, 100ms);
  if (!whole || !same)
    result.violations.push_back("not whole again: " + world.divergence().substr(0, 500));
  world.run_for(5s);
  std::size_t back = 0;
  for (const auto victim : victims)
    back += resurrections(world, victim);
  check_own_parts(world, smaller, begun, healed, result);
  if (back > 0)
    result.violations.push_back(std::to_string(back) + " nodes see a killed node alive");
  result.add("whole again after", whole ? milliseconds_of(whole_after) : -1, "ms");
  result.add("same state again after", same ? milliseconds_of(world.now() - healed - 5s) : -1,
             "ms");
  result.add("topology updates after the heal",
             static_cast<double>(world.counted().view_changes - changes)
                 / static_cast<double>(alive),
             "per node");
  add_verdicts(world, result);
  add_traffic(world, world.now() - healed, result);
}

} // namespace caf_gossip::tools
