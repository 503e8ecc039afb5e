/// Bounds for the numbers that a scenario measures, so that a run can fail for missing them.
#pragma once

#include <string>
#include <vector>

#include "caf_gossip/base/errc.hpp"
#include "tools/gossip_sim/outcome.hpp"

namespace caf_gossip::tools {

struct expectation {
  /// Of the number, as it is printed.
  std::string name;
  /// Not more than `bound`, else not less.
  bool is_most = true;
  double bound = 0;
};

/// Reads "NAME<=NUMBER" or "NAME>=NUMBER". Errors: invalid_argument with a text for people.
expected<expectation> read_expectation(const std::string& text);

/// Returns the same as text, for a command line.
[[nodiscard]] std::string to_text(const expectation& what);

/// What does not hold in one run, or cannot be told because nothing of that name was measured, is
/// appended to its violations.
void check_expectations(const std::vector<expectation>& all, outcome& result);

} // namespace caf_gossip::tools
