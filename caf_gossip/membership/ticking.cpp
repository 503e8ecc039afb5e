/// What the membership coordinator does by itself as time passes.
#include <algorithm>
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

namespace {

/// An unacknowledged goodbye is repeated this often.
constexpr std::chrono::milliseconds farewell_resend{100};

/// A poll that comes so many intervals late means that this process, not its peers, was asleep.
constexpr int late_polls_forgiven = 5;

/// Returns the first of start + k * interval that lies after `now`: missed ones are coalesced and
/// the rhythm is kept.
time_point next_beat(time_point due, duration interval, time_point now) {
  return due > now ? due : due + ((now - due) / interval + 1) * interval;
}

} // namespace

void membership_coordinator::tick(time_point now) {
  if (mode_ == node_mode::stopped)
    return;
  advance(now);
  if (mode_ == node_mode::member) {
    tick_joining();
    tick_detection();
    tick_heartbeats();
    tick_leave();
  }
  tick_timeouts();
  if (!outcast_)
    tick_dissemination();
  if (auto update = window_.close(table_, quarantined_ids(), now_))
    emit(topology_updated{{}, std::move(*update)});
  report_confirmed();
}

void membership_coordinator::disseminate(time_point now) {
  if (mode_ == node_mode::stopped || outcast_)
    return;
  advance(now);
  if (mode_ == node_mode::member) {
    send_deltas(engine_.disseminate(random_, now_));
    report_confirmed();
  } else if (page_request_ == 0) {
    auto sources = table_.members();
    random_.sample(sources, 1);
    request_roster(sources.empty() ? seeds_[random_.below(seeds_.size())] : sources.front().address,
                   {});
  }
}

void membership_coordinator::delivery_failed(std::uint64_t correlation, const authority& target,
                                             const error& why, time_point now) {
  if (mode_ == node_mode::stopped)
    return;
  advance(now);
  ++metrics_.send_failures;
  emit(gossip_send_failed{{}, target, why.code, why.text});
  if (farewell_ && why.code == errc::send_failed) {
    farewell_->unreachable.insert(target);
    tick_leave();
  }
  if (correlation == 0)
    return;
  joiner_.failed(correlation, now_);
  if (correlation == sync_request_) {
    sync_request_ = 0;
    engine_.end_reconciliation(sync_peer_);
  }
  if (correlation == page_request_) {
    page_request_ = 0;
    // What is missing of the roster comes by reconciliation.
    roster_complete_ = roster_complete_ || mode_ == node_mode::member;
  }
}

void membership_coordinator::tick_joining() {
  if (now_ >= returns_at_)
    new_incarnation(exceed_incarnation_);
  if (outcast_ || !joiner_.active())
    return;
  const auto correlation = new_correlation();
  const auto seed = joiner_.next_attempt(correlation, random_, now_);
  if (!seed)
    return;
  auto own = table_.find(self_.id)->rec;
  own.status = member_status::joining;
  post(*seed, 0, join_request{std::move(own)}, channel::stream, correlation, true);
}

void membership_coordinator::tick_heartbeats() {
  if (now_ < next_heartbeat_)
    return;
  next_heartbeat_ = next_beat(next_heartbeat_, cfg_.heartbeat_interval, now_);
  send_heartbeats();
}

void membership_coordinator::send_heartbeats() {
  const auto* own = table_.find(self_.id);
  if (own == nullptr || !is_active(own->rec.status))
    return;
  for (const auto* peer : table_.successors(self_.id, cfg_.heartbeat_observers))
    post(peer->rec.address, peer->rec.incarnation, heartbeat{own->rec.version, {}}, channel::datagram);
}

/// Each member watches those whose heartbeats it gets: the ones before it on the ring.
void membership_coordinator::watch_ring() {
  if (!ring_changed_)
    return;
  ring_changed_ = false;
  std::vector<member_ref> watched;
  if (!outcast_ && !farewell_ && cfg_.gossip_enabled)
    for (const auto* peer : table_.predecessors(self_.id, cfg_.heartbeat_observers))
      watched.push_back(ref_of(peer->rec));
  observation_.watch(watched, now_);
}

void membership_coordinator::tick_detection() {
  watch_ring();
  if (now_ < next_poll_)
    return;
  // Lifeguard 3: a slow member must not accuse the others of its own slowness.
  if (const auto asleep = now_ - last_poll_;
      asleep > late_polls_forgiven * cfg_.detector_poll_interval) {
    observation_.forgive(now_);
    // A refutation may wait among the messages that this process has not read yet.
    for (auto& [id, moment] : suspects_)
      moment += asleep;
  }
  last_poll_ = now_;
  next_poll_ = next_beat(next_poll_, cfg_.detector_poll_interval, now_);
  for (const auto& found : observation_.failed(now_)) {
    const auto* entry = table_.find(found.id);
    const auto from = entry == nullptr ? member_status::dead : entry->status();
    if (from != member_status::joining && from != member_status::up)
      continue;
    const cause why{cause_kind::silence,
                    {},
                    found.suspicion,
                    std::chrono::duration_cast<std::chrono::milliseconds>(found.silent_for)};
    if (table_.mark_heard(found.id, false, why, now_)) {
      track_timeouts(*entry);
      ++metrics_.suspected;
      emit(member_status_changed{{}, ref_of(entry->rec), from, member_status::suspect, why});
    } else {
      (void)transition(*entry, member_status::suspect, why);
    }
  }
}

void membership_coordinator::tick_timeouts() {
  const auto take_due = [&](std::map<node_id, time_point>& moments) {
    std::vector<node_id> due;
    for (const auto& [id, moment] : moments)
      if (moment <= now_)
        due.push_back(id);
    for (const auto& id : due)
      moments.erase(id);
    return due;
  };
  for (const auto& id : take_due(suspects_))
    (void)transition(*table_.find(id), member_status::dead,
                     cause{cause_kind::suspicion_timeout, {}, 0, {}});
  for (const auto& id : take_due(leaving_))
    (void)transition(*table_.find(id), member_status::removed,
                     cause{cause_kind::leaving_timeout, {}, 0, {}});
  if (now_ >= next_forget_) {
    next_forget_ = next_beat(next_forget_, forget_interval, now_);
    table_.forget_tombstones(now_ - cfg_.tombstone_ttl);
  }
}

void membership_coordinator::tick_dissemination() {
  if (mode_ != node_mode::member)
    return;
  send_deltas(engine_.burst(random_, now_));
  const auto peer = engine_.start_reconciliation(now_);
  if (!peer || !cfg_.gossip_enabled)
    return;
  emit(reconciling_requested{{}, peer->id});
  sync_request_ = new_correlation();
  sync_peer_ = peer->id;
  sync_request request;
  for (const auto& [id_hash, record_hash] : table_.digest())
    request.digest.push_back({id_hash, record_hash});
  post(peer->address, peer->incarnation, std::move(request), channel::stream, sync_request_, true);
}

void membership_coordinator::send_deltas(
    std::vector<dissemination_engine::addressed_delta>&& deltas) {
  if (deltas.empty() || !cfg_.gossip_enabled)
    return;
  disseminated told{{}, {}, table_.version()};
  for (auto& [peer, news] : deltas) {
    told.peers.push_back(peer.id);
    post(peer.address, peer.incarnation, std::move(news), channel::datagram);
  }
  emit(std::move(told));
}

void membership_coordinator::tick_leave() {
  if (!farewell_ || farewell_->answered)
    return;
  std::size_t acknowledged = 0;
  std::size_t reachable = 0;
  for (const auto& peer : farewell_->asked) {
    if (engine_.has_acknowledged(peer.id, farewell_->arrival))
      ++acknowledged;
    // Who leaves too, or is gone, cannot answer any more.
    if (table_.find(peer.address) != nullptr && !farewell_->unreachable.contains(peer.address))
      ++reachable;
  }
  const auto needed = std::min<std::size_t>(cfg_.gossip_fan_out, reachable);
  if (acknowledged >= needed || now_ >= farewell_->deadline || !cfg_.gossip_enabled) {
    farewell_->answered = true;
    farewell_->acknowledged = acknowledged;
    farewell_->deadline = farewell_->resend = never;
    outcome_.replies.push_back({acknowledged, farewell_->asked.size()});
    return;
  }
  if (now_ < farewell_->resend)
    return;
  farewell_->resend = now_ + farewell_resend;
  const auto& own = table_.find(self_.id)->rec;
  for (const auto& peer : farewell_->asked)
    if (!engine_.has_acknowledged(peer.id, farewell_->arrival))
      post(peer.address, peer.incarnation, delta{farewell_->arrival - 1, farewell_->arrival, {own}},
           channel::stream);
}

// -- outputs ------------------------------------------------------------------------------------

void membership_coordinator::request_roster(const authority& from, const node_id& after) {
  page_request_ = new_correlation();
  post(from, 0, roster_request{after}, channel::stream, page_request_, true);
}

void membership_coordinator::report_progress(const node_id& peer) {
  emit(seen_changed{{}, peer, engine_.confirmed_count(), engine_.peer_count()});
}

/// Tells once whenever the last peer has caught up.
void membership_coordinator::report_confirmed() {
  const bool is_confirmed = engine_.phase() == gossip_phase::confirmed && engine_.peer_count() > 0;
  if (is_confirmed && !was_confirmed_)
    emit(confirmed{{}, table_.version()});
  was_confirmed_ = is_confirmed;
}

std::vector<node_id> membership_coordinator::quarantined_ids() const {
  std::vector<node_id> ids;
  for (const auto& entry : quarantine_.list(now_))
    if (!entry.id.empty())
      ids.push_back(entry.id);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

void membership_coordinator::post(const authority& target, std::uint64_t receiver_incarnation,
                                  membership_payload payload, channel via,
                                  std::uint64_t correlation, bool expects_reply) {
  if (!cfg_.gossip_enabled || target == self_.address)
    return;
  membership_outbound out;
  out.target = target;
  out.head = {cfg_.cluster_name,
              self_,
              receiver_incarnation,
              correlation,
              mode_ == node_mode::member ? table_.roster_hash() : 0,
              0};
  out.payload = std::move(payload);
  out.via = via;
  out.expects_reply = expects_reply;
  outcome_.outbounds.push_back(std::move(out));
}

std::uint64_t membership_coordinator::new_correlation() {
  return std::max<std::uint64_t>(random_.bits(), 1);
}

} // namespace caf_gossip
