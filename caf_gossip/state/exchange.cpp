/// Requests and answers: the gossiper's side of the network.
#include <algorithm>
#include <string>
#include <utility>

#include "caf_gossip/state/gossiper.hpp"

namespace caf_gossip {

namespace {

/// Keys and values of one datagram of news, as entry_bytes counts them.
constexpr std::size_t news_bytes_max = 1200;

std::string stored_key_of(const gossip_update& update) {
  return update.map_key ? map_entry_key(update.key, *update.map_key) : update.key;
}

} // namespace

state_delta gossiper::delta_for(const peer& target) {
  return store_.delta_for({target.ref.id, target.source, target.acknowledged, target.others_turn},
                          message_limits(), heartbeat_cursor_);
}

delta_limits gossiper::message_limits() const {
  delta_limits limits;
  limits.members = cfg_.gossip_max_send;
  limits.bytes = cfg_.state_message_bytes_max;
  return limits;
}

/// Sends to a peer what it may lack. Returns false when it lacks nothing.
bool gossiper::send_to(peer& target) {
  auto delta = delta_for(target);
  if (delta.entries == 0) {
    target.acknowledged = delta.up_to; // all that is new is its own, or came from it
    return false;
  }
  send_request(target, {self_.id, std::move(delta.state)}, delta.up_to);
  return true;
}

void gossiper::send_request(peer& target, gossip_request what, std::uint64_t up_to) {
  peers_.sent(target, ++last_token_, up_to);
  ++counted_.requests_sent;
  auto head = head_for(target.ref);
  head.correlation = last_token_;
  outcome_.requests.push_back({target.ref, last_token_, std::move(head), std::move(what)});
}

envelope gossiper::head_for(const member_ref& target) const {
  envelope head;
  head.cluster = cfg_.cluster_name;
  head.sender = self_;
  head.receiver_incarnation = target.incarnation;
  head.state_hash = state_hash();
  return head;
}

// -- news -----------------------------------------------------------------------------------------

void gossiper::spread(const node_id& owner, const std::string& stored_key, time_point now) {
  rounds_since_news_ = 0;
  if (cfg_.dissemination_bursts == 0)
    return;
  rumors_.add(owner, stored_key);
  pacer_.news(now);
}

/// Tells `gossip_fan_out` random peers. What is lost on the way comes with the next rounds.
void gossiper::send_news(time_point now) {
  std::vector<peer*> targets;
  for (auto& [id, one] : peers_.all())
    if (one.acknowledged < store_.revision())
      targets.push_back(&one);
  random_.sample(targets, cfg_.gossip_fan_out);
  const auto limit = transmissions_of(cfg_.dissemination_retransmit, peers_.all().size() + 1);
  delta_limits limits;
  limits.members = cfg_.gossip_max_send;
  limits.bytes = news_bytes_max;
  const auto sent_before = counted_.news_sent;
  for (const auto* one : targets) {
    auto news = rumors_.take(store_, one->ref.id, one->source, limits);
    rumors_.settle(limit);
    if (news.members.empty())
      continue;
    ++counted_.news_sent;
    outcome_.news.push_back({one->ref, head_for(one->ref), {self_.id, std::move(news)}});
  }
  const bool has_told = counted_.news_sent > sent_before; // else it would tell nothing again
  pacer_.sent(has_told && rumors_.has_untold(), has_told && !rumors_.empty(), now);
}

errc gossiper::reason_to_reject(const envelope& head, const gossip_request& what) const {
  if (auto running = require_running(); !running)
    return running.error().code;
  const auto& from = head.sender;
  if (what.from_member_id != from.id || from.id == self_.id
      || (what.question && !is_valid(*what.question)))
    return errc::invalid_argument;
  if (const auto* block = blocked_.find(from.id, from.incarnation); block != nullptr)
    return block->reason == block_reason::removed ? errc::stale_incarnation : errc::blocked;
  const auto* known = peers_.find(from.id);
  if (known == nullptr || from.incarnation > known->ref.incarnation)
    return errc::unknown_authority;
  return from.incarnation < known->ref.incarnation ? errc::stale_incarnation : errc::none;
}

/// Merges it, or says why not.
errc gossiper::take_in(const envelope& head, const gossip_request& what, time_point now) {
  const auto reason = reason_to_reject(head, what);
  if (reason != errc::none) {
    ++counted_.requests_refused[static_cast<std::size_t>(reason)];
    return reason;
  }
  auto* from = peers_.find(head.sender.id);
  peer_table::accepted(*from);
  if (what.question)
    merge_repaired(what.state, *from, now);
  else
    merge(what.state, from, now);
  heard(head.sender, head.state_hash, now);
  return errc::none;
}

void gossiper::receive_news(const envelope& head, const gossip_request& what, time_point now) {
  ++counted_.news_received;
  (void)take_in(head, what, now);
}

gossip_response gossiper::receive(const envelope& head, const gossip_request& what,
                                  time_point now) {
  ++counted_.requests_received;
  if (const auto reason = take_in(head, what, now); reason != errc::none)
    return {reason, std::nullopt};
  auto* from = peers_.find(head.sender.id);
  if (what.question)
    return answer_question(*from, what, now);
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
  const bool compares = comparison_ && comparison_->token() == token;
  if (what.rejected != errc::none) {
    ++counted_.requests_rejected;
    peer_table::rejected(*from, cfg_.gossip_interval, now);
    if (compares)
      peer_table::repair_failed(*from, cfg_.gossip_interval, now);
    tell_failed(*from, {what.rejected, "rejected by the receiver"}, now);
  } else if (compares) {
    ++counted_.requests_answered;
    peer_table::accepted(*from);
    compared(*from, what, now);
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
  auto* to = peers_.ended(token);
  if (to == nullptr) {
    ++counted_.answers_unexpected;
    return;
  }
  if (comparison_ && comparison_->token() == token)
    peer_table::repair_failed(*to, cfg_.gossip_interval, now);
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
  const auto limit = transmissions_of(cfg_.dissemination_retransmit, peers_.all().size() + 1);
  for (const auto& [key, entry] : remote.entries)
    if (const auto* own = store_.find(id, key);
        own != nullptr && own->sequence_number == entry.sequence_number)
      rumors_.heard_again(id, key, limit);
  store_.merge(id, remote.entries, source, now, updates);
  for (auto& update : updates) {
    notice(update, now);
    if (update.key != heartbeat_key)
      spread(id, stored_key_of(update), now);
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
