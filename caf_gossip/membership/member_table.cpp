#include "caf_gossip/membership/member_table.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "caf_gossip/base/hashing.hpp"

namespace caf_gossip {

namespace {

/// Of two ids at one authority only the newest incarnation can be there.
bool takes_precedence(const record& lhs, const record& rhs) {
  return std::tie(lhs.incarnation, lhs.id) > std::tie(rhs.incarnation, rhs.id);
}

} // namespace

bool member_table::ring_order::operator()(const ring_key& lhs, const ring_key& rhs) const {
  return std::tie(lhs.first, *lhs.second) < std::tie(rhs.first, *rhs.second);
}

member_table::member_table(std::size_t members_max, std::size_t tombstones_max)
    : members_max_(members_max), tombstones_max_(tombstones_max) {}

merge_result member_table::merge(record incoming, const cause& why, const node_id& learned_from,
                                 time_point now) {
  merge_result result;
  const auto found = entries_.find(incoming.id);
  const auto* known = found == entries_.end() ? nullptr : &found->second;
  const bool same_run = known != nullptr && known->rec.incarnation == incoming.incarnation;
  if (same_run)
    result.from = known->status();
  // The usual case. Whoever took its authority has been seen to when it was stored.
  if (same_run && known->rec == incoming)
    return result;
  const auto* other = rival(incoming);
  if (other != nullptr && takes_precedence(other->rec, incoming))
    incoming.status = member_status::removed;
  else if (other != nullptr && other->rec.status != member_status::removed)
    result.displaced = *other;
  if (known != nullptr) {
    const auto order = compare(incoming, known->rec);
    if (same_run && in_conflict(incoming, known->rec))
      result.conflict = order > 0 ? known->rec : incoming;
    if (order <= 0) {
      const bool claims_news = same_run && incoming.version > known->rec.version
                               && !is_reachable(known->rec.status, incoming.status);
      result.kind = order == 0    ? merge_kind::unchanged
                    : claims_news ? merge_kind::forbidden
                                  : merge_kind::stale;
      result.displaced.reset();
      return result;
    }
    if (!same_run && !is_final(known->rec.status)) {
      result.replaced = known->rec;
      result.replaced->status = known->status();
    }
  }
  const bool frees_room = (known != nullptr && is_active(known->rec.status))
                          || (result.displaced && is_active(result.displaced->rec.status));
  if (is_active(incoming.status) && !frees_room && active_count() >= members_max_) {
    ++members_refused_;
    result.displaced.reset();
    result.kind = merge_kind::table_full;
    return result;
  }
  if (result.displaced) {
    auto gone = result.displaced->rec;
    gone.status = member_status::removed;
    store(entries_.at(gone.id), std::move(gone), cause{cause_kind::replaced, incoming.id, 0, {}},
          {}, now);
  }
  // Storing the displaced one may have dropped the known one.
  auto& entry = found != entries_.end() && !result.displaced ? found->second : insert(incoming.id);
  store(entry, std::move(incoming), why, learned_from, now);
  result.kind = merge_kind::accepted;
  return result;
}

bool member_table::mark_heard(const node_id& id, bool heard, const cause& why, time_point now) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.rec.status != member_status::suspect
      || found->second.heard == heard)
    return false;
  found->second.heard = heard;
  found->second.since = now;
  found->second.why = why;
  return true;
}

void member_table::grant(const node_id& suspect, duration more) {
  const auto found = entries_.find(suspect);
  if (found != entries_.end() && found->second.rec.status == member_status::suspect)
    found->second.since += more;
}

std::size_t member_table::forget_tombstones(time_point before) {
  std::size_t count = 0;
  for (; !tombstones_.empty() && tombstones_.begin()->first < before; ++count)
    drop(node_id{tombstones_.begin()->second});
  return count;
}

void member_table::clear() {
  by_address_.clear();
  tombstones_.clear();
  ring_.clear();
  entries_.clear();
  active_ = 0;
  version_ = sum_ = 0;
}

const member_entry* member_table::find(const node_id& id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

const member_entry* member_table::find(const authority& where) const {
  const auto* entry = find_newest(where);
  return entry != nullptr && is_active(entry->rec.status) ? entry : nullptr;
}

const member_entry* member_table::find_newest(const authority& where) const {
  const auto found = by_address_.find(where);
  return found == by_address_.end() ? nullptr : found->second;
}

const member_entry* member_table::find_hash(std::uint64_t id_hash) const {
  const node_id lowest;
  const auto found = ring_.lower_bound(ring_key{id_hash, &lowest});
  return found == ring_.end() || found->first.first != id_hash ? nullptr : found->second;
}

std::vector<member_ref> member_table::members() const {
  std::vector<member_ref> result;
  result.reserve(active_count());
  for (const auto& [id, entry] : entries_)
    if (is_active(entry.rec.status))
      result.push_back(ref_of(entry.rec));
  return result;
}

void member_table::visit_range(std::uint64_t first, std::uint64_t last,
                               const std::function<void(const member_entry&)>& visit) const {
  const node_id lowest;
  for (auto i = ring_.lower_bound(ring_key{first, &lowest});
       i != ring_.end() && i->first.first <= last; ++i)
    visit(*i->second);
}

namespace {

/// Walks a circular range from `start` and collects active members until it is back at `id`.
template <class Iterator>
std::vector<const member_entry*> walk(Iterator begin, Iterator end, Iterator start,
                                      const node_id& id, std::size_t count) {
  std::vector<const member_entry*> result;
  auto at = start;
  do {
    if (at == end) {
      at = begin;
      continue;
    }
    const auto* entry = at->second;
    if (result.size() == count || entry->rec.id == id)
      break;
    if (is_active(entry->rec.status))
      result.push_back(entry);
    ++at;
  } while (at != start);
  return result;
}

} // namespace

std::vector<const member_entry*> member_table::successors(const node_id& id,
                                                          std::size_t count) const {
  if (ring_.empty())
    return {};
  const auto start = ring_.upper_bound(ring_key{hash_bytes(id.data(), id.size()), &id});
  return walk(ring_.begin(), ring_.end(), start, id, count);
}

std::vector<const member_entry*> member_table::predecessors(const node_id& id,
                                                            std::size_t count) const {
  if (ring_.empty())
    return {};
  const auto start = ring_.lower_bound(ring_key{hash_bytes(id.data(), id.size()), &id});
  return walk(ring_.rbegin(), ring_.rend(), std::make_reverse_iterator(start), id, count);
}

member_entry& member_table::insert(const node_id& id) {
  const auto [at, is_new] = entries_.try_emplace(id);
  if (is_new) {
    at->second.id_hash = hash_bytes(id.data(), id.size());
    at->second.rec.id = id;
    // Nothing is linked under a final status without tombstone, so `unlink` finds nothing.
    at->second.rec.status = member_status::leaving;
    ring_.emplace(ring_key{at->second.id_hash, &at->first}, &at->second);
  }
  return at->second;
}

void member_table::unlink(member_entry& entry) {
  if (is_active(entry.rec.status)) {
    sum_ -= entry.record_hash;
    --active_;
  } else if (is_final(entry.rec.status)) {
    tombstones_.erase({entry.since, entry.rec.id});
  }
}

void member_table::release_authority(const member_entry& entry) {
  const auto claim = by_address_.find(entry.rec.address);
  if (claim != by_address_.end() && claim->second == &entry)
    by_address_.erase(claim);
}

void member_table::link(member_entry& entry) {
  auto& newest = by_address_.try_emplace(entry.rec.address, &entry).first->second;
  if (takes_precedence(entry.rec, newest->rec))
    newest = &entry;
  if (is_active(entry.rec.status)) {
    sum_ += entry.record_hash;
    ++active_;
  } else if (is_final(entry.rec.status)) {
    tombstones_.emplace(entry.since, entry.rec.id);
  }
}

void member_table::store(member_entry& entry, record&& incoming, const cause& why,
                         const node_id& learned_from, time_point now) {
  unlink(entry);
  if (entry.rec.address != incoming.address)
    release_authority(entry);
  const auto before = entry.status();
  const bool new_run = entry.rec.incarnation != incoming.incarnation;
  // A suspect with another version has refuted in between: it gets its full time again.
  const bool suspected_again =
      incoming.status == member_status::suspect && entry.rec.version != incoming.version;
  entry.rec = std::move(incoming);
  entry.heard = false;
  if (new_run || suspected_again || before != entry.status()) {
    entry.since = now;
    entry.why = why;
  }
  entry.arrival = ++version_;
  entry.learned_from = learned_from;
  entry.record_hash = hash_of(entry.rec);
  link(entry);
  if (tombstones_.size() > tombstones_max_)
    drop_tombstone_besides(entry.rec.id);
}

/// Makes room for a tombstone that has just come: it must stay, for it is still to be told.
void member_table::drop_tombstone_besides(const node_id& id) {
  const auto oldest = std::find_if(tombstones_.begin(), tombstones_.end(),
                                   [&](const auto& item) { return item.second != id; });
  if (oldest == tombstones_.end())
    return;
  ++tombstones_dropped_;
  drop(node_id{oldest->second});
}

/// Returns the newest incarnation of another id at the same authority, if any.
const member_entry* member_table::rival(const record& incoming) const {
  const auto* newest = find_newest(incoming.address);
  return newest != nullptr && newest->rec.id == incoming.id ? nullptr : newest;
}

void member_table::drop(const node_id& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end())
    return;
  unlink(found->second);
  release_authority(found->second);
  ring_.erase(ring_key{found->second.id_hash, &found->first});
  entries_.erase(found);
}

} // namespace caf_gossip
