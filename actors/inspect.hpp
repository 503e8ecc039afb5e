/// How CAF serializes what travels in messages: `members_of` lists the fields of each type in
/// order.
#pragma once

#include <optional>
#include <tuple>

#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>

#include "actors/messages.hpp"

namespace caf_gossip {

// -- values -------------------------------------------------------------------------------------

inline auto members_of(authority& x) {
  return std::tie(x.host, x.port);
}
inline auto members_of(member_ref& x) {
  return std::tie(x.id, x.incarnation, x.address);
}
inline auto members_of(record& x) {
  return std::tie(x.id, x.address, x.incarnation, x.version, x.status, x.attrs);
}
inline auto members_of(cause& x) {
  return std::tie(x.kind, x.informant, x.suspicion, x.silent_for);
}
inline auto members_of(topology& x) {
  return std::tie(x.joined, x.left, x.dead, x.members, x.blocked, x.hash);
}
inline auto members_of(member_view& x) {
  return std::tie(x.rec, x.since, x.why);
}
inline auto members_of(membership_snapshot& x) {
  return std::tie(x.mode, x.self, x.joined, x.version, x.roster_hash, x.phase, x.confirmed_peers,
                  x.peers, x.members);
}
inline auto members_of(membership_metrics& x) {
  return std::tie(x.members, x.quarantined, x.tombstones, x.local_health, x.joined, x.left, x.dead,
                  x.suspected, x.refuted, x.transitions_refused, x.members_refused,
                  x.tombstones_dropped, x.quarantine_dropped, x.records_stale, x.send_failures,
                  x.corrections_suppressed, x.probes, x.probes_failed, x.probes_relayed,
                  x.probes_refused, x.accusations_refused, x.flap_histories_dropped,
                  x.messages_refused);
}
inline auto members_of(leave_finished& x) {
  return std::tie(x.acknowledged, x.asked);
}
inline auto members_of(gossiper_status& x) {
  return std::tie(x.state, x.self, x.ticks, x.peers);
}
inline auto members_of(quarantine_view& x) {
  return std::tie(x.id, x.address, x.reason, x.expires_at);
}
inline auto members_of(event_stats& x) {
  return std::tie(x.published, x.kept, x.subscribers, x.state_subscriptions,
                  x.subscriptions_refused);
}
inline auto members_of(gossip_key_value& x) {
  return std::tie(x.value, x.sequence_number, x.local_timestamp_unix_milliseconds, x.removed);
}
inline auto members_of(map_state_keys& x) {
  return std::tie(x.keys);
}
inline auto members_of(merged_map_values& x) {
  return std::tie(x.entries);
}
inline auto members_of(blocked_view& x) {
  return std::tie(x.id, x.incarnation, x.reason, x.since);
}
inline auto members_of(state_metrics& x) {
  return std::tie(x.members, x.entries, x.bytes, x.tombstones, x.blocked, x.waiting, x.in_flight,
                  x.entries_accepted, x.entries_stale, x.entries_refused, x.members_refused,
                  x.waiting_dropped, x.own_conflicts, x.requests_sent, x.requests_answered,
                  x.requests_timed_out, x.requests_failed, x.requests_rejected, x.requests_received,
                  x.answers_unexpected, x.news_sent, x.news_received, x.news_deferred, x.repairs,
                  x.repairs_without_ranges, x.repairs_refused, x.ranges_compared,
                  x.entries_repaired, x.blocks_dropped, x.requests_refused);
}

// -- events -------------------------------------------------------------------------------------

inline auto members_of(event_stamp& x) {
  return std::tie(x.sequence, x.observed_at);
}
inline auto members_of(startup& x) {
  return std::tie(x.stamp, x.address, x.mode);
}
inline auto members_of(startup_failed& x) {
  return std::tie(x.stamp, x.code, x.reason);
}
inline auto members_of(shutdown& x) {
  return std::tie(x.stamp);
}
inline auto members_of(shutdown_failed& x) {
  return std::tie(x.stamp, x.code, x.reason);
}
inline auto members_of(join_refused& x) {
  return std::tie(x.stamp, x.seed, x.code, x.reason);
}
inline auto members_of(transition_refused& x) {
  return std::tie(x.stamp, x.member, x.from, x.to, x.informant);
}
inline auto members_of(member_quarantined& x) {
  return std::tie(x.stamp, x.id, x.address, x.reason, x.expires_at);
}
inline auto members_of(quarantine_cleared& x) {
  return std::tie(x.stamp, x.id, x.address);
}
inline auto members_of(rejoin_refused& x) {
  return std::tie(x.stamp, x.member, x.code, x.reason);
}
inline auto members_of(topology_updated& x) {
  return std::tie(x.stamp, x.update);
}
inline auto members_of(topology_apply_failed& x) {
  return std::tie(x.stamp, x.reason);
}
inline auto members_of(disseminated& x) {
  return std::tie(x.stamp, x.peers, x.version);
}
inline auto members_of(reconciling_requested& x) {
  return std::tie(x.stamp, x.peer);
}
inline auto members_of(conflict_detected& x) {
  return std::tie(x.stamp, x.id, x.kept, x.refused);
}
inline auto members_of(confirmed& x) {
  return std::tie(x.stamp, x.version);
}
inline auto members_of(seen_changed& x) {
  return std::tie(x.stamp, x.peer, x.seen_by, x.peers);
}
inline auto members_of(gossip_send_failed& x) {
  return std::tie(x.stamp, x.target, x.code, x.reason);
}
inline auto members_of(member_blocked& x) {
  return std::tie(x.stamp, x.id, x.incarnation, x.reason);
}
inline auto members_of(member_unblocked& x) {
  return std::tie(x.stamp, x.id);
}
inline auto members_of(gossip_request_failed& x) {
  return std::tie(x.stamp, x.target, x.code, x.reason);
}
inline auto members_of(gossip_input_refused& x) {
  return std::tie(x.stamp, x.member_id, x.what, x.reason);
}

// -- messages -----------------------------------------------------------------------------------

inline auto members_of(start_gossip&) {
  return std::tie();
}
inline auto members_of(stop_gossip&) {
  return std::tie();
}
inline auto members_of(get_gossiper_status&) {
  return std::tie();
}
inline auto members_of(loop_tick&) {
  return std::tie();
}
inline auto members_of(start_membership& x) {
  return std::tie(x.self, x.seeds, x.mode);
}
inline auto members_of(shut_down_membership&) {
  return std::tie();
}
inline auto members_of(join_member& x) {
  return std::tie(x.newcomer);
}
inline auto members_of(leave_member& x) {
  return std::tie(x.who);
}
inline auto members_of(down_member& x) {
  return std::tie(x.who);
}
inline auto members_of(heard_member& x) {
  return std::tie(x.who);
}
inline auto members_of(quarantine_member& x) {
  return std::tie(x.who, x.reason);
}
inline auto members_of(clear_quarantine& x) {
  return std::tie(x.who);
}
inline auto members_of(leave_cluster&) {
  return std::tie();
}
inline auto members_of(get_membership&) {
  return std::tie();
}
inline auto members_of(get_quarantine&) {
  return std::tie();
}
inline auto members_of(get_membership_metrics&) {
  return std::tie();
}
inline auto members_of(apply_topology& x) {
  return std::tie(x.update);
}
inline auto members_of(run_round&) {
  return std::tie();
}
inline auto members_of(core_tick&) {
  return std::tie();
}
inline auto members_of(bind_transport& x) {
  return std::tie(x.where);
}
inline auto members_of(stop_transport& x) {
  return std::tie(x.flush_for);
}
inline auto members_of(get_transport_stats&) {
  return std::tie();
}
inline auto members_of(frames_arrived&) {
  return std::tie();
}
inline auto members_of(subscribe_events& x) {
  return std::tie(x.subscriber, x.first);
}
inline auto members_of(unsubscribe_events& x) {
  return std::tie(x.subscriber);
}
inline auto members_of(replay_events& x) {
  return std::tie(x.after, x.subscriber);
}
inline auto members_of(get_event_stats&) {
  return std::tie();
}
inline auto members_of(subscribe_state& x) {
  return std::tie(x.subscriber, x.key, x.is_prefix, x.first);
}
inline auto members_of(unsubscribe_state& x) {
  return std::tie(x.subscriber);
}
inline auto members_of(outcome_ready&) {
  return std::tie();
}
inline auto members_of(get_state& x) {
  return std::tie(x.key);
}
inline auto members_of(remove_state& x) {
  return std::tie(x.key);
}
inline auto members_of(set_map_state& x) {
  return std::tie(x.key, x.map_key, x.value);
}
inline auto members_of(get_map_state& x) {
  return std::tie(x.key, x.map_key);
}
inline auto members_of(remove_map_state& x) {
  return std::tie(x.key, x.map_key);
}
inline auto members_of(get_map_keys& x) {
  return std::tie(x.key);
}
inline auto members_of(get_merged_map& x) {
  return std::tie(x.key);
}
inline auto members_of(get_blocked&) {
  return std::tie();
}
inline auto members_of(block_member& x) {
  return std::tie(x.id);
}
inline auto members_of(unblock_member& x) {
  return std::tie(x.id);
}
inline auto members_of(get_state_metrics&) {
  return std::tie();
}

// -- the one inspect ----------------------------------------------------------------------------

template <class T>
concept has_members = requires(T& x) {
  members_of(x);
};

template <class Inspector, has_members T>
typename Inspector::result_type inspect(Inspector& f, T& x) {
  return std::apply([&f](auto&... fields) { return f(fields...); }, members_of(x));
}

/// CAF 0.17 knows nothing of std::optional: it travels as a flag and a value.
template <class T>
struct maybe {
  bool is_set = false;
  T value{};
};

template <class T>
auto members_of(maybe<T>& x) {
  return std::tie(x.is_set, x.value);
}

template <class Inspector, class T, class... Before, class... After>
typename Inspector::result_type inspect_with(Inspector& f, std::optional<T>& field,
                                             std::tuple<Before&...> before,
                                             std::tuple<After&...> after) {
  maybe<T> flat{field.has_value(), field.value_or(T{})};
  const auto load = [&]() -> caf::error {
    field = flat.is_set ? std::optional<T>{flat.value} : std::nullopt;
    return {};
  };
  return std::apply([&](auto&... fields) { return f(fields..., caf::meta::load_callback(load)); },
                    std::tuple_cat(before, std::tie(flat), after));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, member_status_changed& x) {
  return inspect_with(f, x.from, std::tie(x.stamp, x.member), std::tie(x.to, x.why));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, self_declared_dead& x) {
  return inspect_with(f, x.returns_at, std::tie(x.stamp, x.self, x.informant), std::tie());
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, gossip_update& x) {
  return inspect_with(f, x.map_key, std::tie(x.stamp, x.member_id, x.key),
                      std::tie(x.value, x.sequence_number, x.removed, x.revision));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_state& x) {
  return inspect_with(f, x.ttl, std::tie(x.key, x.value), std::tie());
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, map_state_value& x) {
  return inspect_with(f, x.value, std::tie(), std::tie());
}

} // namespace caf_gossip
