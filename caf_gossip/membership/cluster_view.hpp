/// The topology as it was last applied: what queries are answered from.
#pragma once

#include <cstdint>
#include <vector>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/topology.hpp"

namespace caf_gossip {

class cluster_view {
public:
  /// Accepts updates from now on.
  void start() { started_ = true; }

  /// Forgets everything and accepts no updates.
  void stop() { *this = cluster_view{}; }

  /// Applies an update. Returns whether it changed anything: an update equal in content to the last
  /// one is accepted without effect. Errors: invalid_topology (contradiction, or not started); the
  /// view is unchanged.
  expected<bool> apply(const topology& update, unix_time observed_at);

  [[nodiscard]] bool started() const { return started_; }
  [[nodiscard]] const topology& current() const { return current_; }
  [[nodiscard]] const std::vector<member_ref>& members() const { return current_.members; }
  [[nodiscard]] std::uint64_t hash() const { return current_.hash; }
  [[nodiscard]] unix_time observed_at() const { return observed_at_; }
  /// Updates that changed something since the start.
  [[nodiscard]] std::uint64_t applied() const { return applied_; }

private:
  bool started_ = false;
  topology current_;
  unix_time observed_at_{};
  std::uint64_t applied_ = 0;
};

} // namespace caf_gossip
