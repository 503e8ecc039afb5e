/// Every setting of a node, with its default. `settings.hpp` has name, bounds and meaning of each.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "caf_gossip/base/errc.hpp"

namespace caf_gossip {

using std::chrono::milliseconds;

/// Names of the failure detectors to choose from; the first one is the default.
inline constexpr std::array<std::string_view, 2> detector_names{"phi-accrual", "fixed-timeout"};

struct config {
  // -- identity and addresses -----------------------------------------------------------------

  /// Name of the node; empty = a random one.
  std::string node_id;
  std::string cluster_name = "caf-gossip";
  std::string bind_address = "127.0.0.1";
  /// 0 = the kernel chooses.
  std::uint16_t port = 0;
  /// Authority that others reach this node at; empty = the bound one.
  std::string advertise;
  /// Authorities of nodes to join through. The first one may form the cluster alone.
  std::vector<std::string> seeds;
  /// Start with the actor system.
  bool autostart = false;

  // -- gossip loop ----------------------------------------------------------------------------

  milliseconds gossip_interval{500};
  milliseconds gossip_request_timeout{2000};
  std::uint32_t gossip_fan_out = 3;
  /// Member states per request.
  std::uint32_t gossip_max_send = 50;
  /// Nothing = disabled.
  std::optional<milliseconds> heartbeat_expiration = milliseconds{10000};
  std::string gossip_actor_name = "gossip";
  bool gossip_enabled = true;

  // -- key/value state ------------------------------------------------------------------------

  std::uint32_t state_value_bytes_max = 64U << 10U;
  /// Per member; entries of maps count, removed ones that are still remembered too.
  std::uint32_t state_keys_max = 4096;
  /// Keys and values of one member, as entry_bytes counts them.
  std::uint32_t state_member_bytes_max = 4U << 20U;
  /// Keys and values of all members.
  std::uint32_t state_bytes_max = 256U << 20U;
  /// Keys and values in one request or response; at least two of the largest entries.
  std::uint32_t state_message_bytes_max = 256U << 10U;

  // -- dissemination --------------------------------------------------------------------------

  /// News is collected this long before it is passed on.
  milliseconds dissemination_batch{5};
  /// How often news is passed on between two rounds, each time waiting four times as long.
  std::uint32_t dissemination_bursts = 4;
  /// Two members whose roster hashes differ for this long compare their rosters.
  milliseconds reconciliation_delay{200};

  // -- failure detection ----------------------------------------------------------------------

  milliseconds heartbeat_interval{500};
  /// Each member sends its heartbeats to so many others (Pekko: monitored-by-nr-of-members 9).
  std::uint32_t heartbeat_observers = 9;
  milliseconds detector_poll_interval{100};
  /// One of `detector_names`.
  std::string detector{detector_names.front()};
  /// Silence after which the fixed-timeout detector suspects a peer.
  milliseconds detector_timeout{5000};
  double phi_threshold = 8.0;
  milliseconds phi_min_deviation{100};
  milliseconds phi_acceptable_pause{1500};
  milliseconds phi_first_estimate{1000};
  std::uint32_t phi_window = 200;
  /// A suspect that does not refute within this time is dead.
  milliseconds suspicion_timeout{3000};

  // -- membership -----------------------------------------------------------------------------

  milliseconds topology_emit_interval{100};
  /// How long a dead node's authority is refused; 0 = not at all.
  milliseconds quarantine_ttl{10000};
  std::uint32_t quarantine_max = 4096;
  milliseconds tombstone_ttl{std::chrono::hours{24}};
  std::uint32_t tombstones_max = 4096;
  std::uint32_t members_max = 16384;
  /// First and longest pause between two rounds of join requests.
  milliseconds join_retry_min{200};
  milliseconds join_retry_max{5000};
  /// How long a graceful leave waits until others have it.
  milliseconds leave_timeout{3000};
  /// How long a leaving member is kept before it counts as removed.
  milliseconds leaving_timeout{3000};
  /// A node that hears it was declared dead comes back as a new incarnation.
  bool rejoin_when_declared_dead = true;
  bool metrics_enabled = true;

  friend bool operator==(const config&, const config&) = default;
};

/// Checks every setting against its bounds. Errors: invalid_config naming field, value and what
/// is allowed.
[[nodiscard]] expected<void> validate(const config& cfg);

/// Returns Proto.Actor's Go defaults: interval 300 ms, request timeout 500 ms, fan-out 3, max send
/// 50, heartbeat expiration 20 s, actor name "gossip".
[[nodiscard]] config protoactor_go();

} // namespace caf_gossip
