#include "tests/support/invariants.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "tests/support/printing.hpp"

namespace caf_gossip::test {

namespace {

/// Returns the records that a message carries as rumors; nothing when it carries none. No rumors
/// are what was asked for (rosters and comparisons, which travel over streams), goodbyes (streams
/// too), and what a peer is told because it got something wrong or is accused: deltas without a
/// range.
const shared_records* rumors_of(const membership_outbound& message) {
  if (message.via != channel::datagram)
    return nullptr;
  if (const auto* told = std::get_if<delta>(&message.payload))
    return told->to == 0 ? nullptr : &told->records;
  if (const auto* told = std::get_if<heartbeat>(&message.payload))
    return &told->news;
  if (const auto* told = std::get_if<ping>(&message.payload))
    return &told->news;
  if (const auto* told = std::get_if<ping_ack>(&message.payload))
    return &told->news;
  return nullptr;
}

/// What a peer is told about itself is none either: a suspect hears that it is one with every
/// message, and one of the dead with every attempt at a reunion.
bool is_about_receiver(const record& what, const membership_outbound& message) {
  return what.address == message.target && what.incarnation == message.head.receiver_incarnation;
}

/// What most events tell about is no member: who was sent something, or has answered.
bool is_about_member(const membership_event& event) {
  return !std::holds_alternative<disseminated>(event)
         && !std::holds_alternative<seen_changed>(event)
         && !std::holds_alternative<confirmed>(event);
}

} // namespace

void invariants::check(const membership_coordinator& core, const membership_outcome& outcome,
                       time_point now, std::vector<std::string>& violations) {
  if (core.self().incarnation > incarnation_)
    begin_anew();
  incarnation_ = core.self().incarnation;
  for (const auto& event : outcome.events) {
    const auto at = std::visit([](const auto& item) { return item.stamp.observed_at; }, event);
    if (at < last_event_)
      violations.push_back("time fell at: " + describe(event));
    last_event_ = at;
    if (const auto* changed = std::get_if<member_status_changed>(&event))
      follow(*changed, violations);
    else if (const auto* updated = std::get_if<topology_updated>(&event))
      follow(*updated, violations);
  }
  for (const auto& message : outcome.outbounds)
    if (message.target == core.self().address)
      violations.push_back("gossips to itself: " + describe(message.payload));
  count_rumors(core, outcome, violations);
  if (core.mode() == node_mode::stopped)
    return;
  if (core.table().version() < version_)
    violations.push_back("the table's version fell");
  if (core.table().version() != version_
      || std::any_of(outcome.events.begin(), outcome.events.end(), is_about_member)) {
    check_records(core, violations);
    check_sets(core, now, violations);
  }
  version_ = core.table().version();
}

/// Who returns as a new incarnation takes the word of the others for who is dead.
void invariants::begin_anew() {
  std::erase_if(statuses_, [](const auto& item) { return is_final(item.second); });
  std::erase_if(records_, [](const auto& item) { return is_final(item.second.rec->status); });
  rumors_.clear(); // Tombstones that were forgotten are news when they are heard of again.
}

void invariants::count_rumors(const membership_coordinator& core, const membership_outcome& outcome,
                              std::vector<std::string>& violations) {
  const auto allowed = bound_.with(core.engine().transmissions());
  if (const auto* own = core.table().find(core.self().id);
      std::exchange(gets_roster_, false) && own != nullptr)
    rumors_.erase(own->rec.id_hash());
  for (const auto& message : outcome.outbounds) {
    const auto* told = rumors_of(message);
    if (told == nullptr)
      continue;
    for (const auto& rec : *told) {
      if (is_about_receiver(*rec, message))
        continue;
      const auto* entry = core.table().find(rec->id);
      const bool is_tombstone = is_final(rec->status) && entry != nullptr && entry->rec == rec;
      const auto since = is_tombstone ? entry->how->since : time_point{};
      if (const auto wrong = rumors_[rec.id_hash()].tell({rec.hash(), since}, allowed))
        violations.push_back("tells " + describe(*rec) + " " + *wrong);
    }
  }
}

void invariants::follow(const member_status_changed& event, std::vector<std::string>& violations) {
  const auto key = std::pair{event.member.id, event.member.incarnation};
  const auto known = statuses_.find(key);
  std::optional<member_status> expected_from;
  if (known != statuses_.end())
    expected_from = known->second;
  const auto text = describe(membership_event{event});
  if (event.from != expected_from)
    violations.push_back("wrong from in: " + text);
  if (event.from == event.to)
    violations.push_back("no change in: " + text);
  const bool hearsay =
      event.why.kind == cause_kind::gossip || event.why.kind == cause_kind::replaced;
  const auto from = event.from.value_or(member_status::joining);
  if (!is_reachable(from, event.to) || (event.from && !hearsay && !is_transition(from, event.to)))
    violations.push_back("no transition: " + text);
  statuses_[key] = event.to;
  if (const auto seen = records_.find(hash_of_id(event.member.id)); seen != records_.end())
    seen->second.is_checked = false;
}

void invariants::follow(const topology_updated& event, std::vector<std::string>& violations) {
  const auto& update = event.update;
  if (const auto valid = validate(update); !valid)
    violations.push_back(valid.error().text + ": " + describe(update));
  std::set<member_ref> folded{members_.begin(), members_.end()};
  for (const auto* list : {&update.left, &update.dead})
    for (const auto& who : *list)
      if (folded.erase(who) == 0)
        violations.push_back(describe(who) + " went without being there: " + describe(update));
  for (const auto& who : update.joined)
    if (!folded.insert(who).second)
      violations.push_back(describe(who) + " came twice: " + describe(update));
  if (!std::equal(folded.begin(), folded.end(), update.members.begin(), update.members.end()))
    violations.push_back("the folded changes are not the members: " + describe(update));
  members_ = update.members;
}

void invariants::check_records(const membership_coordinator& core,
                               std::vector<std::string>& violations) {
  core.table().visit([&](const member_entry& entry) {
    auto& before = records_[entry.rec.id_hash()];
    if (before.is_checked && before.rec == entry.rec && before.status == entry.status())
      return;
    const auto& rec = *entry.rec;
    if (before.rec && compare(rec, *before.rec) < 0)
      violations.push_back(describe(before.rec) + " fell back to " + describe(rec));
    if (before.rec && before.rec->incarnation == rec.incarnation && is_final(before.rec->status)
        && !is_final(rec.status))
      violations.push_back(describe(before.rec) + " came back to life");
    const auto told = statuses_.find({rec.id, rec.incarnation});
    if (told == statuses_.end() ? !is_final(entry.status()) : told->second != entry.status())
      violations.push_back(describe(rec) + " is not what the events told");
    before = {entry.rec, entry.status(), true};
  });
}

void invariants::check_sets(const membership_coordinator& core, time_point now,
                            std::vector<std::string>& violations) const {
  const auto members = core.table().members();
  const auto kept_out = core.quarantined(now);
  for (const auto& who : members)
    for (const auto& entry : kept_out)
      if (entry.address == who.address || entry.id == who.id)
        violations.push_back(describe(who) + " is a member and quarantined");
  auto others = members;
  std::erase_if(others, [&](const auto& who) { return who.id == core.self().id; });
  if (core.engine().peers() != others)
    violations.push_back("the peers of the engine are not the members");
  if (core.engine().confirmed_count() > core.engine().peer_count())
    violations.push_back("more peers are confirmed than there are");
  if (const auto metrics = core.metrics();
      metrics && metrics->members != metrics->joined - metrics->left - metrics->dead)
    violations.push_back("members is not joined - left - dead");
}

} // namespace caf_gossip::test
