/// What must hold of every membership coordinator after every input, whatever the network does.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip::test {

/// Watches one coordinator from its construction on. Give it every outcome in order.
class invariants {
public:
  /// Checks the events of one outcome and the tables after it. What does not hold is appended to
  /// `violations` as a sentence.
  void check(const membership_coordinator& core, const membership_outcome& outcome, time_point now,
             std::vector<std::string>& violations);

  /// Members as told by the topology updates so far.
  [[nodiscard]] const std::vector<member_ref>& told_members() const { return members_; }

private:
  void begin_anew();
  void follow(const member_status_changed& event, std::vector<std::string>& violations);
  void follow(const topology_updated& event, std::vector<std::string>& violations);
  void check_records(const membership_coordinator& core, std::vector<std::string>& violations);
  void check_sets(const membership_coordinator& core, time_point now,
                  std::vector<std::string>& violations) const;

  std::map<node_id, record> records_;
  std::map<std::pair<node_id, std::uint64_t>, member_status> statuses_;
  std::vector<member_ref> members_;
  unix_time last_event_{};
  std::uint64_t version_ = 0;
  std::uint64_t incarnation_ = 0;
};

} // namespace caf_gossip::test
