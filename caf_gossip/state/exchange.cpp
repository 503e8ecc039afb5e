/// Requests and answers: the gossiper's side of the network.
#include <algorithm>
#include <string>
#include <utility>

#include "caf_gossip/state/gossiper.hpp"

namespace caf_gossip {

state_delta gossiper::delta_for(const peer& target) {
  delta_limits limits;
  limits.members = cfg_.gossip_max_send;
  limits.bytes = cfg_.state_message_bytes_max;
  return store_.delta_for({target.ref.id, target.source, target.acknowledged, target.others_turn},
                          limits, heartbeat_cursor_);
}

/// Sends to a peer what it may lack. Returns false when it lacks nothing.
bool gossiper::send_to(peer& target) {
  auto delta = delta_for(target);
  if (delta.entries == 0) {
    target.acknowledged = delta.up_to; // all that is new is its own, or came from it
    return false;
  }
  peers_.sent(target, ++last_token_, delta.up_to);
  ++counted_.requests_sent;
  envelope head;
  head.cluster = cfg_.cluster_name;
  head.sender = self_;
  head.receiver_incarnation = target.ref.incarnation;
  head.correlation = last_token_;
  head.state_hash = state_hash();
  outcome_.requests.push_back(
      {target.ref, last_token_, std::move(head), {self_.id, std::move(delta.state)}});
  return true;
}

errc gossiper::reason_to_reject(const envelope& head, const gossip_request& what) const {
  if (auto running = require_running(); !running)
    return running.error().code;
  const auto& from = head.sender;
  if (what.from_member_id != from.id || from.id == self_.id)
    return errc::invalid_argument;
  if (const auto* block = blocked_.find(from.id, from.incarnation); block != nullptr)
    return block->reason == block_reason::removed ? errc::stale_incarnation : errc::blocked;
  const auto* known = peers_.find(from.id);
  if (known == nullptr || from.incarnation > known->ref.incarnation)
    return errc::unknown_authority;
  return from.incarnation < known->ref.incarnation ? errc::stale_incarnation : errc::none;
}

gossip_response gossiper::receive(const envelope& head, const gossip_request& what,
                                  time_point now) {
  ++counted_.requests_received;
  if (const auto reason = reason_to_reject(head, what); reason != errc::none) {
    ++counted_.requests_refused[static_cast<std::size_t>(reason)];
    return {reason, std::nullopt};
  }
  auto* from = peers_.find(head.sender.id);
  peer_table::accepted(*from);
  merge(what.state, from, now);
  heard(head.sender, head.state_hash, now);
  auto delta = delta_for(*from);
  if (delta.entries == 0) {
    from->acknowledged = delta.up_to;
    return {};
  }
  return {errc::none, std::move(delta.state)};
}

void gossiper::answered(std::uint64_t token, const gossip_response& what, time_point now) {
  auto* from = peers_.ended(token);
  if (from == nullptr) {
    ++counted_.answers_unexpected;
    return;
  }
  from->last_sign = std::max(from->last_sign, now);
  if (what.rejected != errc::none) {
    ++counted_.requests_rejected;
    peer_table::rejected(*from, cfg_.gossip_interval, now);
    tell_failed(*from, {what.rejected, "rejected by the receiver"}, now);
  } else {
    ++counted_.requests_answered;
    peer_table::accepted(*from);
    from->others_turn = !from->others_turn;
    from->acknowledged = std::max(from->acknowledged, from->in_flight_to);
    if (what.state)
      merge(*what.state, from, now);
  }
  say_goodbye();
}

void gossiper::failed(std::uint64_t token, const error& why, time_point now) {
  const auto* to = peers_.ended(token);
  if (to == nullptr) {
    ++counted_.answers_unexpected;
    return;
  }
  ++(why.code == errc::timeout ? counted_.requests_timed_out : counted_.requests_failed);
  tell_failed(*to, why, now);
  say_goodbye();
}

void gossiper::tell_failed(const peer& target, const error& why, time_point now) {
  farewells_.erase(target.ref.id); // it had its chance, and others wait for this node's end
  outcome_.events.emplace_back(gossip_request_failed{stamp(now), target.ref, why.code, why.text});
}

// -- merge ----------------------------------------------------------------------------------------

void gossiper::merge(const gossip_state& remote, const peer* from, time_point now) {
  for (const auto& [id, state] : remote.members) {
    if (id == self_.id && state.incarnation == self_.incarnation) {
      counted_.own_conflicts += store_.resolve_own(state.entries, now);
    } else if (id == self_.id || blocked_.find(id, state.incarnation) != nullptr
               || state.incarnation < store_.incarnation_of(id)) {
      ++counted_.members_refused;
    } else if (peers_.find(id) == nullptr || state.incarnation > store_.incarnation_of(id)) {
      waiting_.add(id, state, now);
    } else {
      merge_member(id, state, from->source, now);
    }
  }
}

void gossiper::merge_member(const node_id& id, const gossip_state::member& remote,
                            std::uint32_t source, time_point now) {
  std::vector<gossip_update> updates;
  store_.merge(id, remote.entries, source, now, updates);
  for (auto& update : updates) {
    notice(update, now);
    outcome_.events.emplace_back(std::move(update));
  }
}

/// What the reserved keys of others mean.
void gossiper::notice(const gossip_update& update, time_point now) {
  if (update.key == gracefully_left_key && !update.removed)
    left_.insert(update.member_id);
  if (update.key != heartbeat_key)
    return;
  auto* from = peers_.find(update.member_id);
  from->last_sign = std::max(from->last_sign, now);
  const bool was_bad = std::exchange(from->is_heartbeat_bad, !decode_heartbeat(update.value));
  if (from->is_heartbeat_bad && !was_bad)
    outcome_.events.emplace_back(gossip_input_refused{
        stamp(now), update.member_id, std::string{heartbeat_key}, "the heartbeat is undecodable"});
}

} // namespace caf_gossip
