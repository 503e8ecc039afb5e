/// An entry of the block list, for people.
#pragma once

#include <cstdint>

#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/state/event.hpp"

namespace caf_gossip {

/// An entry of the block list, for people.
struct blocked_view {
  node_id id;
  std::uint64_t incarnation = 0;
  block_reason reason = block_reason::requested;
  unix_time since{};

  friend bool operator==(const blocked_view&, const blocked_view&) = default;
};

} // namespace caf_gossip
