/// What the membership layer shows of itself: immutable copies.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/cause.hpp"
#include "caf_gossip/membership/dissemination_engine.hpp"
#include "caf_gossip/membership/event.hpp"
#include "caf_gossip/membership/record.hpp"

namespace caf_gossip {

/// One member as this node sees it, and why.
struct member_view {
  record rec;
  unix_time since{};
  cause why;

  friend bool operator==(const member_view&, const member_view&) = default;
};

struct membership_snapshot {
  node_mode mode = node_mode::stopped;
  member_ref self;
  /// The roster has been received (or there was none to receive) and others know this node.
  bool joined = false;
  /// Counts the changes this node has seen; 0 when stopped.
  std::uint64_t version = 0;
  std::uint64_t roster_hash = 0;
  gossip_phase phase = gossip_phase::confirmed;
  /// Peers that are known to have this roster, of all peers.
  std::uint64_t confirmed_peers = 0;
  std::uint64_t peers = 0;
  /// Joining, up, suspect and leaving members, sorted by id, self included.
  std::vector<member_view> members;

  friend bool operator==(const membership_snapshot&, const membership_snapshot&) = default;
};

/// Counters grow from construction on; gauges are what is so now.
struct membership_metrics {
  // -- gauges ---------------------------------------------------------------------------------
  std::uint64_t members = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t tombstones = 0;
  /// 0 = this node is well, 8 = it should not trust its own judgement of others (Lifeguard).
  std::uint64_t local_health = 0;
  // -- counters -------------------------------------------------------------------------------
  std::uint64_t joined = 0;
  std::uint64_t left = 0;
  std::uint64_t dead = 0;
  std::uint64_t suspected = 0;
  std::uint64_t refuted = 0;
  std::uint64_t transitions_refused = 0;
  std::uint64_t members_refused = 0;
  std::uint64_t tombstones_dropped = 0;
  std::uint64_t quarantine_dropped = 0;
  std::uint64_t records_stale = 0;
  std::uint64_t send_failures = 0;
  std::uint64_t corrections_suppressed = 0;
  /// Of members that had gone silent, or whose turn it was.
  std::uint64_t probes = 0;
  /// Neither directly nor through others was there an answer.
  std::uint64_t probes_failed = 0;
  /// Only others got an answer.
  std::uint64_t probes_relayed = 0;
  /// Too many at once, own ones and those for others.
  std::uint64_t probes_refused = 0;
  /// More accusers of one member than are kept.
  std::uint64_t accusations_refused = 0;
  /// More members that came back again and again than are kept.
  std::uint64_t flap_histories_dropped = 0;
  /// Messages that were not merged, by the reason.
  std::array<std::uint64_t, errc_count> messages_refused{};

  friend bool operator==(const membership_metrics&, const membership_metrics&) = default;
};

} // namespace caf_gossip
