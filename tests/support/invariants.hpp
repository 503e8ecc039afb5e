/// What must hold of every membership coordinator after every input, whatever the network does.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "caf_gossip/membership/membership_coordinator.hpp"
#include "tests/support/rumor_count.hpp"

namespace caf_gossip::test {

/// Watches one coordinator from its construction on. Give it every outcome in order.
class invariants {
public:
  /// Checks the events of one outcome and the tables after it. What does not hold is appended to
  /// `violations` as a sentence.
  void check(const membership_coordinator& core, const membership_outcome& outcome, time_point now,
             std::vector<std::string>& violations);

  /// The node is about to get a page of a roster. A joiner's own record may become news again by
  /// that without having changed, since those that it comes to have not heard of it.
  void gets_roster() { gets_roster_ = true; }

  /// Members as told by the topology updates so far.
  [[nodiscard]] const std::vector<member_ref>& told_members() const { return members_; }

private:
  /// Every change of a record begins a rumor, and the same record cannot come again.
  struct rumor {
    std::uint64_t content = 0;
    /// Of a tombstone: when it was put up. One that was forgotten is news when it comes again.
    time_point since{};

    friend bool operator==(const rumor&, const rumor&) = default;
  };

  /// A record as it was looked at last.
  struct seen_record {
    shared_record rec;
    member_status status{};
    /// Neither the record nor what is told of it has changed since.
    bool is_checked = false;
  };

  void begin_anew();
  void follow(const member_status_changed& event, std::vector<std::string>& violations);
  void follow(const topology_updated& event, std::vector<std::string>& violations);
  void check_records(const membership_coordinator& core, std::vector<std::string>& violations);
  void check_sets(const membership_coordinator& core, time_point now,
                  std::vector<std::string>& violations) const;
  void count_rumors(const membership_coordinator& core, const membership_outcome& outcome,
                    std::vector<std::string>& violations);

  /// By id hash.
  std::unordered_map<std::uint64_t, seen_record> records_;
  std::map<std::pair<node_id, std::uint64_t>, member_status> statuses_;
  std::vector<member_ref> members_;
  unix_time last_event_{};
  std::uint64_t version_ = 0;
  std::uint64_t incarnation_ = 0;
  /// By id hash.
  std::unordered_map<std::uint64_t, rumor_count<rumor>> rumors_;
  rumor_bound bound_;
  bool gets_roster_ = false;
};

} // namespace caf_gossip::test
