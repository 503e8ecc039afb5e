#include "tools/gossip_sim/profiles.hpp"

namespace caf_gossip::tools {

namespace {

/// HashiCorp memberlist's DefaultLANConfig: ProbeInterval 1 s, GossipInterval 200 ms,
/// GossipNodes 3.
constexpr std::array<std::string_view, 3> memberlist{
    "interval=200ms",
    "fan-out=3",
    "heartbeat-interval=1s",
};

constexpr std::array<profile, 1> profiles{{
    {"memberlist", "like HashiCorp memberlist in a local network", memberlist},
}};

} // namespace

std::span<const profile> all_profiles() {
  return profiles;
}

std::optional<profile> find_profile(std::string_view name) {
  for (const auto& each : profiles)
    if (each.name == name)
      return each;
  return std::nullopt;
}

} // namespace caf_gossip::tools
