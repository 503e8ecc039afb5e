#include "caf_gossip/membership/topology_window.hpp"

#include <algorithm>
#include <utility>

namespace caf_gossip {

void topology_window::touch(member_slot where, const std::optional<member_ref>& was,
                            time_point now) {
  if (deadline_ == never)
    deadline_ = now + length_;
  if (where >= told_.size() || !told_[where])
    return;
  told_[where] = false;
  if (was) // else it has the slot of one who was lost
    changed_.try_emplace(was->id, *was);
}

void topology_window::lost(const member_ref& who, time_point now) {
  if (deadline_ == never)
    deadline_ = now + length_;
  changed_.try_emplace(who.id, who);
}

std::optional<topology> topology_window::close(const member_table& table,
                                               std::vector<node_id> blocked, time_point now) {
  if (now < deadline_)
    return std::nullopt;
  deadline_ = never;
  told_.resize(table.slots());
  topology update;
  for (auto& [id, was] : std::exchange(changed_, {})) {
    const auto* entry = table.find(id);
    const bool is_known = entry != nullptr && ref_of(*entry->rec) == was;
    if (is_known && is_active(entry->rec->status))
      told_[*table.slot_of(id)] = true; // gone and back
    else
      (is_known && entry->rec->status == member_status::dead ? update.dead : update.left)
          .push_back(was);
  }
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto where = table.on_ring(i);
    const auto& rec = table.at(where).rec;
    if (!is_active(rec->status) || told_[where])
      continue;
    told_[where] = true;
    update.joined.push_back(ref_of(*rec));
  }
  if (update.joined.empty() && update.left.empty() && update.dead.empty())
    return std::nullopt;
  std::sort(update.joined.begin(), update.joined.end());
  update.members = table.members();
  update.blocked = std::move(blocked);
  update.hash = topology_hash(update.members);
  return update;
}

void topology_window::clear() {
  deadline_ = never;
  told_.clear();
  changed_.clear();
}

} // namespace caf_gossip
