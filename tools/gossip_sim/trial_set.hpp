/// All seeds of a scenario with clusters of one size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/gossip_sim/options.hpp"
#include "tools/gossip_sim/outcome.hpp"

namespace caf_gossip::tools {

struct trial_set {
  std::string title;
  std::uint32_t nodes = 0;
  /// One per seed, at least one.
  std::vector<outcome> outcomes;
};

/// Runs all seeds with clusters of `how.nodes` nodes.
[[nodiscard]] trial_set run_trials(const options& how);

/// Returns what was run, as a heading. `size` is the number of nodes, or a range.
[[nodiscard]] std::string title_of(const options& how, const std::string& size);

} // namespace caf_gossip::tools
