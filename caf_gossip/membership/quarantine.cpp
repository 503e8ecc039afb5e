#include "caf_gossip/membership/quarantine.hpp"

#include <algorithm>

namespace caf_gossip {

namespace {

bool expires_first(const std::pair<const authority, quarantine_entry>& lhs,
                   const std::pair<const authority, quarantine_entry>& rhs) {
  return lhs.second.expires_at < rhs.second.expires_at;
}

} // namespace

bool quarantine::add(quarantine_entry entry) {
  const auto known = entries_.find(entry.address);
  if (known != entries_.end() && known->second.expires_at > entry.since)
    return false;
  if (known == entries_.end() && entries_.size() >= entries_max_) {
    ++dropped_;
    if (entries_.empty())
      return false;
    entries_.erase(std::min_element(entries_.begin(), entries_.end(), expires_first));
  }
  entries_.insert_or_assign(entry.address, entry);
  return true;
}

std::optional<quarantine_entry> quarantine::clear(const authority& where, time_point now) {
  const auto found = entries_.find(where);
  if (found == entries_.end() || found->second.expires_at <= now)
    return std::nullopt;
  auto entry = found->second;
  entries_.erase(found);
  return entry;
}

std::vector<quarantine_entry> quarantine::take_expired(time_point now) {
  std::vector<quarantine_entry> expired;
  std::erase_if(entries_, [&](const auto& item) {
    if (item.second.expires_at > now)
      return false;
    expired.push_back(item.second);
    return true;
  });
  std::stable_sort(expired.begin(), expired.end(), [](const auto& lhs, const auto& rhs) {
    return lhs.expires_at < rhs.expires_at;
  });
  return expired;
}

const quarantine_entry* quarantine::find(const authority& where, const node_id& id, time_point now,
                                         time_point later_than) const {
  const auto counts = [&](const quarantine_entry& entry) {
    return entry.expires_at > now && entry.since > later_than;
  };
  const auto by_address = entries_.find(where);
  if (by_address != entries_.end() && counts(by_address->second))
    return &by_address->second;
  const auto by_id = std::find_if(entries_.begin(), entries_.end(), [&](const auto& item) {
    return item.second.id == id && counts(item.second);
  });
  return by_id == entries_.end() ? nullptr : &by_id->second;
}

std::vector<quarantine_entry> quarantine::list(time_point now) const {
  std::vector<quarantine_entry> result;
  for (const auto& [where, entry] : entries_)
    if (entry.expires_at > now)
      result.push_back(entry);
  return result;
}

time_point quarantine::next_deadline() const {
  const auto first = std::min_element(entries_.begin(), entries_.end(), expires_first);
  return first == entries_.end() ? never : first->second.expires_at;
}

} // namespace caf_gossip
