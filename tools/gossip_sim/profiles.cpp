#include "tools/gossip_sim/profiles.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace caf_gossip::tools {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds memberlist_probe_interval{1000};
/// SuspicionMult and SuspicionMaxTimeoutMult of DefaultLANConfig.
constexpr int memberlist_suspicion = 4;
constexpr int memberlist_suspicion_max = 6;

/// memberlist, util.go, suspicionTimeout: probe intervals times the magnitude of the cluster, which
/// is cut off after three decimals.
milliseconds memberlist_suspicion_min(std::uint32_t nodes) {
  const auto magnitude = std::max(1.0, std::log10(std::max(1.0, static_cast<double>(nodes))));
  const auto thousandths = static_cast<int>(magnitude * 1000);
  return memberlist_suspicion * thousandths * memberlist_probe_interval / 1000;
}

/// HashiCorp memberlist's DefaultLANConfig, as far as these cores can follow it: probes of all
/// members in turn every second, 500 ms until helpers are asked, 3 helpers; news every 200 ms to 3
/// members; suspicion that shrinks with 2 confirmations; the dead are tried every 30 s.
std::vector<std::string> memberlist(std::uint32_t nodes) {
  const auto min = memberlist_suspicion_min(nodes);
  const auto text = [](milliseconds span) { return std::to_string(span.count()) + "ms"; };
  return {
      "detector=swim",
      "probe-interval=" + text(memberlist_probe_interval),
      "probe-timeout=500ms",
      "probe-helpers=3",
      "interval=200ms",
      "fan-out=3",
      "dissemination-batch=200ms",
      "suspicion-timeout-min=" + text(min),
      "suspicion-timeout=" + text(min * memberlist_suspicion_max),
      "suspicion-confirmations=2",
      "reunion-interval=30s",
  };
}

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
