/// What a target may lack, within the bounds of one message.
#include <algorithm>

#include "caf_gossip/state/delta_builder.hpp"
#include "caf_gossip/state/state_store.hpp"

namespace caf_gossip {

state_delta state_store::delta_for(const delta_target& target, const delta_limits& limits,
                                   node_id& heartbeat_cursor) const {
  delta_builder builder{target, limits, revision_};
  const bool others = builder.has_news(log_);
  if (limits.members == 1 && target.others_turn && others) {
    builder.add_all(log_, limits.bytes);
    builder.add_all(own_log_, limits.bytes);
  } else {
    // However fast this member writes, half of the message is left for the others.
    const auto own_bytes = others ? limits.bytes / 2 : limits.bytes;
    builder.add_all(own_log_, own_bytes);
    const auto heartbeat = self_->entries.find(heartbeat_key);
    if (others && limits.members > 1 && heartbeat != self_->entries.end())
      builder.add(*heartbeat, own_bytes);
    builder.add_all(log_, limits.bytes);
  }
  if (builder.delta().entries > 0)
    add_heartbeats(builder, limits, heartbeat_cursor);
  return std::move(builder.delta());
}

/// Refreshed heartbeats ride along: of the members in the message, of this one, and of a few
/// others, a different few each time.
void state_store::add_heartbeats(delta_builder& to, const delta_limits& limits,
                                 node_id& cursor) const {
  const auto add = [&](const member& owner) {
    const auto found = owner.entries.find(heartbeat_key);
    return found == owner.entries.end() || !to.is_for(owner) || to.add(*found, limits.bytes);
  };
  add(*self_);
  std::vector<node_id> included;
  for (const auto& [id, state] : to.delta().state.members)
    included.push_back(id);
  for (const auto& id : included)
    add(members_.at(id));
  auto next = members_.upper_bound(cursor);
  for (std::size_t i = 0; i < std::min(limits.heartbeats, members_.size()); ++i, ++next) {
    if (next == members_.end())
      next = members_.begin();
    if (!add(next->second))
      return;
    cursor = next->first;
  }
}

} // namespace caf_gossip
