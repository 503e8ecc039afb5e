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

/// Says something new about this node; only it may raise its version.
void membership_coordinator::assert_self(member_status status) {
  auto own = *table_.find(self_.id)->rec;
  own.status = status;
  ++own.version;
  merge(std::move(own), cause{cause_kind::self, {}, 0, {}}, {});
}

} // namespace caf_gossip
