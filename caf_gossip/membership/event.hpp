/// What the membership layer tells the application, one struct per event.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/base/event_stamp.hpp"
#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/cause.hpp"
#include "caf_gossip/membership/member_status.hpp"
#include "caf_gossip/membership/topology.hpp"

namespace caf_gossip {

enum class node_mode : std::uint8_t {
  stopped = 0,
  /// Sees the cluster without being in it.
  client = 1,
  member = 2,
};

[[nodiscard]] std::string_view to_string(node_mode mode);

// -- the node itself --------------------------------------------------------------------------

struct startup {
  event_stamp stamp;
  authority address;
  node_mode mode = node_mode::stopped;
  friend bool operator==(const startup&, const startup&) = default;
};

struct startup_failed {
  event_stamp stamp;
  errc code = errc::none;
  std::string reason;
  friend bool operator==(const startup_failed&, const startup_failed&) = default;
};

struct shutdown {
  event_stamp stamp;
  friend bool operator==(const shutdown&, const shutdown&) = default;
};

struct shutdown_failed {
  event_stamp stamp;
  errc code = errc::none;
  std::string reason;
  friend bool operator==(const shutdown_failed&, const shutdown_failed&) = default;
};

/// A seed refused this node. It asks again where that can help.
struct join_refused {
  event_stamp stamp;
  authority seed;
  errc code = errc::none;
  std::string reason;
  friend bool operator==(const join_refused&, const join_refused&) = default;
};

/// Others hold this node for dead or replaced. It comes back as a new incarnation at `returns_at`,
/// or not at all when there is none.
struct self_declared_dead {
  event_stamp stamp;
  member_ref self;
  node_id informant;
  std::optional<unix_time> returns_at;
  friend bool operator==(const self_declared_dead&, const self_declared_dead&) = default;
};

// -- members ----------------------------------------------------------------------------------

struct member_status_changed {
  event_stamp stamp;
  member_ref member;
  /// Nothing when the incarnation was unknown before.
  std::optional<member_status> from;
  member_status to = member_status::joining;
  cause why;
  friend bool operator==(const member_status_changed&, const member_status_changed&) = default;
};

/// A change of status that the transition matrix forbids; nothing was changed.
struct transition_refused {
  event_stamp stamp;
  member_ref member;
  member_status from = member_status::joining;
  member_status to = member_status::joining;
  node_id informant;
  friend bool operator==(const transition_refused&, const transition_refused&) = default;
};

struct member_quarantined {
  event_stamp stamp;
  node_id id;
  authority address;
  std::string reason;
  unix_time expires_at{};
  friend bool operator==(const member_quarantined&, const member_quarantined&) = default;
};

struct quarantine_cleared {
  event_stamp stamp;
  node_id id;
  authority address;
  friend bool operator==(const quarantine_cleared&, const quarantine_cleared&) = default;
};

/// This node refused a newcomer.
struct rejoin_refused {
  event_stamp stamp;
  member_ref member;
  errc code = errc::none;
  std::string reason;
  friend bool operator==(const rejoin_refused&, const rejoin_refused&) = default;
};

// -- topology ---------------------------------------------------------------------------------

struct topology_updated {
  event_stamp stamp;
  topology update;
  friend bool operator==(const topology_updated&, const topology_updated&) = default;
};

/// An update contradicted itself or came at the wrong time. The view is unchanged.
struct topology_apply_failed {
  event_stamp stamp;
  std::string reason;
  friend bool operator==(const topology_apply_failed&, const topology_apply_failed&) = default;
};

// -- progress of the gossip -------------------------------------------------------------------

/// News up to the change counter `version` went to `peers`.
struct disseminated {
  event_stamp stamp;
  std::vector<node_id> peers;
  std::uint64_t version = 0;
  friend bool operator==(const disseminated&, const disseminated&) = default;
};

/// The roster of `peer` stayed different: the differences are being exchanged.
struct reconciling_requested {
  event_stamp stamp;
  node_id peer;
  friend bool operator==(const reconciling_requested&, const reconciling_requested&) = default;
};

/// Two different nodes use one name. The record that wins everywhere is kept.
struct conflict_detected {
  event_stamp stamp;
  node_id id;
  authority kept;
  authority refused;
  friend bool operator==(const conflict_detected&, const conflict_detected&) = default;
};

/// Every active peer has this node's roster as of the change counter `version`.
struct confirmed {
  event_stamp stamp;
  std::uint64_t version = 0;
  friend bool operator==(const confirmed&, const confirmed&) = default;
};

/// One more peer has this node's roster: `seen_by` of `peers`.
struct seen_changed {
  event_stamp stamp;
  node_id peer;
  std::uint64_t seen_by = 0;
  std::uint64_t peers = 0;
  friend bool operator==(const seen_changed&, const seen_changed&) = default;
};

/// A message could not be delivered. What it carried is sent again by other means.
struct gossip_send_failed {
  event_stamp stamp;
  authority target;
  errc code = errc::none;
  std::string reason;
  friend bool operator==(const gossip_send_failed&, const gossip_send_failed&) = default;
};

using membership_event =
    std::variant<startup, startup_failed, shutdown, shutdown_failed, join_refused,
                 self_declared_dead, member_status_changed, transition_refused, member_quarantined,
                 quarantine_cleared, rejoin_refused, topology_updated, topology_apply_failed,
                 disseminated, reconciling_requested, conflict_detected, confirmed, seen_changed,
                 gossip_send_failed>;

} // namespace caf_gossip
