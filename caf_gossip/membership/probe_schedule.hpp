/// Whom to probe next: all members in turn, in an order that is shuffled anew for every turn, so
/// that the time until somebody is probed is bounded (SWIM 4.3).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/random.hpp"

namespace caf_gossip {

class probe_schedule {
public:
  /// A member that came since: takes a random place in the present turn.
  void add(const node_id& id, random_source& random);
  /// Returns the next one; nothing when there is nobody. Those that `is_member` denies are dropped.
  template <class Predicate>
  std::optional<node_id> next(const Predicate& is_member, random_source& random) {
    for (std::size_t tries = ids_.size() + 1; tries > 0 && !ids_.empty(); --tries) {
      if (position_ >= ids_.size())
        shuffle(random);
      if (is_member(ids_[position_]))
        return ids_[position_++];
      ids_.erase(ids_.begin() + static_cast<std::ptrdiff_t>(position_));
    }
    return std::nullopt;
  }
  void clear() { ids_.clear(); }

private:
  void shuffle(random_source& random);

  std::vector<node_id> ids_;
  std::size_t position_ = 0;
};

} // namespace caf_gossip
