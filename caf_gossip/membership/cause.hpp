/// Why a member's status changed, so that every verdict can be explained.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "caf_gossip/base/member_ref.hpp"

namespace caf_gossip {

enum class cause_kind : std::uint8_t {
  /// Admitted by this node.
  join_accepted = 0,
  /// A frame came from the member itself.
  heard = 1,
  /// A probe failed: neither the process nor its host answers.
  silence = 2,
  /// The downing policy's time for a suspect ran out.
  suspicion_timeout = 3,
  /// An operator's `down` or `quarantine`.
  downed = 4,
  /// The member said goodbye, or was asked to.
  leave = 5,
  /// A leaving member's time ran out.
  leaving_timeout = 6,
  /// A newer incarnation took the name or the authority.
  replaced = 7,
  /// Another member said so.
  gossip = 8,
  /// This node says so of itself: it formed the cluster, refuted, or came back.
  self = 9,
  /// A probe failed, but its host takes connections: the process is slow or paused.
  unresponsive = 10,
  /// Its host says that nobody listens at its address: the process is gone.
  refused = 11,
  /// It was suspected by several and came back again and again, and now they accuse it again.
  flapping = 12,
};

[[nodiscard]] std::string_view to_string(cause_kind kind);

struct cause {
  cause_kind kind = cause_kind::gossip;
  /// The member that said so; empty when this node found out itself.
  node_id informant;
  /// Level of suspicion when the detector spoke; 1 is its threshold.
  double suspicion = 0.0;
  /// Time since the last sign of life; 0 when it played no part.
  std::chrono::milliseconds silent_for{0};

  friend bool operator==(const cause&, const cause&) = default;
};

} // namespace caf_gossip
