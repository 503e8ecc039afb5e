#include "actors/state_subscriptions.hpp"

#include <algorithm>

#include "caf_gossip/state/key.hpp"

namespace caf_gossip {

namespace {

expected<void> check(const std::string& key, bool is_prefix) {
  if ((is_prefix && key.empty()) || is_reserved_key(key))
    return {};
  return check_key(key);
}

} // namespace

expected<bool> state_subscriptions::add(const caf::actor_addr& who, const std::string& key,
                                        bool is_prefix, std::uint64_t since) {
  if (auto valid = check(key, is_prefix); !valid)
    return tl::unexpected<error>{valid.error()};
  auto& others = is_prefix ? by_prefix_ : by_key_;
  const auto [first, last] = others.equal_range(key);
  if (std::any_of(first, last, [&](const auto& known) { return known.second.who == who; }))
    return false;
  if (size() >= subscriptions_max)
    return fail(errc::limit_reached, "there are " + std::to_string(subscriptions_max)
                                         + " subscriptions to state; no more are allowed");
  others.emplace(key, subscription{who, since});
  return true;
}

bool state_subscriptions::remove(const caf::actor_addr& who) {
  const auto is_his = [&](const auto& entry) { return entry.second.who == who; };
  return std::erase_if(by_key_, is_his) + std::erase_if(by_prefix_, is_his) > 0;
}

bool state_subscriptions::contains(const caf::actor_addr& who) const {
  const auto is_his = [&](const auto& entry) { return entry.second.who == who; };
  return std::any_of(by_key_.begin(), by_key_.end(), is_his)
         || std::any_of(by_prefix_.begin(), by_prefix_.end(), is_his);
}

std::vector<caf::actor_addr> state_subscriptions::concerned(const gossip_update& what) const {
  std::vector<caf::actor_addr> result;
  const auto note = [&](const subscription& whose) {
    if (what.revision > whose.since)
      result.push_back(whose.who);
  };
  const auto [first, last] = by_key_.equal_range(what.key);
  for (auto i = first; i != last; ++i)
    note(i->second);
  for (const auto& [prefix, whose] : by_prefix_)
    if (what.key.starts_with(prefix))
      note(whose);
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

} // namespace caf_gossip
