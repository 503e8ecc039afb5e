#include "caf_gossip/net/reply_routes.hpp"

namespace caf_gossip::net {

void reply_routes::remember(std::uint64_t correlation, const authority& requester,
                            std::uint64_t connection, time_point now) {
  forget_old(now);
  const key which{correlation, requester};
  const auto [entry, added] = routes_.try_emplace(which, route{connection, last_number_ + 1});
  if (!added) {
    entry->second.contested |= entry->second.connection != connection;
    return;
  }
  ages_.push_back(age{which, ++last_number_, now + ttl_});
}

std::optional<std::uint64_t> reply_routes::take(std::uint64_t correlation,
                                                const authority& requester, time_point now) {
  forget_old(now);
  const auto found = routes_.find(key{correlation, requester});
  if (found == routes_.end())
    return std::nullopt;
  const auto result = found->second;
  routes_.erase(found);
  if (result.contested)
    return std::nullopt;
  return result.connection;
}

void reply_routes::forget_old(time_point now) {
  while (!ages_.empty() && (ages_.front().until <= now || ages_.size() >= routes_max_)) {
    const auto found = routes_.find(ages_.front().which);
    if (found != routes_.end() && found->second.number == ages_.front().number)
      routes_.erase(found);
    ages_.pop_front();
  }
}

} // namespace caf_gossip::net
