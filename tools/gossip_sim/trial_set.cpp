#include "tools/gossip_sim/trial_set.hpp"

#include "tools/gossip_sim/scenarios.hpp"

namespace caf_gossip::tools {

trial_set run_trials(const options& how) {
  trial_set result{title_of(how, std::to_string(how.nodes)), how.nodes, {}};
  for (std::uint64_t i = 0; i < how.seeds; ++i)
    result.outcomes.push_back(run_scenario(how, how.seed + i));
  return result;
}

std::string title_of(const options& how, const std::string& size) {
  return how.scenario + ", " + size + " nodes, " + std::to_string(how.seeds)
         + (how.seeds == 1 ? " seed" : " seeds");
}

} // namespace caf_gossip::tools
