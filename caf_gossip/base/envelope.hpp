/// What stands on every message, whatever it carries.
#pragma once

#include <cstdint>
#include <string>

#include "caf_gossip/base/member_ref.hpp"

namespace caf_gossip {

struct envelope {
  /// Messages of another cluster are refused, never merged.
  std::string cluster;
  /// The sender as it advertises itself; never derived from a socket.
  member_ref sender;
  /// The incarnation the sender believes the receiver to have; 0 = unknown.
  std::uint64_t receiver_incarnation = 0;
  /// Joins an answer to its request; 0 = one-way.
  std::uint64_t correlation = 0;
  /// Content hash of the sender's roster; 0 = not said. Equal hashes mean "nothing new".
  std::uint64_t roster_hash = 0;
  /// Content hash of the sender's key/value state; 0 = not said.
  std::uint64_t state_hash = 0;

  friend bool operator==(const envelope&, const envelope&) = default;
};

} // namespace caf_gossip
