/// News about members that is still to be passed on.
#pragma once

#include <cstdint>
#include <vector>

#include "caf_gossip/base/rumor_queue.hpp"
#include "caf_gossip/membership/member_table.hpp"

namespace caf_gossip {

/// There is at most one rumor about each member, so that no origin can crowd out another.
class rumors {
public:
  /// Adds news about the member in a slot of the table, or makes it new again.
  void add(member_slot about) { queue_.add(about); }

  /// Somebody else told the same. Harmless when it is none of our rumors.
  void heard_again(member_slot about, std::uint32_t limit) { queue_.heard_again(about, limit); }

  /// Returns the records to tell `target`, at most `bytes_max` in estimated bytes but at least one
  /// if there is any, without what came from there.
  shared_records take(const member_table& table, const node_id& target, std::size_t bytes_max);

  /// Books what `take` returned since the last call as told once to each target. What was told
  /// `limit` times is forgotten.
  void settle(std::uint32_t limit) { queue_.settle(limit); }

  void clear() { queue_.clear(); }

  [[nodiscard]] std::size_t size() const { return queue_.size(); }
  [[nodiscard]] bool empty() const { return queue_.empty(); }
  /// Is there anything that this node has not told anybody?
  [[nodiscard]] bool has_untold() const { return queue_.has_untold(); }

private:
  /// By slot: should one be used again meanwhile, somebody else is told of once too often.
  rumor_queue<member_slot> queue_;
};

} // namespace caf_gossip
