#include "caf_gossip/membership/probe_schedule.hpp"

#include <algorithm>

namespace caf_gossip {

void probe_schedule::add(const node_id& id, random_source& random) {
  if (std::find(ids_.begin(), ids_.end(), id) != ids_.end())
    return;
  const auto at = random.below(ids_.size() + 1);
  ids_.insert(ids_.begin() + static_cast<std::ptrdiff_t>(at), id);
  if (at < position_)
    ++position_;
}

void probe_schedule::shuffle(random_source& random) {
  random.sample(ids_, ids_.size());
  position_ = 0;
}

} // namespace caf_gossip
