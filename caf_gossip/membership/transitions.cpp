/// One way for every change of a record, whoever caused it: merge, then follow up.
#include <algorithm>
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

namespace {

constexpr std::size_t refusals_max = 64;

std::optional<member_ref> active_ref(const member_entry* entry) {
  if (entry == nullptr || !is_active(entry->rec->status))
    return std::nullopt;
  return ref_of(*entry->rec);
}

} // namespace

merge_kind membership_coordinator::merge(const shared_record& incoming, const cause& why,
                                         const node_id& learned_from) {
  const auto id = incoming->id;
  const auto known = table_.slot_of(incoming);
  if (known && table_.at(*known).rec == incoming) { // the usual case
    engine_.heard_again(*known);
    return merge_kind::unchanged;
  }
  const auto was = active_ref(table_.find(id));
  const bool was_shared = known && is_shared_suspicion(table_.at(*known));
  const auto result = table_.merge(incoming, why, learned_from, now_);
  if (result.conflict) {
    emit(conflict_detected{{}, id, table_.find(id)->rec->address, result.conflict->address});
    engine_.mistrust(learned_from, now_);
  }
  switch (result.kind) {
    case merge_kind::unchanged:
      engine_.heard_again(*known);
      break;
    case merge_kind::stale:
      ++metrics_.records_stale;
      break;
    case merge_kind::forbidden:
      refuse_transition(ref_of(*table_.find(id)->rec), *result.from, incoming->status,
                        learned_from);
      break;
    case merge_kind::table_full:
      break; // counted by the table
    case merge_kind::accepted:
      if (result.replaced)
        follow_replaced(*result.replaced, id);
      if (was_shared && result.from && table_.find(id)->status() == member_status::up)
        damping_.came_back(id, now_);
      if (result.displaced)
        follow_displaced(*result.displaced, id);
      follow(id, result.from, was, why);
      if (result.displaced && result.displaced->rec->id == self_.id)
        become_outcast(learned_from, 0, false);
      break;
  }
  return result.kind;
}

/// The old incarnation of a name left the moment its successor came.
void membership_coordinator::follow_replaced(const record& old, const node_id& by) {
  metrics_.left += is_active(old.status) ? 1 : 0;
  emit(member_status_changed{
      {}, ref_of(old), old.status, member_status::removed, cause{cause_kind::replaced, by, 0, {}}});
}

void membership_coordinator::follow_displaced(const member_entry& gone, const node_id& by) {
  const auto was = active_ref(&gone);
  const auto& id = gone.rec->id;
  if (table_.find(id) != nullptr)
    return follow(id, gone.status(), was, cause{cause_kind::replaced, by, 0, {}});
  // Its tombstone had no room.
  auto seen = *gone.rec;
  seen.status = gone.status();
  follow_replaced(seen, by);
  if (was)
    window_.lost(*was, now_);
  ring_changed_ = true;
  suspects_.erase(id);
  leaving_.erase(id);
  close_case(id);
  engine_.gone(id);
}

void membership_coordinator::follow(const node_id& id, std::optional<member_status> from,
                                    const std::optional<member_ref>& was, const cause& why) {
  const auto where = *table_.slot_of(id);
  const auto& entry = table_.at(where);
  const auto is = active_ref(&entry);
  if (is != was) {
    window_.touch(where, was, now_);
    ring_changed_ = true;
    if (id != self_.id) {
      engine_.gone(id);
      if (is && takes_turns())
        schedule_.add(id, random_);
    }
  }
  ring_changed_ = ring_changed_ || id == self_.id;
  engine_.news(where, now_);
  track_timeouts(entry);
  const auto to = entry.status();
  // A tombstone of somebody who was never seen here is kept, but is no news for the application.
  if (from == to || (!from && is_final(to)))
    return;
  // So that members = joined - left - dead at every moment.
  metrics_.joined += !from && is ? 1 : 0;
  metrics_.left += from && was && !is && to != member_status::dead ? 1 : 0;
  metrics_.dead += from && was && to == member_status::dead ? 1 : 0;
  metrics_.suspected += to == member_status::suspect ? 1 : 0;
  // A refutation is a proof of life too, although others carried it here.
  if (from == member_status::suspect && to == member_status::up)
    observation_.heard(id, now_);
  const auto ref = ref_of(*entry.rec);
  emit(member_status_changed{{}, ref, from, to, why});
  if (to == member_status::dead && id != self_.id && table_.find(ref.address) == nullptr)
    quarantine_member(ref, "declared dead: " + std::string{to_string(why.kind)},
                      damping_.removed(id, now_));
}

/// Nobody probes or accuses a member that is gone.
void membership_coordinator::close_case(const node_id& id) {
  testimonies_.close(id);
  prober_.end(id);
  hearing_.forget(id);
}

void membership_coordinator::track_timeouts(const member_entry& entry) {
  const auto& id = entry.rec->id;
  suspects_.erase(id);
  if (id == self_.id)
    return;
  if (!is_active(entry.rec->status))
    close_case(id);
  // A verdict is for members, and for those that can hear a refutation.
  if (entry.status() == member_status::suspect && mode_ == node_mode::member && !outcast_)
    suspects_.emplace(id, downing_->down_at(*entry.rec, entry.how->since,
                                            testimony_about(*entry.rec), circumstances_of(id)));
  if (entry.rec->status != member_status::leaving)
    leaving_.erase(id);
  else
    leaving_.try_emplace(id, now_ + cfg_.leaving_timeout);
}

expected<void> membership_coordinator::transition(const member_entry& entry, member_status to,
                                                  const cause& why) {
  const auto from = entry.rec->status;
  if (!is_transition(from, to)) {
    refuse_transition(ref_of(*entry.rec), entry.status(), to, {});
    return fail(errc::invalid_transition, transition_text(entry.rec->address, from, to));
  }
  auto changed = *entry.rec;
  changed.status = to;
  merge(std::move(changed), why, {});
  return {};
}

/// A frame came from the member itself: it is alive, whatever others say.
void membership_coordinator::hear(const member_entry& entry) {
  observation_.heard(entry.rec->id, now_);
  if (is_shared_suspicion(entry))
    damping_.came_back(entry.rec->id, now_);
  testimonies_.close(entry.rec->id);
  if (prober_.end(entry.rec->id))
    health_.better();
  const cause why{cause_kind::heard, {}, 0, {}};
  if (entry.rec->status == member_status::joining) {
    (void)transition(entry, member_status::up, why);
  } else if (entry.status() == member_status::suspect) {
    table_.mark_heard(entry.rec->id, true, why, now_);
    track_timeouts(entry);
    emit(member_status_changed{
        {}, ref_of(*entry.rec), member_status::suspect, member_status::up, why});
  }
}

void membership_coordinator::quarantine_member(const member_ref& who, std::string reason,
                                               duration ttl) {
  if (cfg_.quarantine_ttl.count() == 0)
    return;
  const auto expires = now_ + ttl;
  if (quarantine_.add({who.id, who.address, reason, now_, expires}))
    emit(member_quarantined{{}, who.id, who.address, std::move(reason), clock_.at(expires)});
}

void membership_coordinator::refuse_transition(const member_ref& who, member_status from,
                                               member_status to, const node_id& informant) {
  ++metrics_.transitions_refused;
  transition_refused refused{{}, who, from, to, informant};
  refused.stamp.observed_at = clock_.at(now_);
  refusals_.push_back(refused);
  if (refusals_.size() > refusals_max)
    refusals_.pop_front();
  emit(std::move(refused));
}

// -- this node itself ---------------------------------------------------------------------------

/// Says something new about this node; only it may raise its version.
void membership_coordinator::assert_self(member_status status) {
  auto own = *table_.find(self_.id)->rec;
  own.status = status;
  ++own.version;
  merge(std::move(own), cause{cause_kind::self, {}, 0, {}}, {});
}

void membership_coordinator::hear_of_self(const record& rumor, const node_id& informant) {
  const auto* own = table_.find(self_.id);
  if (mode_ != node_mode::member || own == nullptr || rumor.incarnation < self_.incarnation)
    return;
  if (rumor.incarnation > self_.incarnation) {
    // At our own authority it can only be an earlier run with a clock that was ahead.
    become_outcast(informant, rumor.incarnation, rumor.address == self_.address);
    return;
  }
  // Two nodes started with one name and one incarnation: the lower authority gives way, or they
  // would outbid each other's version for ever.
  if (rumor.address > self_.address) {
    become_outcast(informant, rumor.incarnation, false);
    return;
  }
  if (compare(rumor, *own->rec) <= 0)
    return;
  if (is_final(rumor.status) && !farewell_) {
    become_outcast(informant, rumor.incarnation, true);
  } else if (rumor.status == member_status::leaving) {
    begin_leave();
  } else if (rumor.version == own->rec->version && rumor.status == member_status::up
             && !in_conflict(rumor, *own->rec)) {
    merge(rumor, cause{cause_kind::gossip, informant, 0, {}}, informant);
  } else if (!is_final(rumor.status)) {
    // SWIM 4.2: a member that hears it is suspected refutes with a higher number of its own.
    ++metrics_.refuted;
    health_.worse();
    auto refuted = *own->rec;
    refuted.version = rumor.version;
    refuted.status = member_status::up;
    ++refuted.version;
    merge(std::move(refuted), cause{cause_kind::self, informant, 0, {}}, {});
  }
}

/// Others have buried this incarnation. It says nothing more until it returns as another.
void membership_coordinator::become_outcast(const node_id& informant, std::uint64_t exceed,
                                            bool may_return) {
  exceed_incarnation_ = std::max(exceed_incarnation_, exceed);
  if (outcast_)
    return;
  outcast_ = true;
  ring_changed_ = true;
  joiner_.stop();
  suspects_.clear();
  prober_.clear();
  relays_.clear();
  testimonies_.clear();
  hearing_.clear();
  deaf_ = false;
  if (const auto* teller = table_.find(informant))
    returns_through_ = teller->rec->address;
  std::optional<unix_time> returns;
  if (may_return && !farewell_ && cfg_.rejoin_when_declared_dead) {
    returns_at_ = now_ + cfg_.quarantine_ttl;
    returns = clock_.at(returns_at_);
  }
  emit(self_declared_dead{{}, self_, informant, returns});
  auto own = *table_.find(self_.id)->rec;
  own.status = member_status::dead;
  merge(std::move(own), cause{cause_kind::gossip, informant, 0, {}}, informant);
}

void membership_coordinator::new_incarnation(std::uint64_t exceed) {
  const auto started =
      std::chrono::duration_cast<std::chrono::microseconds>(clock_.at(now_).time_since_epoch());
  self_.incarnation =
      std::max({exceed + 1, self_.incarnation + 1,
                static_cast<std::uint64_t>(std::max<std::int64_t>(started.count(), 0))});
  outcast_ = false;
  ring_changed_ = true;
  returns_at_ = never;
  exceed_incarnation_ = 0;
  // What it has decided while it was cut off is no news for those that it comes back to.
  table_.forget_tombstones(now_);
  damping_.clear();
  merge(record{self_.id, self_.address, self_.incarnation, 1, member_status::joining, {}},
        cause{cause_kind::self, {}, 0, {}}, {});
  auto contacts = seeds_;
  // The others that were told of this death first are where this node has to come back to.
  if (const auto through = std::exchange(returns_through_, {}); !through.host.empty()) {
    std::erase(contacts, through);
    contacts.insert(contacts.begin(), through);
  }
  const auto peers = engine_.sample(cfg_.gossip_fan_out, random_);
  for (const auto& peer : peers)
    if (std::find(contacts.begin(), contacts.end(), peer.address) == contacts.end())
      contacts.push_back(peer.address);
  if (contacts.empty())
    form_cluster();
  joiner_.start(std::move(contacts), now_);
}

void membership_coordinator::begin_leave() {
  if (farewell_ && farewell_->answered)
    outcome_.replies.push_back({farewell_->acknowledged.size(), farewell_->asked.size()});
  if (farewell_)
    return;
  joiner_.stop();
  prober_.clear();
  returns_at_ = never;
  if (!outcast_)
    assert_self(member_status::leaving);
  farewell goodbye;
  if (!outcast_) // Nobody listens to an outcast, and to others it is gone anyway.
    goodbye.asked = engine_.sample(std::size_t{2} * cfg_.gossip_fan_out, random_);
  goodbye.number = new_correlation();
  goodbye.deadline = now_ + cfg_.leave_timeout;
  goodbye.resend = now_;
  farewell_ = std::move(goodbye);
  // Who leaves before its admission was answered knows no peer yet, but a seed may know it.
  if (farewell_->asked.empty() && !outcast_)
    for (const auto& seed : seeds_)
      post(seed, 0, delta{0, 0, {table_.find(self_.id)->rec}}, channel::stream);
  tick_leave();
}

} // namespace caf_gossip
