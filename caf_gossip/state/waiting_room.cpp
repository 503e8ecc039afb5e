#include "caf_gossip/state/waiting_room.hpp"

#include <utility>

namespace caf_gossip {

void waiting_room::add(const node_id& id, const gossip_state::member& what, time_point now) {
  auto found = waiting_.find(id);
  if (found != waiting_.end() && found->second.state.incarnation > what.incarnation)
    return;
  if (found != waiting_.end() && found->second.state.incarnation < what.incarnation) {
    erase(found);
    found = waiting_.end();
  }
  if (found == waiting_.end()) {
    if (waiting_.size() >= members_max) {
      ++dropped_;
      return;
    }
    found = waiting_.emplace(id, guest{{what.incarnation, {}}, 0, now}).first;
  }
  for (const auto& [key, value] : what.entries)
    add_entry(found->second, key, value);
}

void waiting_room::add_entry(guest& to, const std::string& key, const gossip_key_value& what) {
  const auto known = to.state.entries.find(key);
  if (known != to.state.entries.end() && known->second.sequence_number >= what.sequence_number)
    return;
  const auto bytes = entry_bytes(key, what.value);
  const auto replaced = known == to.state.entries.end() ? 0 : entry_bytes(key, known->second.value);
  if (bytes_ - replaced + bytes > bytes_max_) {
    ++dropped_;
    return;
  }
  to.state.entries[key] = what;
  to.bytes += bytes - replaced;
  bytes_ += bytes - replaced;
}

std::optional<gossip_state::member> waiting_room::take(const node_id& id,
                                                       std::uint64_t incarnation) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end() || found->second.state.incarnation > incarnation)
    return std::nullopt;
  std::optional<gossip_state::member> result;
  if (found->second.state.incarnation == incarnation)
    result = std::move(found->second.state);
  erase(found);
  return result;
}

void waiting_room::expire(time_point now) {
  for (auto i = waiting_.begin(); i != waiting_.end();) {
    const auto here = i++;
    if (now - here->second.since <= patience)
      continue;
    erase(here);
    ++dropped_;
  }
}

void waiting_room::clear() {
  waiting_.clear();
  bytes_ = 0;
}

void waiting_room::erase(std::map<node_id, guest>::iterator where) {
  bytes_ -= where->second.bytes;
  waiting_.erase(where);
}

} // namespace caf_gossip
