/// What is printed about the runs.
#pragma once

#include <ostream>
#include <vector>

#include "tools/gossip_sim/options.hpp"
#include "tools/gossip_sim/trial_set.hpp"

namespace caf_gossip::tools {

/// Prints all numbers. A table shows the one outcome of a set, or median and worst of several.
void print(std::ostream& out, const std::vector<trial_set>& all, report_format format);

/// Prints what did not hold, with the command that shows it again. Returns whether all did.
bool print_violations(std::ostream& out, const options& how, const std::vector<trial_set>& all);

} // namespace caf_gossip::tools
