#include "caf_gossip/state/event.hpp"

namespace caf_gossip {

std::string_view to_string(block_reason reason) {
  switch (reason) {
    case block_reason::expired_heartbeat:
      return "expired heartbeat";
    case block_reason::gracefully_left:
      return "gracefully left";
    case block_reason::requested:
      return "requested";
    case block_reason::removed:
      return "removed";
  }
  return "unknown";
}

} // namespace caf_gossip
