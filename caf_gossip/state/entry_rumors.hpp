/// Entries that have just changed and are still to be passed on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "caf_gossip/base/rumor_queue.hpp"
#include "caf_gossip/state/state_store.hpp"

namespace caf_gossip {

class entry_rumors {
public:
  /// At this bound the most told one makes room; new ones wait for the next round if there is none.
  static constexpr std::size_t rumors_max = 8192;

  void add(const node_id& owner, const std::string& stored_key);

  /// Somebody else told the same.
  void heard_again(const node_id& owner, const std::string& stored_key, std::uint32_t limit) {
    queue_.heard_again({owner, stored_key}, limit);
  }

  /// Returns entries to tell a target, without its own and what came from `source`, of at most
  /// `limits.members` owners and `limits.bytes` as entry_bytes counts them, but at least one if
  /// there is any. Owners take turns, so that one that writes much does not hold up the others.
  gossip_state take(const state_store& store, const node_id& target, std::uint32_t source,
                    const delta_limits& limits);

  /// Books what `take` returned since the last call; forgets what was told `limit` times.
  void settle(std::uint32_t limit) { queue_.settle(limit); }

  void clear() { queue_.clear(); }
  [[nodiscard]] bool empty() const { return queue_.empty(); }
  [[nodiscard]] bool has_untold() const { return queue_.has_untold(); }
  [[nodiscard]] std::size_t size() const { return queue_.size(); }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
  using entry_id = std::pair<node_id, std::string>;
  using turns = std::vector<std::deque<const entry_id*>>;

  turns turns_for(const state_store& store, const node_id& target, std::uint32_t source);

  rumor_queue<entry_id> queue_;
  std::uint64_t refused_ = 0;
};

} // namespace caf_gossip
