/// Collects changes of the topology, so that a burst of them is one update.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/member_table.hpp"
#include "caf_gossip/membership/topology.hpp"

namespace caf_gossip {

/// The first change opens a window; at its end one update tells the difference to what was told
/// last. Because it is a difference, who came and went within a window is not mentioned at all.
class topology_window {
public:
  explicit topology_window(duration length) : length_(length) {}

  /// Says that the member in a slot of the table has come, gone or become another incarnation, and
  /// what it was before: nothing = no member.
  void touch(member_slot where, const std::optional<member_ref>& was, time_point now);

  /// A member has gone without leaving a trace in the table.
  void lost(const member_ref& who, time_point now);

  /// Closes the window if its time has come. Returns the update, or nothing when the window is
  /// still open or nothing is left to tell.
  std::optional<topology> close(const member_table& table, std::vector<node_id> blocked,
                                time_point now);

  /// Forgets everything told so far.
  void clear();

  [[nodiscard]] time_point next_deadline() const { return deadline_; }

private:
  duration length_;
  time_point deadline_ = never;
  /// By slot: the last update told of the member, and it has not changed since.
  std::vector<bool> told_;
  /// Those that the last update told of and that have changed since, as they were.
  std::map<node_id, member_ref> changed_;
};

} // namespace caf_gossip
