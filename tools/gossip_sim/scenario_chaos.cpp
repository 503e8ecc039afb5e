/// Everything at once for a while, then calm: all agree again, and no invariant was ever broken.
#include <string>

#include "tools/gossip_sim/scenarios.hpp"

namespace caf_gossip::tools {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::minutes convergence_limit{3};

/// One random fault. Faults of the network stay until the end, pauses and slowness pass.
class troublemaker {
public:
  troublemaker(test::simulator& world, std::uint32_t nodes) : world_(world), nodes_(nodes) {}

  void strike() {
    const auto victim = any();
    switch (world_.random().below(12)) {
      case 0:
        return world_.kill(victim);
      case 1:
        return world_.lose_host(victim);
      case 2:
      case 3:
        return restart(victim, world_.random().below(4) == 0);
      case 4:
        return world_.pause(victim, between(100ms, 30s, world_));
      case 5:
        return slow(victim);
      case 6:
        return world_.network.cut(victim, any());
      case 7:
        return world_.network.flap(victim, any(), world_.now(), between(1s, 10s, world_),
                                   between(100ms, 5s, world_));
      case 8:
        return world_.network.set_host_loss(victim, world_.random().fraction() * 0.9,
                                            world_.random().fraction() * 0.9);
      case 9:
        return divide();
      case 10:
        return world_.network.heal();
      default:
        return write(victim);
    }
  }

  /// Everything works again, and whoever is gone comes back.
  void end() {
    world_.network.heal();
    for (std::uint32_t number = 0; number < nodes_; ++number) {
      world_.slow_down(number, {}, {});
      if (!world_.node(number).is_alive())
        restart(number, false);
    }
  }

private:
  std::uint32_t any() { return static_cast<std::uint32_t>(world_.random().below(nodes_)); }

  std::uint32_t other_than(std::uint32_t number) {
    return (number + 1 + static_cast<std::uint32_t>(world_.random().below(nodes_ - 1))) % nodes_;
  }

  /// Through three, some of which, or all, may be itself: others look for it where it was. Who has
  /// moved needs one that knows of the cluster.
  void restart(std::uint32_t number, bool elsewhere) {
    world_.kill(number);
    if (elsewhere)
      world_.move(number);
    world_.start(number, {any(), any(), elsewhere ? other_than(number) : any()});
  }

  void slow(std::uint32_t number) {
    world_.slow_down(number, 50ms, 500ms);
    world_.at(world_.now() + between(1s, 20s, world_),
              [this, number] { world_.slow_down(number, {}, {}); });
  }

  /// Shorter than it takes to declare each other dead: how halves find each other again after that
  /// is the scenario `partition`.
  void divide() {
    for (std::uint32_t number = 0; number < nodes_; ++number)
      world_.network.set_group(number, static_cast<std::uint32_t>(world_.random().below(3) / 2));
    world_.at(world_.now() + between(200ms, 2s, world_), [this] { world_.network.heal(); });
  }

  void write(std::uint32_t number) {
    if (world_.node(number).process == test::process_state::running && world_.with_state)
      (void)world_.set(number, "key", std::to_string(world_.random().below(1000)));
  }

  test::simulator& world_;
  std::uint32_t nodes_;
};

} // namespace

void run_chaos(test::simulator& world, const options& how, outcome& result) {
  world.thorough = true;
  world.clock_spread = 1h;
  if (!start_cluster(world, how, result))
    return;
  world.network.loss = std::max(how.loss, world.random().fraction() * 0.2);
  world.network.duplication = world.random().fraction() * 0.1;
  world.network.reordering = world.random().fraction() * 0.1;
  world.network.tail_share = world.random().fraction() * 0.05;
  troublemaker trouble{world, how.nodes};
  const auto end = world.now() + minutes_of(how.minutes);
  while (world.now() < end) {
    trouble.strike();
    world.run_for(between(100ms, 5s, world));
  }
  trouble.end();
  world.network.loss = how.loss;
  world.network.duplication = world.network.reordering = world.network.tail_share = 0;
  // The longest pause, and the slowness that was still to end.
  world.run_for(30s);
  const auto calm = world.now();
  if (!world.run_until([&] { return world.converged(); }, convergence_limit, 100ms))
    result.violations.push_back("no agreement after the calm: "
                                + world.divergence().substr(0, 500));
  result.add("agreement after the calm", milliseconds_of(world.now() - calm), "ms (beyond 30 s)");
  result.add("events", static_cast<double>(world.counted().events), "");
  add_verdicts(world, result);
}

} // namespace caf_gossip::tools
