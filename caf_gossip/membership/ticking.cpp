/// What the membership coordinator does by itself as time passes.
#include <algorithm>
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

namespace {

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
    tick_probes();
    tick_hearing();
    tick_heartbeats();
    tick_reunion();
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
  if (mode_ == node_mode::stopped || outcast_ || deaf_)
    return;
  advance(now);
  if (mode_ == node_mode::member) {
    const auto told = engine_.disseminate(random_, now_);
    for (const auto& [target, records] : told)
      post(target.address, target.incarnation, ping{own_version(), records}, channel::datagram,
           new_correlation());
    report_told(told);
    if (!told.empty())
      check_with_round(told.front().target);
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
  // What this node could not even send says nothing about others.
  const bool is_own_fault = why.code == errc::limit_reached || why.code == errc::network_error;
  if (is_own_fault)
    blame_itself();
  if (auto* item = prober_.find(correlation)) {
    if (correlation == item->stream && is_own_fault) {
      prober_.end(node_id{item->subject.id}); // It has found nothing; there will be others.
      return;
    }
    if (correlation == item->stream)
      item->found = evidence_of(why.code);
    if (item->found == evidence::refused)
      conclude(*prober_.end(node_id{item->subject.id}));
    return;
  }
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

void membership_coordinator::overloaded(time_point now) {
  if (mode_ == node_mode::stopped)
    return;
  advance(now);
  blame_itself();
}

/// Lifeguard 4.1: a node that is in trouble itself must not trust its verdicts. One cause shows in
/// many messages, so it counts once per poll interval.
void membership_coordinator::blame_itself() {
  if (now_ < next_blame_)
    return;
  next_blame_ = now_ + cfg_.detector_poll_interval;
  health_.worse();
}

void membership_coordinator::tick_heartbeats() {
  if (takes_turns() || now_ < next_heartbeat_)
    return;
  next_heartbeat_ = next_beat(next_heartbeat_, cfg_.heartbeat_interval, now_);
  send_heartbeat();
}

/// One observer after the other, so that somebody misses the next one soon after a crash.
void membership_coordinator::send_heartbeat() {
  const auto* own = table_.find(self_.id);
  if (own == nullptr || !is_active(own->rec->status))
    return;
  const auto observers = table_.successors(self_.id, cfg_.heartbeat_observers);
  if (observers.empty())
    return;
  const auto& target = observers[heartbeat_turn_++ % observers.size()]->rec;
  post(target->address, target->incarnation,
       heartbeat{own->rec->version, engine_.piggyback(target->id)}, channel::datagram);
}

/// Each member watches those whose heartbeats it gets: the ones before it on the ring.
void membership_coordinator::watch_ring() {
  if (!ring_changed_)
    return;
  ring_changed_ = false;
  std::vector<member_ref> watched;
  if (is_in() && !farewell_ && cfg_.gossip_enabled && !takes_turns())
    for (const auto* peer : table_.predecessors(self_.id, cfg_.heartbeat_observers))
      watched.push_back(ref_of(*peer->rec));
  const auto turns = static_cast<std::int64_t>(std::max<std::size_t>(observers_of_one(), 1));
  observation_.watch(watched, cfg_.heartbeat_interval * turns, now_);
}

void membership_coordinator::tick_detection() {
  watch_ring();
  if (now_ < next_poll_)
    return;
  // Lifeguard 3: a slow member must not accuse the others of its own slowness.
  if (const auto asleep = now_ - last_poll_;
      asleep > late_polls_forgiven * cfg_.detector_poll_interval) {
    health_.worse();
    observation_.forgive(now_);
    prober_.clear();
    next_check_ = std::max(next_check_, now_ + hearing_interval);
    // A refutation may wait among the messages that this process has not read yet.
    for (const auto& [id, moment] : suspects_)
      table_.grant(id, asleep); // `judge_itself` finds the moments anew
  }
  last_poll_ = now_;
  next_poll_ = next_beat(next_poll_, cfg_.detector_poll_interval, now_);
  judge_itself();
  for (const auto& found : observation_.failed(now_))
    if (const auto* entry = table_.find(found.id))
      begin_probe(*entry, look::thorough);
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
  for (const auto& id : take_due(suspects_)) {
    if (holds_back(id)) {
      suspects_.emplace(id, now_ + cfg_.detector_poll_interval);
      continue;
    }
    const auto kind = cause_of_verdict(*table_.find(id));
    (void)transition(*table_.find(id), member_status::dead, cause{kind, {}, 0, {}});
  }
  for (const auto& id : take_due(leaving_))
    (void)transition(*table_.find(id), member_status::removed,
                     cause{cause_kind::leaving_timeout, {}, 0, {}});
  if (now_ >= next_forget_) {
    next_forget_ = next_beat(next_forget_, forget_interval, now_);
    table_.forget_tombstones(now_ - cfg_.tombstone_ttl);
  }
}

void membership_coordinator::tick_dissemination() {
  if (mode_ != node_mode::member || deaf_)
    return;
  const auto told = engine_.burst(random_, now_);
  for (const auto& [target, records] : told)
    post(target.address, target.incarnation, delta{0, table_.version(), records},
         channel::datagram);
  report_told(told);
  if (const auto peer = engine_.start_reconciliation(now_); peer && cfg_.gossip_enabled)
    begin_reconciliation(*peer);
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

} // namespace caf_gossip
