/// Incarnations that no state is exchanged with, and why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/state/event.hpp"

namespace caf_gossip {

struct blocked_member {
  node_id id;
  /// This incarnation and all before it.
  std::uint64_t incarnation = 0;
  block_reason reason = block_reason::requested;
  time_point since{};

  friend bool operator==(const blocked_member&, const blocked_member&) = default;
};

/// Blocks last as long as the incarnation, but are remembered only for a while and up to a number:
/// whoever comes back after that is not a member any more and is refused for that.
class block_list {
public:
  block_list(std::size_t entries_max, duration retention)
      : entries_max_(entries_max), retention_(retention) {}

  /// Adds an entry. One that covers the incarnation already is kept as it is, except that a block
  /// replaces `removed`. At the bound the oldest entry makes room and is counted. Returns whether
  /// anything changed.
  bool add(const blocked_member& who);
  std::optional<blocked_member> remove(const node_id& id);
  /// Drops what is older than the retention.
  void expire(time_point now);
  void clear();

  /// Returns the entry that counts against this incarnation, if any.
  [[nodiscard]] const blocked_member* find(const node_id& id, std::uint64_t incarnation) const;
  /// The same for any incarnation, `removed` aside.
  [[nodiscard]] const blocked_member* find_blocked(const node_id& id) const;
  /// All but the `removed` ones, sorted by id.
  [[nodiscard]] std::vector<blocked_member> list() const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
  void erase(std::map<node_id, blocked_member>::iterator where);

  std::size_t entries_max_;
  duration retention_;
  std::map<node_id, blocked_member> entries_;
  std::set<std::pair<time_point, node_id>> by_age_;
  std::uint64_t dropped_ = 0;
};

} // namespace caf_gossip
