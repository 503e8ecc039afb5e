#include "caf_gossip/membership/prober.hpp"

#include <algorithm>

namespace caf_gossip {

probe* prober::begin(const member_ref& subject, std::uint64_t correlation, time_point deadline) {
  if (open_.contains(subject.id))
    return nullptr;
  if (open_.size() >= probes_max) {
    ++refused_;
    return nullptr;
  }
  auto& fresh = open_[subject.id];
  fresh.subject = subject;
  fresh.direct = correlation;
  fresh.deadline = deadline;
  return &fresh;
}

probe* prober::find(const node_id& subject) {
  const auto found = open_.find(subject);
  return found == open_.end() ? nullptr : &found->second;
}

probe* prober::find(std::uint64_t correlation) {
  if (correlation == 0)
    return nullptr;
  for (auto& [id, item] : open_)
    if (item.direct == correlation || item.indirect == correlation || item.stream == correlation)
      return &item;
  return nullptr;
}

std::optional<probe> prober::end(const node_id& subject) {
  const auto found = open_.find(subject);
  if (found == open_.end())
    return std::nullopt;
  auto result = std::move(found->second);
  open_.erase(found);
  return result;
}

std::vector<node_id> prober::due(time_point now) const {
  std::vector<node_id> result;
  for (const auto& [id, item] : open_)
    if (item.deadline <= now)
      result.push_back(id);
  return result;
}

time_point prober::next_deadline() const {
  auto result = never;
  for (const auto& [id, item] : open_)
    result = std::min(result, item.deadline);
  return result;
}

evidence evidence_of(errc failure) {
  switch (failure) {
    case errc::connection_refused:
      return evidence::refused;
    case errc::timeout:
      return evidence::unresponsive;
    default:
      return evidence::silent;
  }
}

} // namespace caf_gossip
