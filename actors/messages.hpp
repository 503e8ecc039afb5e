/// The messages between the actors of this library and between them and their users.
///
/// Structs and not atoms, so that they name themselves and survive newer versions of CAF.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <caf/actor_control_block.hpp>
#include <caf/typed_actor.hpp>

#include "actors/blocked_view.hpp"
#include "actors/cluster_event.hpp"
#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/membership/event.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"
#include "caf_gossip/net/transport.hpp"
#include "caf_gossip/state/gossiper.hpp"

namespace caf_gossip {

// -- to the gossiper ----------------------------------------------------------------------------

/// Binds, joins and starts the loop. Answered when this node has begun to join.
struct start_gossip {};

/// Leaves, closes everything and ends the loop. Answered when all that is done.
struct stop_gossip {};

struct get_gossiper_status {};

struct gossiper_status {
  gossiper_state state = gossiper_state::created;
  member_ref self;
  std::uint64_t ticks = 0;
  std::uint64_t peers = 0;

  friend bool operator==(const gossiper_status&, const gossiper_status&) = default;
};

/// The gossiper's own timer.
struct loop_tick {};

/// The core has something to carry out.
struct outcome_ready {};

// -- to the gossiper: the state of the cluster, as in gossiper_interface ------------------------

struct get_state {
  std::string key;
};

/// With `ttl`, of at least 1 ms, the key is removed by itself after that time.
struct set_state {
  std::string key;
  byte_buffer value;
  std::optional<milliseconds> ttl = std::nullopt;
};

struct remove_state {
  std::string key;
};

struct set_map_state {
  std::string key;
  std::string map_key;
  byte_buffer value;
};

struct get_map_state {
  std::string key;
  std::string map_key;
};

/// Nothing for an unknown entry.
struct map_state_value {
  std::optional<byte_buffer> value;

  friend bool operator==(const map_state_value&, const map_state_value&) = default;
};

struct remove_map_state {
  std::string key;
  std::string map_key;
};

struct get_map_keys {
  std::string key;
};

/// Sorted.
struct map_state_keys {
  std::vector<std::string> keys;

  friend bool operator==(const map_state_keys&, const map_state_keys&) = default;
};

struct get_merged_map {
  std::string key;
};

struct merged_map_values {
  merged_map entries;

  friend bool operator==(const merged_map_values&, const merged_map_values&) = default;
};

/// Answered with the block list, sorted by id.
struct get_blocked {};

struct block_member {
  node_id id;
};

struct unblock_member {
  node_id id;
};

struct get_state_metrics {};

// -- to the membership coordinator --------------------------------------------------------------

struct start_membership {
  member_ref self;
  std::vector<authority> seeds;
  node_mode mode = node_mode::member;
};

struct shut_down_membership {};

struct join_member {
  record newcomer;
};

struct leave_member {
  authority who;
};

struct down_member {
  authority who;
};

/// A sign of life that the application saw.
struct heard_member {
  authority who;
};

struct quarantine_member {
  authority who;
  std::string reason;
};

struct clear_quarantine {
  authority who;
};

/// Says goodbye for this node and waits for acknowledgements or the leave timeout.
struct leave_cluster {};

struct get_membership {};
struct get_quarantine {};
struct get_membership_metrics {};

/// Applies a topology that somebody else found out. Answered with an error when it contradicts
/// itself; TopologyApplyFailed is published then.
struct apply_topology {
  topology update;
};

/// One gossip round.
struct run_round {};

/// The coordinator's own timer.
struct core_tick {};

/// An entry of the quarantine, for people.
struct quarantine_view {
  node_id id;
  authority address;
  std::string reason;
  unix_time expires_at{};

  friend bool operator==(const quarantine_view&, const quarantine_view&) = default;
};

// -- to the transport ---------------------------------------------------------------------------

/// What arrived, in order: to the coordinator.
struct inbound_batch {
  std::vector<net::inbound> items;
};

/// Binds and starts to accept. Answered with the bound authority.
struct bind_transport {
  authority where;
};

/// Writes what is queued, for `flush_for` at the most, then closes everything.
struct stop_transport {
  std::chrono::milliseconds flush_for{0};
};

/// Where frames go from now on: those of the key/value plane to `state`, if there is one, and
/// everything else, failures included, to `membership`.
struct route_frames {
  caf::typed_actor<caf::reacts_to<inbound_batch>> membership;
  caf::typed_actor<caf::reacts_to<inbound_batch>> state;
};

/// Sends one frame. Answered as soon as it is queued or refused.
struct send_frame {
  net::outbound what;
};

/// Sends one frame and is answered with the frame that answers it, or with an error.
struct request_frame {
  net::outbound what;
};

/// Many frames at once; failures come back as delivery_failed.
struct outbound_batch {
  std::vector<net::outbound> items;
};

struct response_frame {
  wire::frame frame;
};

struct get_transport_stats {};

/// From the I/O thread: there is something to poll.
struct frames_arrived {};

// -- to the event stream ------------------------------------------------------------------------

/// Local only: events of one step, in order.
struct publish_events {
  std::vector<cluster_event> events;
};

/// What a new subscriber gets before the first live event. For subscriptions to state see there.
enum class start_with : std::uint8_t {
  /// Nothing.
  live = 0,
  /// The events that are kept, at most the last 256.
  replay = 1,
  /// One topology_updated with all members as joined, if there are any.
  snapshot = 2,
};

/// Subscribes an actor; events come as plain messages in order, each once. Answered with the
/// sequence number of the last event published before.
struct subscribe_events {
  caf::strong_actor_ptr subscriber;
  start_with first = start_with::live;
};

struct unsubscribe_events {
  caf::strong_actor_ptr subscriber;
};

/// Sends the kept events with a sequence number above `after` to `subscriber` once more. Answered
/// with their number.
struct replay_events {
  std::uint64_t after = 0;
  caf::strong_actor_ptr subscriber;
};

/// Sends every gossip_update of one key, its map's entries included, or of all keys that begin
/// with it, to `subscriber`. An identical subscription changes nothing. Answered with an error:
/// limit_reached, or invalid_argument for a bad key and for `replay`, because updates are not kept.
///
/// With `snapshot` it gets first what the other members have now, then every later change, each
/// exactly once. A snapshot's updates bear the number of the last event before them.
struct subscribe_state {
  caf::strong_actor_ptr subscriber;
  std::string key;
  bool is_prefix = false;
  start_with first = start_with::live;
};

/// Ends all subscriptions of an actor to state.
struct unsubscribe_state {
  caf::strong_actor_ptr subscriber;
};

struct get_event_stats {};

struct event_stats {
  std::uint64_t published = 0;
  std::uint64_t kept = 0;
  std::uint64_t subscribers = 0;
  std::uint64_t state_subscriptions = 0;
  /// Subscriptions to state that were refused.
  std::uint64_t subscriptions_refused = 0;

  friend bool operator==(const event_stats&, const event_stats&) = default;
};

} // namespace caf_gossip
