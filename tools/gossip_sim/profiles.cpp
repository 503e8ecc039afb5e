#include "tools/gossip_sim/profiles.hpp"

namespace caf_gossip::tools {

namespace {

/// HashiCorp memberlist's DefaultLANConfig, as far as these cores can follow it: probes of all
/// members in turn every second, 500 ms until helpers are asked, 3 helpers; news every 200 ms to 3
/// members; suspicion of 8 s (4 * log10(100) probe intervals) to 48 s with 2 confirmations.
constexpr std::array<std::string_view, 10> memberlist{
    "detector=swim",
    "probe-interval=1s",
    "probe-timeout=500ms",
    "probe-helpers=3",
    "interval=200ms",
    "fan-out=3",
    "dissemination-batch=200ms",
    "suspicion-timeout-min=8s",
    "suspicion-timeout=48s",
    "suspicion-confirmations=2",
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
