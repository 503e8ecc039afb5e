/// What the key/value plane counts.
#pragma once

#include <array>
#include <cstdint>

#include "caf_gossip/base/errc.hpp"

namespace caf_gossip {

/// Counters grow from construction on; gauges are what is so now.
struct state_metrics {
  // -- gauges ---------------------------------------------------------------------------------
  std::uint64_t members = 0;
  std::uint64_t entries = 0;
  /// Of keys and values.
  std::uint64_t bytes = 0;
  /// Removed keys that are still remembered; they count as entries.
  std::uint64_t tombstones = 0;
  std::uint64_t blocked = 0;
  /// Members whose state came before the membership told of them.
  std::uint64_t waiting = 0;
  /// Requests not yet answered.
  std::uint64_t in_flight = 0;
  // -- counters -------------------------------------------------------------------------------
  std::uint64_t entries_accepted = 0;
  /// Not newer than what was there.
  std::uint64_t entries_stale = 0;
  /// Malformed, or above a limit.
  std::uint64_t entries_refused = 0;
  /// States of members that are blocked, removed or replaced.
  std::uint64_t members_refused = 0;
  /// States that found no room while their member was unknown, or waited in vain.
  std::uint64_t waiting_dropped = 0;
  /// This node's own state came back newer than it is, or with keys it does not have.
  std::uint64_t own_conflicts = 0;
  std::uint64_t requests_sent = 0;
  std::uint64_t requests_answered = 0;
  std::uint64_t requests_timed_out = 0;
  /// Could not be delivered.
  std::uint64_t requests_failed = 0;
  /// Rejected by their target.
  std::uint64_t requests_rejected = 0;
  std::uint64_t requests_received = 0;
  /// Answers that nobody waited for any more.
  std::uint64_t answers_unexpected = 0;
  /// Datagrams of news, for which nobody waits.
  std::uint64_t news_sent = 0;
  std::uint64_t news_received = 0;
  /// Changes that came faster than they could be passed on; the rounds bring them.
  std::uint64_t news_deferred = 0;
  /// Comparisons begun with peers whose stores stayed different.
  std::uint64_t repairs = 0;
  /// Peers that do not know comparisons, and so were sent everything again.
  std::uint64_t repairs_without_ranges = 0;
  /// Answers to comparisons that made no sense, which ended them.
  std::uint64_t repairs_refused = 0;
  /// Sums of ranges and listed ranges, asked and answered.
  std::uint64_t ranges_compared = 0;
  /// Entries accepted from comparisons, of this node and of others.
  std::uint64_t entries_repaired = 0;
  /// Blocked and removed members forgotten before their time, at the bound.
  std::uint64_t blocks_dropped = 0;
  /// Requests of others that were not merged, by the reason.
  std::array<std::uint64_t, errc_count> requests_refused{};

  friend bool operator==(const state_metrics&, const state_metrics&) = default;
};

} // namespace caf_gossip
