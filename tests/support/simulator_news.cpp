#include "tests/support/simulator_news.hpp"

#include <algorithm>

#include "caf_gossip/base/rumor_queue.hpp"

namespace caf_gossip::test {

void told_news::told(const gossiper& core, const gossip_state& what,
                     std::vector<std::string>& violations) {
  // Who returns as a new incarnation begins with nothing.
  if (std::exchange(own_incarnation_, core.self().incarnation) != core.self().incarnation)
    counts_.clear();
  const auto now_allowed = transmissions_of(retransmit_, core.peers().size() + 1);
  const auto allowed = std::max(now_allowed, std::exchange(allowed_, now_allowed));
  for (const auto& [owner, member] : what.members)
    for (const auto& [key, entry] : member.entries) {
      auto& known = counts_[{owner, key}];
      const version current{member.incarnation, entry.sequence_number};
      if (known.what != current)
        known = {current, 0, 0};
      known.allowed = std::max(known.allowed, allowed);
      if (++known.told > known.allowed)
        violations.push_back("tells " + owner + " " + key + " #"
                             + std::to_string(entry.sequence_number) + " for the "
                             + std::to_string(known.told) + "th time, of "
                             + std::to_string(known.allowed));
    }
}

void told_news::forget(const node_id& owner) {
  counts_.erase(counts_.lower_bound({owner, {}}), counts_.lower_bound({owner + '\0', {}}));
}

} // namespace caf_gossip::test
