#include "caf_gossip/membership/event.hpp"

namespace caf_gossip {

std::string_view to_string(node_mode mode) {
  switch (mode) {
    case node_mode::stopped:
      return "stopped";
    case node_mode::client:
      return "client";
    case node_mode::member:
      return "member";
  }
  return "unknown";
}

} // namespace caf_gossip
