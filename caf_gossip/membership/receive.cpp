/// What each message does. The protocol itself is told in message.hpp.
#include <algorithm>
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

namespace {

/// Bound of one page of a roster and of one sync_response, in estimated bytes.
constexpr std::size_t page_bytes_max = 256U << 10U;

/// So many members are asked for their roster hash after joining.
constexpr std::size_t join_witnesses = 2;

/// A correction goes to the same peer at most once in this time.
constexpr std::chrono::milliseconds correction_interval{200};
constexpr std::size_t corrections_max = 1024;

} // namespace

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

/// A stranger wrote to an earlier incarnation of this node: there is a cluster that it belonged to.
void membership_coordinator::follow_predecessor(const envelope& head) {
  if (head.receiver_incarnation != 0 && head.receiver_incarnation < self_.incarnation)
    join_strangers(head.sender.address);
}

/// Brings the cluster of a stranger and this node's together.
void membership_coordinator::join_strangers(const authority& through) {
  if (mode_ == node_mode::member && !outcast_ && !farewell_)
    joiner_.add(through, now_);
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

/// Two that were separated have declared each other dead, and neither listens to the other. Only
/// this much is heard of the dead: that they take this node for dead, too. A stranger is not
/// believed, but asked to let this node in; its cluster refuses incarnations that it buried.
void membership_coordinator::hear_verdict(const envelope& head, const shared_records& records) {
  const auto* entry = table_.find(head.sender.id);
  const bool is_stranger = entry == nullptr || entry->rec->incarnation < head.sender.incarnation;
  const bool is_dead = !is_stranger && entry->rec->status == member_status::dead
                       && ref_of(*entry->rec) == head.sender;
  if (outcast_ || !(is_stranger || is_dead))
    return;
  for (const auto& rec : records) {
    if (rec->id != self_.id || !is_final(rec->status))
      continue;
    if (is_dead && !is_larger_side())
      hear_of_self(*rec, head.sender.id);
    else if (is_stranger && rec->incarnation == self_.incarnation)
      join_strangers(head.sender.address);
  }
}

/// Does this node see more members than dead ones? Then those that take it for dead come back to
/// its side. With as many of both, the side of the first on the ring stays.
bool membership_coordinator::is_larger_side() const {
  std::size_t active = 0;
  std::size_t dead = 0;
  std::optional<bool> first_is_active;
  table_.visit([&](const member_entry& entry) {
    const bool is_dead =
        entry.rec->status == member_status::dead && table_.find(entry.rec->address) == nullptr;
    if (!is_dead && !is_active(entry.rec->status))
      return;
    ++(is_dead ? dead : active);
    if (!first_is_active)
      first_is_active = !is_dead;
  });
  return active > dead || (active == dead && first_is_active.value_or(true));
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

// -- joining ------------------------------------------------------------------------------------

expected<void> membership_coordinator::on(const envelope& head, const join_request& what) {
  join_response answer;
  if (mode_ != node_mode::member || outcast_ || farewell_)
    answer.refused = refusal{errc::invalid_state, "this node does not admit members", 0, {}};
  else if (ref_of(what.self) != head.sender)
    answer.refused = refusal{errc::invalid_config, "the record is not the sender's", 0, {}};
  else if (auto admitted = admit(what.self); !admitted)
    answer.refused = std::move(admitted.error());
  else
    answer.page = page_after({});
  const auto code = answer.refused ? answer.refused->code : errc::none;
  auto text = answer.refused ? answer.refused->text : std::string{};
  post(head.sender.address, head.sender.incarnation, std::move(answer), channel::stream,
       head.correlation);
  if (code != errc::none)
    return fail(code, std::move(text));
  return {};
}

expected<void> membership_coordinator::on(const envelope& head, const join_response& what) {
  if (!joiner_.is_open(head.correlation))
    return fail(errc::invalid_state, "an answer to no open join request");
  if (what.refused) {
    joiner_.failed(head.correlation, now_);
    refused_by_seed(head.sender.address, *what.refused);
    return {};
  }
  joiner_.stop();
  only_self_is_news_ = engine_.peer_count() == 0;
  admit_page(what.page, head);
  // The seed need not be among this node's observers, but it is waiting for a sign of life.
  post(head.sender.address, head.sender.incarnation, heartbeat{own_version(), {}},
       channel::datagram);
  return {};
}

void membership_coordinator::rejected(std::uint64_t correlation, const authority& by,
                                      const refusal& why, time_point now) {
  if (mode_ == node_mode::stopped || !joiner_.is_open(correlation))
    return;
  advance(now);
  joiner_.failed(correlation, now_);
  refused_by_seed(by, why);
}

void membership_coordinator::refused_by_seed(const authority& seed, const refusal& why) {
  emit(join_refused{{}, seed, why.code, why.text});
  if (why.retry_after.count() > 0)
    joiner_.postpone(now_ + why.retry_after);
  // The incarnation was too low: an earlier run of this node had a clock that was ahead.
  if (why.known_incarnation >= self_.incarnation && cfg_.rejoin_when_declared_dead) {
    returns_through_ = seed;
    new_incarnation(why.known_incarnation);
  }
}

expected<void> membership_coordinator::on(const envelope& head, const roster_request& what) {
  post(head.sender.address, head.sender.incarnation, roster_response{page_after(what.after)},
       channel::stream, head.correlation);
  return {};
}

expected<void> membership_coordinator::on(const envelope& head, const roster_response& what) {
  if (page_request_ == 0 || head.correlation != page_request_)
    return fail(errc::invalid_state, "an answer to no open roster request");
  page_request_ = 0;
  admit_page(what.page, head);
  return {};
}

void membership_coordinator::admit_page(const roster_page& page, const envelope& head) {
  table_.expect(page.records.size());
  admit_records(page.records, head);
  if (!page.next.empty()) {
    request_roster(head.sender.address, page.next);
    return;
  }
  if (mode_ == node_mode::client)
    return;
  roster_complete_ = true;
  if (!std::exchange(only_self_is_news_, false))
    return;
  // Everybody else has this roster already.
  engine_.assume_told();
  engine_.news(*table_.slot_of(self_.id), now_);
  // Two others show by their hashes whether the roster is whole.
  for (const auto& witness : engine_.sample(join_witnesses, random_))
    post(witness.address, witness.incarnation, ping{own_version(), {}}, channel::datagram,
         new_correlation());
}

roster_page membership_coordinator::page_after(const node_id& after) const {
  roster_page page;
  std::size_t bytes = 0;
  table_.visit_behind(after, [&](const member_entry& entry) {
    bytes += estimated_bytes(*entry.rec);
    if (bytes > page_bytes_max && !page.records.empty()) {
      page.next = page.records.back()->id;
      return false;
    }
    page.records.push_back(entry.rec);
    return true;
  });
  return page;
}

// -- records ------------------------------------------------------------------------------------

void membership_coordinator::admit_records(const shared_records& records, const envelope& head) {
  const cause why{cause_kind::gossip, head.sender.id, 0, {}};
  for (const auto& rec : records) {
    if (rec->id == self_.id) {
      hear_of_self(*rec, head.sender.id);
      continue;
    }
    const auto* known = table_.find(rec->id);
    const bool newcomer = known == nullptr || known->rec->incarnation < rec->incarnation;
    if (newcomer && is_active(rec->status) && quarantine_.find(rec->address, rec->id, now_)) {
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

/// Tells one peer what it gets wrong, at a bounded rate.
void membership_coordinator::correct(const member_ref& peer, const member_entry& newer) {
  if (corrected_.size() >= corrections_max)
    std::erase_if(corrected_,
                  [&](const auto& item) { return item.second + correction_interval <= now_; });
  const auto last = corrected_.find(peer.address);
  const bool too_soon = last != corrected_.end() && now_ < last->second + correction_interval;
  if (too_soon || (last == corrected_.end() && corrected_.size() >= corrections_max)) {
    ++metrics_.corrections_suppressed;
    return;
  }
  corrected_.insert_or_assign(peer.address, now_);
  post(peer.address, peer.incarnation, delta{0, 0, {newer.rec}}, channel::datagram);
}

// -- reconciliation -----------------------------------------------------------------------------

expected<void> membership_coordinator::on(const envelope& head, const range_request& what) {
  auto sender = require_sender(head);
  if (!sender)
    return fail(sender.error().code, sender.error().text);
  post(head.sender.address, head.sender.incarnation, range_response{differing(table_, what.ranges)},
       channel::stream, head.correlation);
  return {};
}

expected<void> membership_coordinator::on(const envelope& head, const range_response& what) {
  auto sender = require_sender(head);
  if (!sender)
    return fail(sender.error().code, sender.error().text);
  if (sync_request_ == 0 || head.correlation != sync_request_)
    return fail(errc::invalid_state, "an answer to no open reconciliation");
  compare_rosters(head.sender, what.ranges);
  return {};
}

expected<void> membership_coordinator::on(const envelope& head, const sync_request& what) {
  auto sender = require_sender(head);
  if (!sender)
    return fail(sender.error().code, sender.error().text);
  auto found = compare_with(table_, what.digest, what.scope, page_bytes_max);
  post(head.sender.address, head.sender.incarnation,
       sync_response{std::move(found.records), std::move(found.wanted)}, channel::stream,
       head.correlation);
  return {};
}

expected<void> membership_coordinator::on(const envelope& head, const sync_response& what) {
  auto sender = require_sender(head);
  if (!sender)
    return fail(sender.error().code, sender.error().text);
  if (sync_request_ == 0 || head.correlation != sync_request_)
    return fail(errc::invalid_state, "an answer to no open reconciliation");
  sync_request_ = 0;
  admit_records(what.records, head);
  auto lacking = what.wanted;
  for (const auto& rec : what.records)
    if (const auto* entry = table_.find(rec->id);
        entry != nullptr && compare(*entry->rec, *rec) > 0)
      lacking.push_back(entry->rec.id_hash());
  delta missing;
  std::size_t bytes = 0;
  for (const auto id_hash : lacking) {
    const auto* entry = table_.find_hash(id_hash);
    if (entry == nullptr)
      continue;
    bytes += estimated_bytes(*entry->rec);
    if (bytes > page_bytes_max && !missing.records.empty())
      break;
    missing.records.push_back(entry->rec);
  }
  if (!missing.records.empty())
    post(head.sender.address, head.sender.incarnation, std::move(missing), channel::stream);
  engine_.end_reconciliation(head.sender.id);
  return {};
}

} // namespace caf_gossip
