/// What must follow from one message that a node listens to. Make one before the node gets it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "caf_gossip/membership/membership_coordinator.hpp"
#include "tests/support/simulator_verdicts.hpp"

namespace caf_gossip::test {

class received_message {
public:
  /// The message must stay until `accepted`.
  received_message(const membership_coordinator& core, const membership_message& what);

  [[nodiscard]] bool brings_roster() const;

  /// The node has listened to it. Notes accusations, and appends to `violations` that a suspicion
  /// of this run was not refuted: whoever hears that it is suspect has a higher version from then
  /// on (SWIM 4.2), unless it leaves or learns with the same message that it is dead.
  void accepted(const membership_coordinator& core, verdict_watch& verdicts,
                std::vector<std::string>& violations) const;

private:
  void look_at(const membership_coordinator& core, const shared_records& records);
  void note_suspicion(const membership_coordinator& core, std::uint64_t version);

  const membership_message& what_;
  /// This run, when it is said to be suspect.
  member_ref self_;
  /// The highest version in which this run is said to be suspect.
  std::optional<std::uint64_t> suspected_;
  /// The member that an accusation is about, if it will be taken.
  std::optional<member_entry> accused_;
};

} // namespace caf_gossip::test
