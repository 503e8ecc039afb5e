/// Members whose network is bad for good, or comes and goes: who is removed, and how often?
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/gossip_sim/scenarios.hpp"

namespace caf_gossip::tools {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 4> illnesses{"80 % loss", "deaf", "mute", "half deaf"};

/// Of the last one nobody can be sure: the others it hears may be those that watch it.
constexpr std::size_t doubtful = 3;

/// Who is removed again and again comes back for less than this share of the time after.
constexpr double share_inside_max = 0.25;
/// Of runs with so much of that time: the first pauses are short.
constexpr std::size_t seconds_judged = 120;

/// Spoils the network of a node in one of these ways.
void infect(test::simulator& world, std::uint32_t who, std::size_t illness) {
  if (illness == 0)
    return world.network.set_host_loss(who, 0.8, 0.8);
  for (std::uint32_t other = 0; other < world.size(); ++other) {
    if (other == who)
      continue;
    if (illness == 1 || (illness == 3 && other % 2 == 0))
      world.network.cut(other, who);
    else if (illness == 2)
      world.network.cut(who, other);
  }
}

/// What became of one unstable node.
struct course {
  std::uint32_t number = 0;
  std::size_t illness = 0;
  /// First moments of the verdicts about its incarnations.
  std::vector<time_point> verdicts;
  /// Seconds after the first verdict, and how many of them it was a member in.
  std::size_t seconds = 0;
  std::size_t seconds_inside = 0;

  [[nodiscard]] double share_inside() const {
    return seconds == 0 ? 0 : static_cast<double>(seconds_inside) / static_cast<double>(seconds);
  }
};

/// Looks once in a second whether those that were removed are back, as the first node sees it.
void watch(test::simulator& world, std::vector<course>& all) {
  const auto& table = world.node(0).membership->table();
  for (auto& each : all) {
    const auto id = test::simulator::id_of(each.number);
    const auto* entry = table.find(id);
    const bool inside = entry != nullptr && is_active(entry->rec->status);
    if (inside && each.seconds == 0)
      continue;
    ++each.seconds;
    each.seconds_inside += inside ? 1 : 0;
  }
}

/// With pauses that double there are so many verdicts at most, and a few for a slow beginning.
std::size_t verdicts_max(duration span, const config& cfg) {
  const auto first = std::max<duration>(cfg.quarantine_ttl, 1s);
  const auto doublings = std::log2(1.0 + std::chrono::duration<double>(span) / first);
  return 2 + static_cast<std::size_t>(std::ceil(doublings));
}

/// What must not become of an unstable node.
void check(const course& one, std::size_t verdicts_most, outcome& result) {
  const auto complain = [&](const std::string& what) {
    result.violations.push_back(test::simulator::id_of(one.number) + what + ": "
                                + std::string{illnesses[one.illness]});
  };
  if (one.verdicts.empty())
    complain(" was not removed");
  if (one.verdicts.size() > verdicts_most)
    complain(" was declared dead " + std::to_string(one.verdicts.size()) + " times");
  if (one.illness != doubtful && one.seconds >= seconds_judged
      && one.share_inside() > share_inside_max)
    complain(" is a member for " + std::to_string(one.seconds_inside) + " of "
             + std::to_string(one.seconds) + " s after its removal");
}

void add_courses(const std::vector<course>& all, time_point begun, std::size_t most,
                 outcome& result) {
  for (std::size_t illness = 0; illness < illnesses.size(); ++illness) {
    const std::string name{illnesses[illness]};
    std::vector<double> removed_after;
    double nodes = 0;
    double worst = 0;
    double inside = 0;
    double most_inside = 0;
    for (const auto& each : all) {
      if (each.illness != illness)
        continue;
      ++nodes;
      worst = std::max(worst, static_cast<double>(each.verdicts.size()));
      inside += each.share_inside();
      most_inside = std::max(most_inside, each.share_inside());
      if (!each.verdicts.empty())
        removed_after.push_back(milliseconds_of(each.verdicts.front() - begun));
      check(each, most, result);
    }
    result.add(name + ": nodes", nodes, "");
    result.add(name + ": removed", static_cast<double>(removed_after.size()), "");
    result.add_percentiles(name + ": after", removed_after, "ms");
    result.add(name + ": verdicts about one", worst, "(most)");
    result.add(name + ": back in", 100 * inside / std::max(nodes, 1.0), "% of the time after");
    result.add(name + ": one back in", 100 * most_inside, "% (most)");
  }
}

} // namespace

void run_unstable(test::simulator& world, const options& how, outcome& result) {
  world.thorough = how.nodes <= 100;
  if (!start_cluster(world, how, result))
    return;
  const auto begun = world.now();
  std::vector<course> courses;
  for (const auto number : some_nodes(std::max(how.nodes / 100, 4U), world)) {
    courses.push_back({number, courses.size() % illnesses.size(), {}, 0, 0});
    infect(world, number, courses.back().illness);
  }
  for (const auto end = begun + minutes_of(how.minutes); world.now() < end;) {
    world.run_for(std::min<duration>(1s, end - world.now()));
    watch(world, courses);
  }
  const auto course_of = [&](std::uint32_t number) {
    return std::find_if(courses.begin(), courses.end(),
                        [&](const auto& each) { return each.number == number; });
  };
  std::size_t others = 0;
  std::size_t only_there = 0;
  for (const auto& [key, what] : world.counted().deaths) {
    if (const auto found = course_of(key.first); found != courses.end()) {
      found->verdicts.push_back(what.first);
      continue;
    }
    // Who hears nobody takes everybody for dead in the end, and that is its own view.
    const auto believer = std::find_if(what.seen.begin(), what.seen.end(), [&](const auto& seen) {
      return course_of(seen.first) == courses.end();
    });
    ++(believer == what.seen.end() ? only_there : others);
    if (believer != what.seen.end())
      result.violations.push_back("the stable " + describe_death(key, what, begun));
  }
  for (auto& each : courses)
    std::sort(each.verdicts.begin(), each.verdicts.end());
  add_courses(courses, begun, verdicts_max(world.now() - begun, world.cfg), result);
  result.add("stable nodes declared dead", static_cast<double>(others), "");
  result.add("the same in the view of unstable ones only", static_cast<double>(only_there), "");
  result.add("suspicions by detectors", static_cast<double>(world.counted().suspicions), "");
  add_view_changes(world, how.minutes, result);
  add_traffic(world, minutes_of(how.minutes), result);
  plot_verdicts(world, begun, result);
}

/// Two halves whose links come and go, each in its own rhythm, and then one network.
void run_flapping(test::simulator& world, const options& how, outcome& result) {
  world.thorough = how.nodes <= 100;
  if (!start_cluster(world, how, result))
    return;
  const auto begun = world.now();
  for (std::uint32_t one = 0; one < how.nodes / 2; ++one)
    for (std::uint32_t other = how.nodes / 2; other < how.nodes; ++other) {
      const auto period = between(4s, 10s, world);
      world.network.flap(one, other, begun, period, period / 2);
      world.network.flap(other, one, begun, period, period / 2);
    }
  world.run_for(minutes_of(how.minutes));
  result.add("verdicts while flapping", static_cast<double>(world.counted().deaths.size()), "");
  world.network.heal();
  const auto calm = world.now();
  const bool whole = world.run_until([&] { return world.members_converged(); }, 10min, 100ms);
  if (!whole || !world.run_until([&] { return world.converged(); }, 1min, 100ms))
    result.violations.push_back("not whole again: " + world.divergence().substr(0, 500));
  result.add("whole again after", whole ? milliseconds_of(world.now() - calm) : -1, "ms");
  const auto before = world.counted().deaths.size();
  world.run_for(1min);
  if (world.counted().deaths.size() != before)
    result.violations.push_back("verdicts although all works again");
  add_verdicts(world, result);
  add_view_changes(world, how.minutes, result);
  plot_verdicts(world, begun, result);
}

} // namespace caf_gossip::tools
