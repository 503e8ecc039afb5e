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
inline constexpr std::array<std::string_view, 4> detector_names{"overdue-heartbeat", "phi-accrual",
                                                                "fixed-timeout", "swim"};

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
  /// How often news is passed on between two rounds, each time waiting twice as long.
  std::uint32_t dissemination_bursts = 4;
  /// One node passes one piece of news on so often, times the binary logarithm of the number of
  /// members.
  std::uint32_t dissemination_retransmit = 2;
  /// Two members whose roster hashes differ for this long compare their rosters.
  milliseconds reconciliation_delay{200};

  // -- failure detection ----------------------------------------------------------------------

  /// A member sends one heartbeat in this time, to one of its observers after the other.
  milliseconds heartbeat_interval{800};
  std::uint32_t heartbeat_observers = 4;
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
  /// With the detector swim: one member is probed in this time.
  milliseconds probe_interval{1000};
  /// How late a heartbeat may be, and how long a probe waits before others are asked.
  milliseconds probe_timeout{200};
  /// Members that are asked to reach one that does not answer (SWIM: k).
  std::uint32_t probe_helpers = 3;
  /// A suspect that does not refute within this time is dead, whoever accuses it.
  milliseconds suspicion_timeout{6000};
  /// The same when enough observers accuse it and nothing at its address answers.
  milliseconds suspicion_timeout_min{1000};
  /// So many other accusers make the time the shortest (Lifeguard: k).
  std::uint32_t suspicion_confirmations = 2;
  /// A node that hears nobody any more holds its verdicts back for this long.
  milliseconds isolation_patience{30000};
  /// A member that several suspected and that came back so often of late is flapping; 0 = never.
  double flap_cut_off = 6.0;
  /// Half of that is forgotten in this time.
  milliseconds flap_half_life{30000};

  // -- membership -----------------------------------------------------------------------------

  milliseconds topology_emit_interval{100};
  /// How long a dead node's authority is refused; 0 = not at all.
  milliseconds quarantine_ttl{10000};
  /// Each further removal doubles that time, up to this one.
  milliseconds quarantine_ttl_max{600000};
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
  /// One of the dead is tried again in this time, in case only the network had failed.
  milliseconds reunion_interval{10000};
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
