#include "caf_gossip/membership/observation.hpp"

namespace caf_gossip {

void observation::watch(const std::vector<member_ref>& members, duration period, time_point now) {
  std::map<node_id, watched> next;
  for (const auto& who : members) {
    const auto known = watched_.find(who.id);
    if (known != watched_.end() && known->second.incarnation == who.incarnation)
      next.emplace(who.id, std::move(known->second));
    else
      next.emplace(who.id, watched{who.incarnation, make_detector_(now)});
    next.at(who.id).detector->expect_every(period);
  }
  watched_ = std::move(next);
}

void observation::heartbeat(const node_id& id, time_point now) {
  if (const auto found = watched_.find(id); found != watched_.end())
    found->second.detector->heartbeat(now);
}

void observation::heard(const node_id& id, time_point now) {
  const auto found = watched_.find(id);
  if (found == watched_.end())
    return;
  auto& detector = *found->second.detector;
  if (now >= detector.last_heartbeat() + resolution_)
    detector.sign_of_life(now);
}

void observation::forgive(time_point now) {
  for (auto& [id, item] : watched_)
    item.detector->heartbeat(now);
}

std::vector<observation::finding> observation::failed(time_point now) const {
  std::vector<finding> result;
  for (const auto& [id, item] : watched_)
    if (const auto level = item.detector->suspicion(now); level >= 1.0)
      result.push_back({id, level, now - item.detector->last_heartbeat()});
  return result;
}

duration observation::silence_of(const node_id& id, time_point now) const {
  const auto found = watched_.find(id);
  return found == watched_.end() ? duration{} : now - found->second.detector->last_heartbeat();
}

bool observation::hears_nobody(time_point now) const {
  return watched_.size() > 1 && failed(now).size() == watched_.size();
}

} // namespace caf_gossip
