/// Simulates clusters and prints what they did. See docs/simulator.md.
#include <iostream>
#include <string>
#include <vector>

#include "tools/gossip_sim/options.hpp"
#include "tools/gossip_sim/plot.hpp"
#include "tools/gossip_sim/report.hpp"
#include "tools/gossip_sim/size_curves.hpp"
#include "tools/gossip_sim/trial_set.hpp"

namespace {

using namespace caf_gossip;
using namespace caf_gossip::tools;

expected<void> draw(const options& how, const std::vector<trial_set>& all) {
  if (all.size() == 1)
    return plot(all.front().title, of_run(all.front().outcomes.front()), how.plot);
  const auto sizes = std::to_string(how.sizes.front()) + " to " + std::to_string(how.sizes.back());
  return plot(title_of(how, sizes), over_sizes(all), how.plot);
}

int refuse(const error& why) {
  std::cerr << "gossip_sim: " << why.text << "\n";
  return 2;
}

int run(const options& how) {
  std::vector<trial_set> all;
  for (const auto nodes : how.sizes) {
    const auto one = with_size(how, nodes);
    if (!one)
      return refuse(one.error());
    all.push_back(run_trials(*one));
  }
  print(std::cout, all, how.format);
  const bool all_hold = print_violations(std::cerr, how, all);
  if (!how.plot.empty())
    if (const auto drawn = draw(how, all); !drawn)
      return refuse(drawn.error());
  return all_hold ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  auto how = read_options({argv + 1, argv + argc});
  if (!how)
    return refuse(how.error());
  if (how->wants_help) {
    std::cout << help_text();
    return 0;
  }
  how->program = argv[0];
  return run(*how);
}
