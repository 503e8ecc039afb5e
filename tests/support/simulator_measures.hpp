/// What is counted during a simulation: traffic, verdicts, changes of views.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/cause.hpp"
#include "tests/support/simulator_message.hpp"

namespace caf_gossip::test {

/// IPv4 and UDP headers of a datagram.
inline constexpr std::size_t datagram_overhead = 28;
/// IPv4 and TCP headers of a segment of a stream, and what a segment carries.
inline constexpr std::size_t segment_overhead = 40;
inline constexpr std::size_t segment_bytes = 1400;
/// SYN, SYN-ACK, ACK and twice FIN and ACK, with options.
inline constexpr std::size_t connection_bytes = 280;

struct traffic {
  std::uint64_t messages = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;

  traffic& operator+=(const traffic& other) {
    messages += other.messages;
    packets += other.packets;
    bytes += other.bytes;
    return *this;
  }
};

/// One incarnation that was declared dead by somebody.
struct death {
  /// When the first one said so, and who and why.
  time_point first{};
  std::uint32_t by = 0;
  cause_kind why = cause_kind::gossip;
  /// It was running at that moment, though perhaps paused.
  bool was_alive = false;
  bool was_paused = false;
  /// Who has come to the same verdict, or heard of it, and when.
  std::vector<std::pair<std::uint32_t, time_point>> seen;
};

/// One incarnation of a node.
using incarnation_key = std::pair<std::uint32_t, std::uint64_t>;

struct measures {
  std::array<traffic, message_kinds> by_kind{};
  std::vector<traffic> sent_by;
  std::vector<traffic> received_by;
  std::uint64_t streams_opened = 0;
  std::uint64_t datagrams_lost = 0;
  /// Meant as datagrams, but too large: they went over streams.
  std::uint64_t datagrams_too_large = 0;
  /// Did not fit the queue of a paused process.
  std::uint64_t overflows = 0;
  std::map<incarnation_key, death> deaths;
  /// By the node's own detector, and by hearsay.
  std::uint64_t suspicions = 0;
  std::uint64_t suspicions_heard = 0;
  /// The incarnations that were suspected.
  std::set<incarnation_key> suspected;
  /// Members that were seen up again.
  std::uint64_t refutations = 0;
  /// Updates of the topology, of all nodes.
  std::uint64_t view_changes = 0;
  std::uint64_t events = 0;

  [[nodiscard]] traffic total() const {
    traffic result;
    for (const auto& each : by_kind)
      result += each;
    return result;
  }
  /// Incarnations declared dead while they were running.
  [[nodiscard]] std::size_t false_deaths() const {
    std::size_t result = 0;
    for (const auto& [key, what] : deaths)
      result += what.was_alive ? 1 : 0;
    return result;
  }
};

} // namespace caf_gossip::test
