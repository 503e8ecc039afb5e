#include "caf_gossip/membership/cause.hpp"

#include <array>

namespace caf_gossip {

std::string_view to_string(cause_kind kind) {
  static constexpr std::array<std::string_view, 13> names{
      "join_accepted", "heard", "silence",         "suspicion_timeout",
      "downed",        "leave", "leaving_timeout", "replaced",
      "gossip",        "self",  "unresponsive",    "refused",
      "flapping"};
  const auto index = static_cast<std::size_t>(kind);
  return index < names.size() ? names[index] : std::string_view{"unknown"};
}

} // namespace caf_gossip
