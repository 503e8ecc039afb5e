/// What every event carries, whatever it tells of.
#pragma once

#include <cstdint>

#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

/// When an event happened, and its place in this node's stream of events.
struct event_stamp {
  /// Counts the events of this node from 1, without gaps; given by the event stream.
  std::uint64_t sequence = 0;
  /// Never falls from one event of a node to the next.
  unix_time observed_at{};

  friend bool operator==(const event_stamp&, const event_stamp&) = default;
};

} // namespace caf_gossip
