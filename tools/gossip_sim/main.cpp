/// Simulates clusters and prints what they did. See docs/simulator.md.
#include <iostream>
#include <string>
#include <vector>

#include "tools/gossip_sim/options.hpp"
#include "tools/gossip_sim/outcome.hpp"
#include "tools/gossip_sim/plot.hpp"
#include "tools/gossip_sim/scenarios.hpp"

namespace {

using namespace caf_gossip;
using namespace caf_gossip::tools;

/// Prints what did not hold, with the command that shows it again. Returns whether all did.
bool print_violations(const options& how, const std::vector<outcome>& all) {
  bool none = true;
  for (const auto& each : all)
    for (const auto& what : each.violations) {
      std::cerr << "violation with seed " << each.seed << ": " << what << "\n";
      if (&what == &each.violations.back())
        std::cerr << "replay: " << command_line(how, each.seed) << "\n";
      none = false;
    }
  return none;
}

int run(const options& how) {
  std::vector<outcome> all;
  for (std::uint64_t i = 0; i < how.seeds; ++i)
    all.push_back(run_scenario(how, how.seed + i));
  const auto title = how.scenario + ", " + std::to_string(how.nodes) + " nodes, "
                     + std::to_string(how.seeds) + (how.seeds == 1 ? " seed" : " seeds");
  print(std::cout, title, all, how.format);
  const bool all_hold = print_violations(how, all);
  if (!how.plot.empty())
    if (const auto drawn = plot(title, all.front(), how.plot); !drawn) {
      std::cerr << "gossip_sim: " << drawn.error().text << "\n";
      return 2;
    }
  return all_hold ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  const auto how = read_options({argv + 1, argv + argc});
  if (!how) {
    std::cerr << "gossip_sim: " << how.error().text << "\n";
    return 2;
  }
  if (how->wants_help) {
    std::cout << help_text();
    return 0;
  }
  return run(*how);
}
