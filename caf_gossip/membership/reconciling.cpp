/// How two rosters that differ become one (roster_ranges.hpp).
#include <algorithm>
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

/// A small roster is listed at once, of a large one the differing parts are sought first.
void membership_coordinator::begin_reconciliation(const member_ref& peer) {
  emit(reconciling_requested{{}, peer.id});
  sync_peer_ = peer.id;
  sync_scope_.clear();
  sync_steps_ = 0;
  auto whole = whole_roster;
  whole.sum = table_.roster_hash();
  compare_rosters(peer, {whole});
}

void membership_coordinator::compare_rosters(const member_ref& peer,
                                             const std::vector<hash_range>& different) {
  // Whoever finds ever more differences is not to be trusted.
  if (++sync_steps_ > range_steps_max) {
    sync_request_ = 0;
    engine_.end_reconciliation(peer.id);
    return;
  }
  auto next = plan(table_, different);
  sync_scope_.insert(sync_scope_.end(), next.leaves.begin(), next.leaves.end());
  sync_request_ = new_correlation();
  if (!next.parts.empty()) {
    post(peer.address, peer.incarnation, range_request{std::move(next.parts)}, channel::stream,
         sync_request_, true);
    return;
  }
  if (sync_scope_.empty()) { // Equal by now.
    sync_request_ = 0;
    engine_.end_reconciliation(peer.id);
    return;
  }
  std::sort(sync_scope_.begin(), sync_scope_.end(),
            [](const auto& lhs, const auto& rhs) { return lhs.first < rhs.first; });
  auto digest = digest_of(table_, sync_scope_);
  post(peer.address, peer.incarnation,
       sync_request{std::move(digest), std::exchange(sync_scope_, {})}, channel::stream,
       sync_request_, true);
}

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
