/// The one list of all settings: name, meaning and bounds, each with its field of `config`.
///
/// Validation, the options of the actor system and the table in the documentation all walk through
/// it, so a setting that is added here is checked, offered and documented.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "caf_gossip/base/config.hpp"

namespace caf_gossip {

/// The option group of the settings: their full names are "gossip." and the name.
inline constexpr std::string_view settings_group = "gossip";

/// Text that switches an optional setting off.
inline constexpr std::string_view disabled_text = "disabled";

/// What is known of one setting apart from its value.
struct setting {
  /// Lower-case words joined by '-'.
  std::string_view name;
  /// One sentence for people, without a full stop.
  std::string_view meaning;
  /// Bounds, both allowed: of a number, of a time in milliseconds, or of the count of a list.
  double min = 0;
  double max = 0;
  /// Texts, and every element of a list: the predicate and its description.
  bool (*accepts)(std::string_view) = nullptr;
  std::string_view allowed = {};
};

// -- what texts are accepted -------------------------------------------------------------------

[[nodiscard]] bool is_node_id_setting(std::string_view text);
[[nodiscard]] bool is_cluster_name(std::string_view text);
[[nodiscard]] bool is_bind_address(std::string_view text);
[[nodiscard]] bool is_advertise_setting(std::string_view text);
[[nodiscard]] bool is_seed(std::string_view text);
/// An actor is registered under a CAF atom: at most 10 characters of [0-9A-Za-z_ ].
[[nodiscard]] bool is_actor_name(std::string_view text);
[[nodiscard]] bool is_detector_name(std::string_view text);

// -- values as texts ---------------------------------------------------------------------------

/// Returns the value as it is written in a configuration file: "500ms", "10s", "3", "true",
/// "disabled", texts as they are, lists in brackets.
[[nodiscard]] std::string show(bool value);
[[nodiscard]] std::string show(std::uint16_t value);
[[nodiscard]] std::string show(std::uint32_t value);
[[nodiscard]] std::string show(double value);
[[nodiscard]] std::string show(milliseconds value);
[[nodiscard]] std::string show(const std::optional<milliseconds>& value);
[[nodiscard]] std::string show(const std::string& value);
[[nodiscard]] std::string show(const std::vector<std::string>& value);

/// Tells whether the value is within the bounds of its setting.
[[nodiscard]] bool accepts(const setting& what, bool value);
[[nodiscard]] bool accepts(const setting& what, std::uint16_t value);
[[nodiscard]] bool accepts(const setting& what, std::uint32_t value);
[[nodiscard]] bool accepts(const setting& what, double value);
[[nodiscard]] bool accepts(const setting& what, milliseconds value);
[[nodiscard]] bool accepts(const setting& what, const std::optional<milliseconds>& value);
[[nodiscard]] bool accepts(const setting& what, const std::string& value);
[[nodiscard]] bool accepts(const setting& what, const std::vector<std::string>& value);

/// Says what is allowed for a setting whose field has the type of the second argument, whose value
/// does not matter: "1ms to 1h".
[[nodiscard]] std::string allowed(const setting& what, bool);
[[nodiscard]] std::string allowed(const setting& what, std::uint16_t);
[[nodiscard]] std::string allowed(const setting& what, std::uint32_t);
[[nodiscard]] std::string allowed(const setting& what, double);
[[nodiscard]] std::string allowed(const setting& what, milliseconds);
[[nodiscard]] std::string allowed(const setting& what, const std::optional<milliseconds>&);
[[nodiscard]] std::string allowed(const setting& what, const std::string&);
[[nodiscard]] std::string allowed(const setting& what, const std::vector<std::string>&);

/// Returns the text of an invalid_config: "gossip.interval = 0ms; allowed are 1ms to 1h". Long
/// values are cut, control characters replaced.
[[nodiscard]] std::string refusal_text(std::string_view name, const std::string& value,
                                       const std::string& allowed_text);

// -- the list ----------------------------------------------------------------------------------

inline constexpr double bytes_per_kibibyte = 1024;
inline constexpr double milliseconds_per_minute = 60'000;
inline constexpr double milliseconds_per_hour = 3'600'000;
inline constexpr double milliseconds_per_month = 720 * milliseconds_per_hour;

template <class Config, class F>
void for_each_identity_setting(Config& cfg, F& f) {
  f(setting{"node-id", "Name of the node; empty = a random one", 0, 0, is_node_id_setting,
            "empty, or 1 to 128 bytes without control characters"},
    cfg.node_id);
  f(setting{"cluster-name", "Name of the cluster; nodes of other clusters are refused", 0, 0,
            is_cluster_name, "1 to 64 printable ASCII characters"},
    cfg.cluster_name);
  f(setting{"bind-address", "Local host name or address to listen on", 0, 0, is_bind_address,
            "a host name, an IPv4 address or an IPv6 address without brackets"},
    cfg.bind_address);
  f(setting{"port", "Local port to listen on; 0 = the kernel chooses", 0, 65535}, cfg.port);
  f(setting{"advertise", "Authority that others reach this node at; empty = the bound one", 0, 0,
            is_advertise_setting,
            "empty, or host:port, 1.2.3.4:port or [ipv6]:port with a port of 1 to 65535"},
    cfg.advertise);
  f(setting{"seeds",
            "Authorities of nodes to join through; the first one may form the cluster alone", 0,
            256, is_seed, "host:port, 1.2.3.4:port or [ipv6]:port with a port of 1 to 65535"},
    cfg.seeds);
  f(setting{"autostart", "Start with the actor system"}, cfg.autostart);
}

template <class Config, class F>
void for_each_gossip_setting(Config& cfg, F& f) {
  f(setting{"interval", "Time between two rounds of gossip", 1, milliseconds_per_hour},
    cfg.gossip_interval);
  f(setting{"request-timeout", "Time to wait for the answer to a request", 1,
            milliseconds_per_hour},
    cfg.gossip_request_timeout);
  f(setting{"fan-out", "Peers that one round goes to", 1, 1024}, cfg.gossip_fan_out);
  f(setting{"max-send", "Member states in one request", 1, 16384}, cfg.gossip_max_send);
  // The smallest interval is 1ms and the expiration must be longer.
  f(setting{"heartbeat-expiration", "Silence after which a member is blocked", 2,
            24 * milliseconds_per_hour},
    cfg.heartbeat_expiration);
  f(setting{"actor-name", "Name under which the gossiper is registered", 0, 0, is_actor_name,
            "1 to 10 characters of 0-9, A-Z, a-z, _ and space, no space at either end"},
    cfg.gossip_actor_name);
  f(setting{"enabled", "Send and receive at all"}, cfg.gossip_enabled);
}

template <class Config, class F>
void for_each_state_setting(Config& cfg, F& f) {
  f(setting{"state-value-bytes-max", "Bytes of one value", 64, 256.0 * bytes_per_kibibyte},
    cfg.state_value_bytes_max);
  f(setting{"state-keys-max", "Keys of one member, entries of maps included", 1, 1'000'000},
    cfg.state_keys_max);
  f(setting{"state-member-bytes-max", "Bytes of keys and values of one member, 128 more for each",
            1024, 4'000'000'000},
    cfg.state_member_bytes_max);
  f(setting{"state-bytes-max", "Bytes of keys and values of all members, 128 more for each", 1024,
            4'000'000'000},
    cfg.state_bytes_max);
  f(setting{"state-message-bytes-max", "Bytes of keys and values in one message, 128 more for each",
            2176, 768.0 * bytes_per_kibibyte},
    cfg.state_message_bytes_max);
}

template <class Config, class F>
void for_each_dissemination_setting(Config& cfg, F& f) {
  f(setting{"dissemination-batch", "News is collected this long before it is passed on", 0,
            milliseconds_per_minute},
    cfg.dissemination_batch);
  f(setting{"dissemination-bursts",
            "How often news is passed on between two rounds, each time waiting twice as long", 0,
            16},
    cfg.dissemination_bursts);
  f(setting{"dissemination-retransmit",
            "How often one node passes one piece of news on, times the binary logarithm of the "
            "number of members",
            1, 16},
    cfg.dissemination_retransmit);
  f(setting{"reconciliation-delay",
            "Two members whose roster hashes differ for this long compare their rosters", 0,
            milliseconds_per_hour},
    cfg.reconciliation_delay);
}

template <class Config, class F>
void for_each_detection_setting(Config& cfg, F& f) {
  f(setting{"heartbeat-interval", "Time between two heartbeats; they go to the observers in turn",
            1, milliseconds_per_hour},
    cfg.heartbeat_interval);
  f(setting{"heartbeat-observers", "Members that get the heartbeats of one member", 1, 1024},
    cfg.heartbeat_observers);
  f(setting{"detector-poll-interval", "How often the suspicions are read", 1,
            milliseconds_per_minute},
    cfg.detector_poll_interval);
  f(setting{"detector", "Which failure detector observes the peers", 0, 0, is_detector_name,
            "overdue-heartbeat, phi-accrual, fixed-timeout and swim"},
    cfg.detector);
  f(setting{"detector-timeout", "Silence after which the fixed-timeout detector suspects a peer", 1,
            milliseconds_per_hour},
    cfg.detector_timeout);
  f(setting{"phi-threshold", "Phi from which on a peer is suspected", 0.01, 300},
    cfg.phi_threshold);
  f(setting{"phi-min-deviation", "Least standard deviation assumed of heartbeat intervals", 1,
            milliseconds_per_hour},
    cfg.phi_min_deviation);
  f(setting{"phi-acceptable-pause", "Pause that is tolerated on top of the mean interval", 0,
            milliseconds_per_hour},
    cfg.phi_acceptable_pause);
  f(setting{"phi-first-estimate", "Heartbeat interval assumed before one was measured", 1,
            milliseconds_per_hour},
    cfg.phi_first_estimate);
  f(setting{"phi-window", "Heartbeat intervals that are remembered", 2, 10'000}, cfg.phi_window);
  f(setting{"probe-interval", "With the detector swim: one member is probed in this time", 1,
            milliseconds_per_hour},
    cfg.probe_interval);
  f(setting{"probe-timeout",
            "How late a heartbeat may be, and how long a probe waits before others are asked", 1,
            milliseconds_per_hour},
    cfg.probe_timeout);
  f(setting{"probe-helpers", "Members that are asked to reach one that does not answer", 0, 64},
    cfg.probe_helpers);
  f(setting{"suspicion-timeout", "A suspect that does not refute within this time is dead", 1,
            milliseconds_per_hour},
    cfg.suspicion_timeout);
  f(setting{"suspicion-timeout-min",
            "The same when enough observers accuse it and nothing at its address answers", 1,
            milliseconds_per_hour},
    cfg.suspicion_timeout_min);
  f(setting{"suspicion-confirmations", "Further accusers that make the time the shortest", 0, 16},
    cfg.suspicion_confirmations);
  f(setting{"isolation-patience",
            "How long a node that hears nobody any more holds its verdicts back", 0,
            milliseconds_per_hour},
    cfg.isolation_patience);
  f(setting{"flap-cut-off",
            "Suspicions of several members that one came back from, as of which it is flapping; "
            "0 = never",
            0, 1000},
    cfg.flap_cut_off);
  f(setting{"flap-half-life", "Half of those suspicions are forgotten in this time", 1,
            milliseconds_per_hour},
    cfg.flap_half_life);
}

template <class Config, class F>
void for_each_membership_setting(Config& cfg, F& f) {
  f(setting{"topology-emit-interval", "Changes within this time make one topology event", 0,
            milliseconds_per_minute},
    cfg.topology_emit_interval);
  f(setting{"quarantine-ttl", "How long a dead node's authority is refused; 0 = not at all", 0,
            milliseconds_per_month},
    cfg.quarantine_ttl);
  f(setting{"quarantine-ttl-max", "The same after many removals, each of which doubles it", 0,
            milliseconds_per_month},
    cfg.quarantine_ttl_max);
  f(setting{"quarantine-max", "Entries in quarantine at most", 1, 1'000'000}, cfg.quarantine_max);
  f(setting{"tombstone-ttl", "How long dead and removed members are remembered", 1,
            milliseconds_per_month},
    cfg.tombstone_ttl);
  f(setting{"tombstones-max", "Dead and removed members remembered at most", 1, 1'000'000},
    cfg.tombstones_max);
  f(setting{"members-max", "Members of the cluster at most", 1, 1'000'000}, cfg.members_max);
  f(setting{"join-retry-min", "First pause between two rounds of join requests", 1,
            milliseconds_per_hour},
    cfg.join_retry_min);
  f(setting{"join-retry-max", "Longest pause between two rounds of join requests", 1,
            milliseconds_per_hour},
    cfg.join_retry_max);
  f(setting{"leave-timeout", "How long a graceful leave waits until others have it", 0,
            milliseconds_per_hour},
    cfg.leave_timeout);
  f(setting{"leaving-timeout", "How long a leaving member is kept before it counts as removed", 1,
            milliseconds_per_hour},
    cfg.leaving_timeout);
  f(setting{"reunion-interval", "How often one of the dead is tried again", 10,
            milliseconds_per_month},
    cfg.reunion_interval);
  f(setting{"rejoin-when-declared-dead",
            "A node that hears it was declared dead comes back as a new incarnation"},
    cfg.rejoin_when_declared_dead);
  f(setting{"metrics-enabled", "Count what happens and answer queries for it"},
    cfg.metrics_enabled);
}

/// Calls `f(what, field)` for every setting in the order of `config`. `Config` is `config` or
/// `const config`; `f` takes every type of field.
template <class Config, class F>
void for_each_setting(Config& cfg, F&& f) {
  for_each_identity_setting(cfg, f);
  for_each_gossip_setting(cfg, f);
  for_each_state_setting(cfg, f);
  for_each_dissemination_setting(cfg, f);
  for_each_detection_setting(cfg, f);
  for_each_membership_setting(cfg, f);
}

} // namespace caf_gossip
