/// Who wants to hear of which keys of the cluster's state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <caf/actor_addr.hpp>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/state/event.hpp"

namespace caf_gossip {

class state_subscriptions {
public:
  /// All subscribers together.
  static constexpr std::size_t subscriptions_max = 4096;

  /// Changes above the revision `since` concern this subscriber. Returns false when there is an
  /// identical subscription already. Errors: limit_reached, invalid_argument (a key that no member
  /// can have; an empty prefix means all keys); nothing has changed then.
  expected<bool> add(const caf::actor_addr& who, const std::string& key, bool is_prefix,
                     std::uint64_t since);
  /// Removes all of a subscriber. Returns whether there were any.
  bool remove(const caf::actor_addr& who);

  [[nodiscard]] bool contains(const caf::actor_addr& who) const;
  [[nodiscard]] std::size_t size() const { return by_key_.size() + by_prefix_.size(); }

  /// Whom an update concerns, sorted, each once.
  [[nodiscard]] std::vector<caf::actor_addr> concerned(const gossip_update& what) const;

private:
  struct subscription {
    caf::actor_addr who;
    std::uint64_t since = 0;
  };

  using table = std::multimap<std::string, subscription>;

  table by_key_;
  table by_prefix_;
};

} // namespace caf_gossip
