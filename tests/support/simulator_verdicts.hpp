/// Is every verdict of a node due when it falls?
///
/// What a node can know about a suspect is counted from what came to it, for its favour: every
/// accuser is believed, nobody else could confirm it, the fewest observers at any time count. With
/// that the downing policy names the earliest moment that could be right. Only that a host was
/// found alive counts against it, while it is certain.
///
/// Later is not wrong by itself: a node holds its verdicts back while it doubts itself or is alone
/// with its accusation. But one that nothing has ever disturbed, and that has heard two accusers
/// whom it never had reason to doubt, must come to an end after the longest time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip::test {

class verdict_watch {
public:
  explicit verdict_watch(const config& cfg);

  /// The node has accepted an accusation of a member that it had such an entry of.
  void accused(const member_entry& subject, const accusation& what, const node_id& by);

  /// A connection of the node's own was refused there.
  void refused(const membership_coordinator& core, const authority& by);

  /// From now on the node may hold verdicts back: it was paused or slow, or its network bad.
  void disturbed() { is_undisturbed_ = false; }

  /// What one input has brought about. What does not hold is appended to `violations`.
  void check(const membership_coordinator& core, const std::vector<membership_event>& events,
             time_point now, std::vector<std::string>& violations);

private:
  /// All that can speak against one incarnation of a member.
  struct file {
    std::uint64_t incarnation = 0;
    /// Who has found what, by the version of the record that it is about.
    std::map<std::uint64_t, std::map<node_id, evidence>> statements;
    bool is_refused = false;
    /// Of the suspicion that lasts.
    std::optional<time_point> since;
    std::uint64_t suspected_version = 0;
    std::size_t observers = 0;
    /// Who has found its host alive since it is suspect.
    std::set<node_id> found_alive;
    /// Who has accused it since then.
    std::set<node_id> accusers;
    bool is_overdue = false;
  };

  file& file_of(const member_ref& subject);
  void follow(const membership_coordinator& core, const member_status_changed& event,
              time_point now, std::vector<std::string>& violations);
  void judge(const file& known, const membership_coordinator& core,
             const member_status_changed& event, time_point now,
             std::vector<std::string>& violations) const;
  void refresh(const membership_coordinator& core);
  void check_overdue(const membership_coordinator& core, time_point now,
                     std::vector<std::string>& violations);
  [[nodiscard]] std::size_t observers(const membership_coordinator& core) const;

  std::size_t accusers_wanted_ = 0;
  suspicion_timeout policy_;
  /// After so long a suspicion must have come to an end.
  duration longest_{};
  bool is_undisturbed_ = true;
  /// Members that were ever suspect here: they may come and go too often to be believed.
  std::set<node_id> doubted_;
  std::map<node_id, file> files_;
};

} // namespace caf_gossip::test
