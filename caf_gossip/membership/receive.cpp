/// Who is listened to, and what each brings. The protocol itself is told in message.hpp.
#include <algorithm>
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

expected<void> membership_coordinator::receive(const membership_message& what, time_point now) {
  if (auto running = require_running(); !running)
    return running;
  advance(now);
  auto result = expected<void>{};
  if (what.head.cluster != cfg_.cluster_name)
    result = fail(errc::wrong_cluster,
                  "cluster '" + what.head.cluster + "' is not '" + cfg_.cluster_name + "'");
  else if (what.head.sender == self_)
    result = fail(errc::invalid_state, "a message of this node came back to it");
  else
    result = std::visit([&](const auto& payload) { return on(what.head, payload); }, what.payload);
  if (!result)
    ++metrics_.messages_refused[static_cast<std::size_t>(result.error().code)];
  report_confirmed();
  return result;
}

/// Only active members are listened to, in the incarnation that is known of them.
expected<const member_entry*> membership_coordinator::require_sender(const envelope& head,
                                                                     hears sender) {
  if (outcast_)
    return fail(errc::invalid_state, "this node was declared dead and has not returned yet");
  const auto* entry = table_.find(head.sender.id);
  if (entry == nullptr || entry->rec->incarnation < head.sender.incarnation) {
    follow_predecessor(head);
    return fail(errc::unknown_authority, to_string(head.sender) + " is not a member");
  }
  if (entry->rec->incarnation > head.sender.incarnation || is_final(entry->rec->status)) {
    correct(head.sender, *entry);
    return fail(errc::stale_incarnation, to_string(head.sender) + " is gone");
  }
  if (entry->rec->address != head.sender.address || head.sender.id == self_.id)
    return fail(errc::authority_conflict,
                to_string(head.sender) + " uses the name of " + to_string(ref_of(*entry->rec)));
  if (is_active(entry->rec->status)) {
    last_heard_ = now_;
    hearing_.heard(head.sender.id);
    if (sender == hears::surely)
      hear(*entry);
    if (engine_.reported_hash(head.sender.id, head.roster_hash, now_))
      report_progress(head.sender.id);
  }
  return entry;
}

expected<void> membership_coordinator::on(const envelope& head, const heartbeat& what) {
  auto sender = require_sender(head);
  if (!sender)
    return fail(sender.error().code, sender.error().text);
  observation_.heartbeat(head.sender.id, now_);
  if (observation_.watches(head.sender.id))
    health_.better(); // a heartbeat in time is what an acknowledged ping is to SWIM
  const auto& rec = *(*sender)->rec;
  // Lifeguard 4.3, buddy: the suspect is told first, so that it refutes for everybody.
  if (rec.status == member_status::suspect && what.version <= rec.version)
    correct(head.sender, **sender);
  admit_records(what.news, head);
  return {};
}

expected<void> membership_coordinator::on(const envelope& head, const delta& what) {
  hear_verdict(head, what.records);
  auto sender = require_sender(head);
  if (!sender)
    return fail(sender.error().code, sender.error().text);
  admit_records(what.records, head);
  if (what.to != 0)
    post(head.sender.address, head.sender.incarnation, ack{what.to}, channel::datagram);
  return {};
}

/// The acknowledgement brings the roster hash, and that says more than its number.
expected<void> membership_coordinator::on(const envelope& head, const ack&) {
  auto sender = require_sender(head);
  if (!sender)
    return fail(sender.error().code, sender.error().text);
  return {};
}

/// Others have let it in. Who has seen more of its removals keeps it out for longer, but not
/// against them: members would disagree for minutes.
bool membership_coordinator::may_come_in(const record& newcomer) {
  if (quarantine_.find(newcomer.address, newcomer.id, now_, now_ - cfg_.quarantine_ttl))
    return false;
  while (const auto* kept_out = quarantine_.find(newcomer.address, newcomer.id, now_))
    release(authority{kept_out->address});
  return true;
}

void membership_coordinator::admit_records(const shared_records& records, const envelope& head) {
  const cause why{cause_kind::gossip, head.sender.id, 0, {}};
  for (const auto& rec : records) {
    if (rec->id == self_.id) {
      hear_of_self(*rec, head.sender.id);
      continue;
    }
    const auto* known = table_.find(rec->id);
    const bool newcomer = known == nullptr || known->rec->incarnation < rec->incarnation;
    if (newcomer && is_active(rec->status) && !may_come_in(*rec)) {
      ++metrics_.messages_refused[static_cast<std::size_t>(errc::quarantined)];
      continue;
    }
    const auto kind = merge(rec, why, head.sender.id);
    if (kind != merge_kind::stale && kind != merge_kind::forbidden)
      continue;
    // The hashes do not tell of tombstones, so the sender might never learn of this one.
    if (const auto* newer = table_.find(rec->id); is_final(newer->rec->status))
      correct(head.sender, *newer);
  }
}

} // namespace caf_gossip
