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

  /// Says that the set of members has changed.
  void touch(time_point now) {
    if (deadline_ == never)
      deadline_ = now + length_;
  }

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
  std::vector<member_ref> told_;
};

} // namespace caf_gossip
