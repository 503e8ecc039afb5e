/// Runs of many gossipers with everything needed to repeat them.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include "tests/support/trial.hpp"
#include "tests/support/virtual_gossip.hpp"

namespace caf_gossip::test {

/// As `for_seeds`, with gossipers instead of membership coordinators. Ends each run with the check
/// of its invariants.
inline void for_state_seeds(const std::string& name, std::uint64_t count,
                            const std::function<void(trial&, virtual_gossip&)>& scenario) {
  for_seeds(name, count, [&](trial& run) {
    virtual_gossip nodes{run.seed(), run.cluster.conditions};
    std::string failure;
    try {
      scenario(run, nodes);
    } catch (const std::exception& problem) {
      failure = problem.what();
    }
    for (const auto& what : nodes.violations())
      failure += "\n  " + what;
    if (!failure.empty())
      throw std::runtime_error(failure);
  });
}

} // namespace caf_gossip::test
