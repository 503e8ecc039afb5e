/// What clusters of several sizes have cost and how long they took, as curves over the size.
#pragma once

#include <vector>

#include "tools/gossip_sim/plot.hpp"
#include "tools/gossip_sim/trial_set.hpp"

namespace caf_gossip::tools {

/// Returns bytes and messages per node and second, and the times of the scenario: medians and 99th
/// percentiles where it has those. Each point is the median of the seeds. A panel is left out when
/// the scenario does not measure that.
[[nodiscard]] drawing over_sizes(const std::vector<trial_set>& all);

} // namespace caf_gossip::tools
