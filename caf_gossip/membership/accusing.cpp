/// What follows from a probe, and from what others found.
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

namespace {

cause_kind kind_of(evidence found) {
  switch (found) {
    case evidence::silent:
      return cause_kind::silence;
    case evidence::unresponsive:
      return cause_kind::unresponsive;
    case evidence::refused:
      return cause_kind::refused;
  }
  return cause_kind::silence;
}

} // namespace

/// Nobody has reached it.
void membership_coordinator::conclude(const probe& item) {
  if (item.is_check)
    return;
  const auto found = item.found.value_or(evidence::unresponsive);
  if (item.asked > 0 && item.answered == 0 && found != evidence::refused)
    health_.worse();
  const auto* entry = table_.find(item.subject.id);
  if (entry == nullptr || entry->rec->incarnation != item.subject.incarnation
      || !is_active(entry->rec->status))
    return;
  ++metrics_.probes_failed;
  if (doubts_itself() && found != evidence::refused)
    return;
  suspect(*entry, found);
  accuse(*table_.find(item.subject.id), found);
}

void membership_coordinator::suspect(const member_entry& entry, evidence found) {
  const auto from = entry.status();
  const auto silence = observation_.silence_of(entry.rec->id, now_);
  const cause why{
      kind_of(found), {}, 1.0, std::chrono::duration_cast<std::chrono::milliseconds>(silence)};
  if (from == member_status::suspect)
    return;
  if (table_.mark_heard(entry.rec->id, false, why, now_)) {
    ++metrics_.suspected;
    emit(member_status_changed{{}, ref_of(*entry.rec), from, member_status::suspect, why});
  } else {
    (void)transition(entry, member_status::suspect, why);
  }
}

void membership_coordinator::accuse(const member_entry& entry, evidence found) {
  const auto subject = ref_of(*entry.rec);
  testimonies_.add(subject, entry.rec->version, self_.id, found);
  track_timeouts(entry);
  // Lifeguard 4.3, buddy: the suspect is told first, so that it refutes for everybody.
  post(subject.address, subject.incarnation, delta{0, 0, {entry.rec}}, channel::datagram);
  // That its host is alive goes on with every accusation, or one lost packet could hide it.
  const bool is_alive = found == evidence::silent && testimony_about(*entry.rec).host_alive;
  const accusation said{subject, entry.rec->version, is_alive ? evidence::unresponsive : found};
  for (const auto& other : jury_of(subject.id))
    post(other.address, other.incarnation, said, channel::datagram);
}

/// Those that can confirm an accusation.
std::vector<member_ref> membership_coordinator::jury_of(const node_id& subject) {
  std::vector<member_ref> jury;
  if (takes_turns())
    return helpers_for(subject, 0, cfg_.probe_helpers);
  for (const auto* other : table_.successors(subject, cfg_.heartbeat_observers))
    if (other->rec->id != self_.id)
      jury.push_back(ref_of(*other->rec));
  return jury;
}

expected<void> membership_coordinator::on(const envelope& head, const accusation& what) {
  auto sender = require_sender(head, hears::perhaps);
  if (!sender)
    return fail(sender.error().code, sender.error().text);
  if (what.subject == self_) {
    const auto* own = table_.find(self_.id);
    if (own == nullptr)
      return fail(errc::invalid_state, "a client is nobody's member");
    auto rumor = *own->rec;
    rumor.status = member_status::suspect;
    rumor.version = what.version;
    hear_of_self(rumor, head.sender.id);
    return {};
  }
  const auto* entry = table_.find(what.subject.id);
  if (entry == nullptr || ref_of(*entry->rec) != what.subject || !is_active(entry->rec->status))
    return fail(errc::unknown_authority, to_string(what.subject) + " is no member here");
  // Refuted already, or heard before.
  if (what.version < entry->rec->version
      || !testimonies_.add(what.subject, what.version, head.sender.id, what.found))
    return {};
  track_timeouts(*entry);
  begin_probe(*entry, look::at_once);
  return {};
}

} // namespace caf_gossip
