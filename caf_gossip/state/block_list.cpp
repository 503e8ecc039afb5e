#include "caf_gossip/state/block_list.hpp"

#include <utility>

namespace caf_gossip {

bool block_list::add(const blocked_member& who) {
  const auto known = entries_.find(who.id);
  if (known != entries_.end()) {
    const auto& old = known->second;
    const bool outranks =
        old.reason == block_reason::removed && who.reason != block_reason::removed;
    if (old.incarnation > who.incarnation || (old.incarnation == who.incarnation && !outranks))
      return false;
    erase(known);
  } else if (entries_.size() >= entries_max_) {
    erase(entries_.find(by_age_.begin()->second));
    ++dropped_;
  }
  by_age_.emplace(who.since, who.id);
  entries_.emplace(who.id, who);
  return true;
}

std::optional<blocked_member> block_list::remove(const node_id& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end())
    return std::nullopt;
  auto result = found->second;
  erase(found);
  return result;
}

void block_list::expire(time_point now) {
  while (!by_age_.empty() && now - by_age_.begin()->first > retention_)
    erase(entries_.find(by_age_.begin()->second));
}

void block_list::clear() {
  entries_.clear();
  by_age_.clear();
}

void block_list::erase(std::map<node_id, blocked_member>::iterator where) {
  by_age_.erase({where->second.since, where->first});
  entries_.erase(where);
}

const blocked_member* block_list::find(const node_id& id, std::uint64_t incarnation) const {
  const auto found = entries_.find(id);
  return found != entries_.end() && incarnation <= found->second.incarnation ? &found->second
                                                                             : nullptr;
}

const blocked_member* block_list::find_blocked(const node_id& id) const {
  const auto found = entries_.find(id);
  return found != entries_.end() && found->second.reason != block_reason::removed ? &found->second
                                                                                  : nullptr;
}

std::vector<blocked_member> block_list::list() const {
  std::vector<blocked_member> result;
  for (const auto& [id, entry] : entries_)
    if (entry.reason != block_reason::removed)
      result.push_back(entry);
  return result;
}

} // namespace caf_gossip
