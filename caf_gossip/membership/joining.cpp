/// Who is let in, and how this node gets in.
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

namespace {

/// So many members are asked for their roster hash after joining.
constexpr std::size_t join_witnesses = 2;

} // namespace

std::optional<refusal> membership_coordinator::reason_to_refuse(const record& newcomer) const {
  if (!is_valid(newcomer))
    return refusal{errc::invalid_config, to_string(newcomer) + " is out of bounds", 0, {}};
  if (newcomer.id == self_.id)
    return refusal{
        errc::authority_conflict, "'" + newcomer.id + "' is this node's own name", 0, {}};
  if (!roster_complete_)
    return refusal{errc::invalid_state, "this node is still joining itself", 0, {}};
  const auto* known = table_.find(newcomer.id);
  const bool is_member = known != nullptr && is_active(known->rec->status);
  // Without a number to exceed: somebody else who uses this name must not push the member out.
  if (is_member && known->rec->incarnation >= newcomer.incarnation
      && known->rec->address != newcomer.address)
    return refusal{errc::authority_conflict,
                   "'" + newcomer.id + "' is a member at " + to_string(known->rec->address),
                   0,
                   {}};
  if (is_member && known->rec->incarnation == newcomer.incarnation)
    return std::nullopt;
  if (const auto* kept_out = quarantine_.find(newcomer.address, newcomer.id, now_))
    return refusal{errc::quarantined,
                   to_string(kept_out->address) + " is quarantined: " + kept_out->reason,
                   known == nullptr ? 0 : known->rec->incarnation,
                   std::chrono::ceil<milliseconds>(kept_out->expires_at - now_)};
  if (known != nullptr && known->rec->incarnation > newcomer.incarnation)
    return refusal{
        errc::stale_incarnation, "a newer incarnation is known", known->rec->incarnation, {}};
  if (known != nullptr && known->rec->incarnation == newcomer.incarnation)
    return refusal{errc::invalid_transition,
                   to_string(newcomer.address) + ": " + std::string{to_string(known->status())}
                       + " to joining needs a higher incarnation",
                   known->rec->incarnation,
                   {}};
  const auto* holder = table_.find_newest(newcomer.address);
  if (holder != nullptr && holder->rec->id != newcomer.id
      && holder->rec->incarnation >= newcomer.incarnation)
    return refusal{is_active(holder->rec->status) ? errc::authority_conflict
                                                  : errc::stale_incarnation,
                   to_string(newcomer.address) + " was taken by the newer " + holder->rec->id,
                   holder->rec->incarnation,
                   {}};
  if (table_.active_count() >= cfg_.members_max && !is_member
      && table_.find(newcomer.address) == nullptr)
    return refusal{errc::limit_reached,
                   "the cluster is full: " + std::to_string(cfg_.members_max) + " members",
                   0,
                   {}};
  return std::nullopt;
}

expected<void> membership_coordinator::join(const record& newcomer, time_point now) {
  if (auto member = require_member(); !member)
    return member;
  advance(now);
  auto admitted = admit(newcomer);
  if (!admitted)
    return fail(admitted.error().code, admitted.error().text);
  return {};
}

tl::expected<void, refusal> membership_coordinator::admit(const record& newcomer) {
  if (auto refused = reason_to_refuse(newcomer)) {
    if (refused->code == errc::invalid_transition)
      refuse_transition(ref_of(newcomer), table_.find(newcomer.id)->status(),
                        member_status::joining, {});
    emit(rejoin_refused{{}, ref_of(newcomer), refused->code, refused->text});
    return tl::unexpected<refusal>{std::move(*refused)};
  }
  auto joining = newcomer;
  joining.status = member_status::joining;
  merge(std::move(joining), cause{cause_kind::join_accepted, {}, 0, {}}, newcomer.id);
  return {};
}

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

void membership_coordinator::tick_joining() {
  if (now_ >= returns_at_)
    new_incarnation(exceed_incarnation_);
  if (outcast_ || !joiner_.active())
    return;
  const auto correlation = new_correlation();
  const auto seed = joiner_.next_attempt(correlation, random_, now_);
  if (!seed)
    return;
  auto own = *table_.find(self_.id)->rec;
  own.status = member_status::joining;
  post(*seed, 0, join_request{std::move(own)}, channel::stream, correlation, true);
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

// -- the roster ---------------------------------------------------------------------------------

void membership_coordinator::request_roster(const authority& from, const node_id& after) {
  page_request_ = new_correlation();
  post(from, 0, roster_request{after}, channel::stream, page_request_, true);
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

} // namespace caf_gossip
