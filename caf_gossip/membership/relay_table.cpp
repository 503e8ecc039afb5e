#include "caf_gossip/membership/relay_table.hpp"

#include <algorithm>
#include <utility>

namespace caf_gossip {

bool relay_table::add(std::uint64_t correlation, relay what) {
  if (relays_.size() >= relays_max) {
    ++refused_;
    return false;
  }
  relays_.insert_or_assign(correlation, std::move(what));
  return true;
}

std::optional<relay> relay_table::take(std::uint64_t correlation) {
  const auto found = relays_.find(correlation);
  if (found == relays_.end())
    return std::nullopt;
  auto result = std::move(found->second);
  relays_.erase(found);
  return result;
}

std::vector<relay> relay_table::take_late(time_point now) {
  std::vector<relay> late;
  for (auto& [correlation, item] : relays_) {
    if (item.nack_at > now)
      continue;
    item.nack_at = never;
    late.push_back(item);
  }
  std::erase_if(relays_, [&](const auto& item) { return item.second.expires_at <= now; });
  return late;
}

time_point relay_table::next_deadline() const {
  auto result = never;
  for (const auto& [correlation, item] : relays_)
    result = std::min({result, item.nack_at, item.expires_at});
  return result;
}

} // namespace caf_gossip
