/// What a target may lack, within the bounds of one message.
#include <algorithm>

#include "caf_gossip/state/state_store.hpp"

namespace caf_gossip {

class delta_builder {
public:
  using item = state_store::item;

  delta_builder(const delta_target& target, const delta_limits& limits, std::uint64_t top)
      : target_(target), limits_(limits) {
    delta_.up_to = top;
  }

  /// Adds what is news for the target in order of arrival, until a bound is reached.
  void add_all(const arrival_log<item>& log, std::size_t bytes_max) {
    for (auto i = log.after(target_.acknowledged); i != log.end(); ++i) {
      if (!is_news(i->what))
        continue;
      if (!add(*i->what, bytes_max)) {
        delta_.up_to = std::min(delta_.up_to, i->number - 1);
        return;
      }
      ++delta_.entries;
    }
  }

  [[nodiscard]] bool has_news(const arrival_log<item>& log) const {
    return std::any_of(log.after(target_.acknowledged), log.end(),
                       [this](const auto& slot) { return is_news(slot.what); });
  }

  /// Returns false when the entry does not fit.
  bool add(const item& what, std::size_t bytes_max) {
    const auto& owner = *what.second.owner;
    auto& members = delta_.state.members;
    auto found = members.find(owner.id);
    const bool is_first = found == members.end();
    const auto size = entry_bytes(what.first, what.second.kv.value)
                      + (is_first ? owner.id.size() + member_overhead : 0);
    if (bytes_ + size > bytes_max || (is_first && members.size() >= limits_.members))
      return false;
    if (is_first)
      found = members.emplace(owner.id, gossip_state::member{owner.incarnation, {}}).first;
    if (found->second.entries.emplace(what.first, what.second.kv).second)
      bytes_ += size;
    return true;
  }

  [[nodiscard]] bool is_for(const state_store::member& owner) const {
    return owner.id != target_.id;
  }
  [[nodiscard]] state_delta& delta() { return delta_; }

private:
  /// What a member takes in a message besides its id and its entries.
  static constexpr std::size_t member_overhead = 64;

  [[nodiscard]] bool is_news(const item* what) const {
    return what != nullptr && is_for(*what->second.owner)
           && (what->second.source == 0 || what->second.source != target_.source);
  }

  const delta_target& target_;
  const delta_limits& limits_;
  state_delta delta_;
  std::size_t bytes_ = 0;
};

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
