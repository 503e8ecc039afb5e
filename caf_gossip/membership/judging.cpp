/// Whose word counts, this node's own included (docs/decisions/0022-unstable-members.md).
#include <algorithm>
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

namespace {

/// A node whose watched members are all silent is deaf when nothing at all came for so many
/// heartbeat intervals.
constexpr int deaf_after = 4;

/// So many turns in which nobody at all was heard are no chance.
constexpr int turns_missed = 3;

std::vector<node_id> keys_of(const std::map<node_id, time_point>& moments) {
  std::vector<node_id> result;
  result.reserve(moments.size());
  for (const auto& [id, moment] : moments)
    result.push_back(id);
  return result;
}

} // namespace

// -- this node ----------------------------------------------------------------------------------

/// Who waits to be admitted has a roster that nobody keeps up to date, and is kept out perhaps: it
/// judges nobody.
bool membership_coordinator::is_in() const {
  const auto* own = table_.find(self_.id);
  return !outcast_ && own != nullptr && own->rec->status != member_status::joining;
}

/// Where members take turns nobody is watched; each of several asks somebody and is asked once per
/// interval, on average. That must show before a suspect's time is up.
bool membership_coordinator::hears_nobody() const {
  if (!takes_turns())
    return observation_.hears_nobody(now_);
  const auto silence = std::min(turns_missed * cfg_.probe_interval, cfg_.suspicion_timeout / 2);
  return table_.active_count() > 2 && now_ >= last_heard_ + silence;
}

/// When everybody seems dead, it is more likely this node that is cut off.
void membership_coordinator::judge_itself() {
  // Others that come to be watched are no sign that anybody is heard.
  if (hears_nobody())
    isolated_since_ = std::min(isolated_since_, now_);
  else if (last_heard_ > isolated_since_ || !is_in())
    isolated_since_ = never;
  unsound_since_ = health_.is_sound() ? never : std::min(unsound_since_, now_);
  const bool hears_nothing =
      is_isolated_for(duration{}) && now_ >= last_heard_ + deaf_after * cfg_.heartbeat_interval;
  deaf_ = is_in() && (hears_nothing || hearing_.is_hard());
  // Who may be believed has changed, perhaps.
  for (const auto& id : keys_of(suspects_))
    track_timeouts(*table_.find(id));
}

bool membership_coordinator::is_isolated_for(duration span) const {
  return isolated_since_ != never && now_ >= isolated_since_ + span;
}

/// Lifeguard 4.1: a member that is not well must not accuse others. Not for ever, or the last ones
/// of many would never get rid of those that are gone.
bool membership_coordinator::doubts_itself() const {
  return hearing_.is_hard()
         || (unsound_since_ != never && now_ < unsound_since_ + cfg_.isolation_patience);
}

/// Proof counts all the same.
bool membership_coordinator::holds_back(const node_id& suspect) const {
  const bool may_be_cut_off =
      is_isolated_for(duration{}) && !is_isolated_for(cfg_.isolation_patience);
  if (!may_be_cut_off && !doubts_itself())
    return false;
  const auto& rec = *table_.find(suspect)->rec;
  return testimonies_.about(suspect, rec.incarnation, rec.version).refusals == 0;
}

// -- its hearing --------------------------------------------------------------------------------

/// A round asks somebody anyway, so that no other need be asked soon.
void membership_coordinator::check_with_round(const member_ref& asked) {
  if (hearing_.is_in_doubt() || !hearing_.open().empty()
      || now_ < next_check_ - hearing_interval / 2)
    return;
  hearing_.begin(asked.id);
  next_check_ = now_ + hearing_interval_in_doubt;
  round_checks_ = true;
}

/// Asks one member after the other, and more of them while there is doubt (hearing.hpp).
void membership_coordinator::tick_hearing() {
  if (now_ < next_check_)
    return;
  next_check_ = now_ + (hearing_.is_in_doubt() ? hearing_interval_in_doubt : hearing_interval);
  if (takes_turns() || !is_in() || farewell_)
    return;
  if (!std::exchange(round_checks_, false))
    for (const auto& one : engine_.sample(1, random_))
      hearing_.begin(one.id);
  for (const auto& id : hearing_.open()) {
    const auto* entry = table_.find(id);
    if (entry == nullptr || entry->status() != member_status::up)
      hearing_.forget(id);
    else
      begin_probe(*entry, observation_.watches(id) ? look::thorough : look::check);
  }
}

// -- others -------------------------------------------------------------------------------------

/// Who is suspect itself, or comes and goes, is no help in judging others.
bool membership_coordinator::is_believed(const node_id& accuser) const {
  if (accuser == self_.id || takes_turns())
    return true;
  const auto* entry = table_.find(accuser);
  return entry != nullptr && entry->status() == member_status::up
         && !damping_.is_flapping(accuser, now_);
}

testimony membership_coordinator::testimony_about(const record& rec) const {
  return testimonies_.about(rec.id, rec.incarnation, rec.version,
                            [this](const node_id& accuser) { return is_believed(accuser); });
}

/// Who hears nobody has only itself to ask; it holds its verdicts back anyway.
circumstances membership_coordinator::circumstances_of(const node_id& subject) const {
  circumstances result;
  result.observers = observers_of_one();
  result.flapping = damping_.is_flapping(subject, now_);
  if (takes_turns() || is_isolated_for(duration{}))
    return result;
  for (const auto* other : table_.successors(subject, cfg_.heartbeat_observers))
    result.witnesses += other->rec->id != self_.id && is_believed(other->rec->id) ? 1 : 0;
  return result;
}

/// Several have found it silent, and nobody has found its host alive.
bool membership_coordinator::is_shared_suspicion(const member_entry& entry) const {
  if (entry.status() != member_status::suspect)
    return false;
  const auto said = testimony_about(*entry.rec);
  return said.accusers > 1 && !said.host_alive;
}

cause_kind membership_coordinator::cause_of_verdict(const member_entry& suspect) const {
  const auto said = testimony_about(*suspect.rec);
  const auto given = circumstances_of(suspect.rec->id);
  // One refusal among many is no proof; what ended a flapping member was that it flaps.
  if (given.flapping && !are_proof(said, given))
    return cause_kind::flapping;
  return said.refusals > 0 ? cause_kind::refused : cause_kind::suspicion_timeout;
}

} // namespace caf_gossip
