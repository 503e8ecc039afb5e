/// Probes that this node makes for others (SWIM 3.1: ping-req), until they are answered.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

struct relay {
  member_ref asker;
  /// The number of the asker's request.
  std::uint64_t request = 0;
  member_ref subject;
  /// At this moment the asker is told that there was no answer yet (Lifeguard 4.1: nack).
  time_point nack_at = never;
  time_point expires_at = never;
};

class relay_table {
public:
  /// Others that want more are not served; they have other helpers.
  static constexpr std::size_t relays_max = 1024;

  /// Returns false, and counts it, when the table is full. `correlation` is of our own ping.
  bool add(std::uint64_t correlation, relay what);

  /// Returns and forgets the relay that our ping with this number was for.
  std::optional<relay> take(std::uint64_t correlation);

  /// Returns the relays whose askers are to be told now, each once, and forgets expired ones.
  std::vector<relay> take_late(time_point now);

  void clear() { relays_.clear(); }
  [[nodiscard]] time_point next_deadline() const;
  [[nodiscard]] std::size_t size() const { return relays_.size(); }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
  std::map<std::uint64_t, relay> relays_;
  std::uint64_t refused_ = 0;
};

} // namespace caf_gossip
