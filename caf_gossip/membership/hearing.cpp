#include "caf_gossip/membership/hearing.hpp"

#include <algorithm>

namespace caf_gossip {

bool hearing::begin(const node_id& who) {
  if (open_.contains(who))
    return true;
  if (open_.size() >= checks_max) {
    ++refused_;
    return false;
  }
  open_.emplace(who, 0);
  return true;
}

void hearing::heard(const node_id& who) {
  if (open_.erase(who) > 0)
    find(who, false);
}

void hearing::missed(const node_id& who) {
  if (!begin(who) || ++open_.at(who) < misses_max)
    return;
  open_.erase(who);
  find(who, true);
}

void hearing::find(const node_id& who, bool out) {
  std::erase_if(findings_, [&](const auto& item) { return item.first == who; });
  findings_.emplace_back(who, out);
  if (findings_.size() > findings_max)
    findings_.pop_front();
}

void hearing::forget(const node_id& who) {
  open_.erase(who);
  std::erase_if(findings_, [&](const auto& item) { return item.first == who; });
}

void hearing::clear() {
  open_.clear();
  findings_.clear();
}

std::size_t hearing::out_of_hearing() const {
  return static_cast<std::size_t>(std::count_if(findings_.begin(), findings_.end(),
                                                [](const auto& item) { return item.second; }));
}

bool hearing::is_hard() const {
  const auto out = out_of_hearing();
  return out >= limit && static_cast<double>(out) >= share * static_cast<double>(findings_.size());
}

bool hearing::is_in_doubt() const {
  const bool somebody_is_missed =
      std::any_of(open_.begin(), open_.end(), [](const auto& item) { return item.second > 0; });
  const auto out = out_of_hearing();
  return somebody_is_missed || out > 1 || (out == 1 && findings_.size() < findings_without_doubt);
}

std::vector<node_id> hearing::open() const {
  std::vector<node_id> result;
  for (const auto& [who, misses] : open_)
    result.push_back(who);
  return result;
}

} // namespace caf_gossip
