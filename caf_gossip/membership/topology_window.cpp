#include "caf_gossip/membership/topology_window.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace caf_gossip {

namespace {

bool was_declared_dead(const member_table& table, const member_ref& who) {
  const auto* entry = table.find(who.id);
  return entry != nullptr && entry->rec.incarnation == who.incarnation
         && entry->rec.status == member_status::dead;
}

} // namespace

std::optional<topology> topology_window::close(const member_table& table,
                                               std::vector<node_id> blocked, time_point now) {
  if (now < deadline_)
    return std::nullopt;
  deadline_ = never;
  topology update;
  update.members = table.members();
  const auto& members = update.members;
  std::set_difference(members.begin(), members.end(), told_.begin(), told_.end(),
                      std::back_inserter(update.joined));
  std::vector<member_ref> gone;
  std::set_difference(told_.begin(), told_.end(), members.begin(), members.end(),
                      std::back_inserter(gone));
  if (update.joined.empty() && gone.empty())
    return std::nullopt;
  for (auto& who : gone)
    (was_declared_dead(table, who) ? update.dead : update.left).push_back(std::move(who));
  update.blocked = std::move(blocked);
  update.hash = topology_hash(members);
  told_ = members;
  return update;
}

void topology_window::clear() {
  deadline_ = never;
  told_.clear();
}

} // namespace caf_gossip
