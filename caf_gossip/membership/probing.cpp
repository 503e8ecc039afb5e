/// How a member that has gone silent is probed, and what follows (SWIM, Lifeguard).
///
/// Silence is only a reason to look. A member is suspected when neither a ping, nor others, nor a
/// stream of its own reach it; the way the stream fails is the evidence. Its other observers are
/// told and look for themselves; how many accuse it, and with what evidence, decides how long it
/// has (downing_policy.hpp).
#include <algorithm>
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

namespace {

/// A helper that has no answer says so at 4/5 of the time that it is given (memberlist's value for
/// Lifeguard's nack).
constexpr int nack_numerator = 4;
constexpr int nack_denominator = 5;

/// The time for helpers and the stream, in half probe timeouts. The network gives up to connect
/// after four, so a host that is silent is told from one that takes connections.
constexpr int widened_halves = 5;

} // namespace

bool membership_coordinator::takes_turns() const {
  return cfg_.detector == "swim";
}

std::size_t membership_coordinator::observers_of_one() const {
  const auto others = table_.active_count() - std::min<std::size_t>(table_.active_count(), 1);
  const std::size_t wanted =
      takes_turns() ? cfg_.suspicion_confirmations + 1 : cfg_.heartbeat_observers;
  return std::min(wanted, others);
}

// -- one probe ----------------------------------------------------------------------------------

void membership_coordinator::begin_probe(const member_entry& entry, look how) {
  const auto status = entry.rec->status;
  if (!is_active(status) || entry.rec->id == self_.id || farewell_ || outcast_)
    return;
  const auto correlation = new_correlation();
  auto* item =
      prober_.begin(ref_of(*entry.rec), correlation, now_ + health_.patient(cfg_.probe_timeout));
  if (item == nullptr)
    return;
  ++metrics_.probes;
  item->is_check = how == look::check;
  if (how == look::at_once)
    ask(*item, helpers_for(entry.rec->id, 0, std::min<std::size_t>(cfg_.probe_helpers, 1)));
  post(entry.rec->address, entry.rec->incarnation,
       ping{own_version(), deaf_ ? shared_records{} : engine_.piggyback(entry.rec->id)},
       channel::datagram, correlation);
}

/// Returns up to `count` members that may reach it, up to `observers` of those that observe it too
/// first.
std::vector<member_ref> membership_coordinator::helpers_for(const node_id& subject,
                                                            std::size_t observers,
                                                            std::size_t count) {
  std::vector<member_ref> helpers;
  const auto add = [&](const member_ref& who, std::size_t most) {
    const auto* entry = table_.find(who.id);
    const bool fit = who.id != self_.id && who.id != subject && entry != nullptr
                     && entry->status() == member_status::up;
    if (fit && helpers.size() < most
        && std::find(helpers.begin(), helpers.end(), who) == helpers.end())
      helpers.push_back(who);
  };
  if (!takes_turns() && observers > 0)
    for (const auto* other : table_.successors(subject, cfg_.heartbeat_observers))
      add(ref_of(*other->rec), observers);
  for (const auto& other : engine_.sample(2 * count, random_))
    add(other, count);
  return helpers;
}

/// Others are asked to reach it, and a stream is opened. The observers will have to find out
/// anyway; one of the others is asked in any case, as the observers are always the same and may all
/// have bad links.
void membership_coordinator::widen(probe& item) {
  const std::size_t count = cfg_.probe_helpers;
  ask(item, helpers_for(item.subject.id, count > 1 ? count - 1 : count, count));
}

void membership_coordinator::ask(probe& item, const std::vector<member_ref>& helpers) {
  item.indirect = new_correlation();
  item.asked = helpers.size();
  for (const auto& helper : helpers)
    post(helper.address, helper.incarnation, probe_request{item.subject}, channel::datagram,
         item.indirect);
  open_stream(item);
}

void membership_coordinator::open_stream(probe& item) {
  item.stream = new_correlation();
  item.deadline = now_ + health_.patient(widened_halves * cfg_.probe_timeout / 2);
  post(item.subject.address, item.subject.incarnation, ping{own_version(), {}}, channel::new_stream,
       item.stream, true);
}

// -- time ---------------------------------------------------------------------------------------

void membership_coordinator::tick_probes() {
  for (const auto& id : prober_.due(now_)) {
    auto* item = prober_.find(id);
    if (!item->widened()) {
      widen(*item);
      continue;
    }
    conclude(*prober_.end(id));
  }
  for (const auto& late : relays_.take_late(now_))
    post(late.asker.address, late.asker.incarnation, probe_report{late.subject, false, 0},
         channel::datagram, late.request);
  if (!takes_turns() || now_ < next_probe_)
    return;
  next_probe_ = now_ + health_.patient(cfg_.probe_interval);
  const auto is_member = [&](const node_id& id) {
    const auto* entry = table_.find(id);
    return id != self_.id && entry != nullptr && is_active(entry->rec->status);
  };
  if (const auto next = schedule_.next(is_member, random_); next)
    begin_probe(*table_.find(*next), look::thorough);
}

// -- messages -----------------------------------------------------------------------------------

expected<void> membership_coordinator::on(const envelope& head, const ping& what) {
  hear_verdict(head, what.news);
  auto sender = require_sender(head, hears::perhaps);
  if (!sender)
    return fail(sender.error().code, sender.error().text);
  admit_records(what.news, head);
  post(head.sender.address, head.sender.incarnation,
       ping_ack{own_version(), engine_.piggyback(head.sender.id)}, channel::datagram,
       head.correlation);
  return {};
}

expected<void> membership_coordinator::on(const envelope& head, const ping_ack& what) {
  auto sender = require_sender(head);
  if (!sender)
    return fail(sender.error().code, sender.error().text);
  admit_records(what.news, head);
  if (const auto request = relays_.take(head.correlation))
    post(request->asker.address, request->asker.incarnation,
         probe_report{request->subject, true, what.version}, channel::datagram, request->request);
  if (farewell_ && head.correlation == farewell_->number) {
    farewell_->acknowledged.insert(head.sender.id);
    tick_leave();
  }
  return {};
}

expected<void> membership_coordinator::on(const envelope& head, const probe_request& what) {
  auto sender = require_sender(head, hears::perhaps);
  if (!sender)
    return fail(sender.error().code, sender.error().text);
  const auto* entry = table_.find(what.subject.id);
  const bool known = entry != nullptr && ref_of(*entry->rec) == what.subject;
  if (what.subject == self_ || !known || is_final(entry->rec->status)) {
    post(head.sender.address, head.sender.incarnation,
         probe_report{what.subject, what.subject == self_, own_version()}, channel::datagram,
         head.correlation);
    return {};
  }
  const auto number = new_correlation();
  const auto wait = widened_halves * cfg_.probe_timeout / 2;
  const relay request{head.sender, head.correlation, what.subject,
                      now_ + wait * nack_numerator / nack_denominator, now_ + wait};
  if (!relays_.add(number, request))
    return fail(errc::limit_reached, "too many probes are being made for others");
  post(what.subject.address, what.subject.incarnation, ping{own_version(), {}}, channel::datagram,
       number);
  // Another observer will want to know for itself.
  if (observation_.watches(what.subject.id))
    begin_probe(*entry, look::at_once);
  return {};
}

expected<void> membership_coordinator::on(const envelope& head, const probe_report& what) {
  auto sender = require_sender(head);
  if (!sender)
    return fail(sender.error().code, sender.error().text);
  auto* item = prober_.find(head.correlation);
  if (item == nullptr || item->subject != what.subject)
    return {}; // Somebody else was faster.
  ++item->answered;
  if (!what.answered)
    return {};
  observation_.heard(what.subject.id, now_);
  if (!takes_turns())
    hearing_.missed(what.subject.id);
  if (hearing_.is_in_doubt())
    next_check_ = std::min(next_check_, now_ + hearing_interval_in_doubt);
  prober_.end(what.subject.id);
  ++metrics_.probes_relayed;
  return {};
}

} // namespace caf_gossip
