#include "tests/support/simulator_ended.hpp"

#include <utility>

namespace caf_gossip::test {

void ended_runs::end(const incarnation_key& which, nodes holders, std::uint64_t sent) {
  runs_.try_emplace(which, ended{std::move(holders), sent});
}

void ended_runs::gone(std::uint32_t node, std::uint64_t sent) {
  for (auto& [which, run] : runs_)
    if (run.holders.erase(node) > 0 && run.holders.empty())
      run.sent = sent;
}

bool ended_runs::seen(const incarnation_key& which, std::uint32_t node, bool active,
                      std::uint64_t message, std::uint64_t sent) {
  const auto found = runs_.find(which);
  if (found == runs_.end())
    return true;
  auto& run = found->second;
  if (!active) {
    if (run.holders.erase(node) > 0 && run.holders.empty())
      run.sent = sent;
    return true;
  }
  const bool is_late = message != 0 && message <= run.sent;
  const bool is_allowed = !run.holders.empty() || is_late;
  run.holders.insert(node);
  return is_allowed;
}

} // namespace caf_gossip::test
