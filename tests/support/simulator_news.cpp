#include "tests/support/simulator_news.hpp"

#include "caf_gossip/base/rumor_queue.hpp"

namespace caf_gossip::test {

void told_news::told(const gossiper& core, const gossip_state& what,
                     std::vector<std::string>& violations) {
  // Who returns as a new incarnation begins with nothing.
  if (std::exchange(own_incarnation_, core.self().incarnation) != core.self().incarnation)
    counts_.clear();
  const auto allowed = bound_.with(transmissions_of(retransmit_, core.peers().size() + 1));
  for (const auto& [owner, member] : what.members)
    for (const auto& [key, entry] : member.entries)
      if (const auto wrong =
              counts_[{owner, key}].tell({member.incarnation, entry.sequence_number}, allowed))
        violations.push_back("tells " + owner + " " + key + " #"
                             + std::to_string(entry.sequence_number) + " " + *wrong);
}

void told_news::forget(const node_id& owner) {
  counts_.erase(counts_.lower_bound({owner, {}}), counts_.lower_bound({owner + '\0', {}}));
}

} // namespace caf_gossip::test
