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

record with_status(const record& what, member_status status) {
  auto changed = what;
  changed.status = status;
  return changed;
}

} // namespace

member_table::member_table(std::size_t members_max, std::size_t tombstones_max)
    : members_max_(members_max), tombstones_max_(tombstones_max) {}

merge_result member_table::merge(const shared_record& incoming, const cause& why,
                                 const node_id& learned_from, time_point now) {
  merge_result result;
  const auto at = slot_of(incoming);
  const auto* known = at ? &entries_[*at] : nullptr;
  const bool same_run = known != nullptr && known->rec->incarnation == incoming->incarnation;
  if (same_run)
    result.from = known->status();
  // The usual case. Whoever took its authority has been seen to when it was stored.
  if (same_run && known->rec == incoming)
    return result;
  auto item = incoming;
  const auto* other = rival(item);
  if (other != nullptr && takes_precedence(*other->rec, *item))
    item = with_status(*item, member_status::removed);
  else if (other != nullptr && other->rec->status != member_status::removed)
    result.displaced = *other;
  if (known != nullptr) {
    const auto order = compare(*item, *known->rec);
    if (same_run && in_conflict(*item, *known->rec))
      result.conflict = order > 0 ? *known->rec : *item;
    if (order <= 0) {
      const bool claims_news = same_run && item->version > known->rec->version
                               && !is_reachable(known->rec->status, item->status);
      result.kind = order == 0    ? merge_kind::unchanged
                    : claims_news ? merge_kind::forbidden
                                  : merge_kind::stale;
      result.displaced.reset();
      return result;
    }
    if (!same_run && !is_final(known->rec->status)) {
      result.replaced = *known->rec;
      result.replaced->status = known->status();
    }
  }
  const bool frees_room = (known != nullptr && is_active(known->rec->status))
                          || (result.displaced && is_active(result.displaced->rec->status));
  if (is_active(item->status) && !frees_room && active_count() >= members_max_) {
    ++members_refused_;
    result.displaced.reset();
    result.kind = merge_kind::table_full;
    return result;
  }
  if (result.displaced) {
    const auto& gone = *result.displaced->rec;
    store(*slot_of(gone.id), with_status(gone, member_status::removed),
          {now, cause{cause_kind::replaced, item->id, 0, {}}, false, {}});
  }
  store(insert(item), item, {now, why, false, learned_from});
  result.kind = merge_kind::accepted;
  return result;
}

bool member_table::mark_heard(const node_id& id, bool heard, const cause& why, time_point now) {
  const auto where = slot_of(id);
  if (!where || entries_[*where].rec->status != member_status::suspect
      || entries_[*where].how->heard == heard)
    return false;
  auto& how = entries_[*where].how;
  how = shared({now, why, heard, how->learned_from});
  return true;
}

void member_table::grant(const node_id& suspect, duration more) {
  const auto where = slot_of(suspect);
  if (!where || entries_[*where].rec->status != member_status::suspect)
    return;
  auto how = *entries_[*where].how;
  how.since += more;
  entries_[*where].how = shared(std::move(how));
}

std::size_t member_table::forget_tombstones(time_point before) {
  std::size_t count = 0;
  for (; !tombstones_.empty() && tombstones_.begin()->first < before; ++count)
    drop(tombstones_.begin()->second);
  return count;
}

void member_table::expect(std::size_t more) {
  ring_.reserve(ring_.size() + more);
  by_address_.reserve(by_address_.size() + more);
}

void member_table::clear() {
  by_address_.clear();
  tombstones_.clear();
  ring_.clear();
  entries_.clear();
  free_.clear();
  latest_ = {};
  active_ = 0;
  version_ = sum_ = 0;
}

// -- finding ------------------------------------------------------------------------------------

std::optional<member_slot> member_table::slot_of(const node_id& id) const {
  return find_slot(hash_of_id(id), id);
}

std::optional<member_slot> member_table::slot_of(const shared_record& rec) const {
  return find_slot(rec.id_hash(), rec->id);
}

std::optional<member_slot> member_table::find_slot(std::uint64_t id_hash, const node_id& id) const {
  const auto found =
      ring_.find(id_hash, [&](member_slot where) { return entries_[where].rec->id == id; });
  return found == ring_.size() ? std::nullopt : std::optional{ring_.at(found)};
}

const member_entry* member_table::find(const node_id& id) const {
  const auto where = slot_of(id);
  return where ? &entries_[*where] : nullptr;
}

const member_entry* member_table::find(const authority& where) const {
  const auto* entry = find_newest(where);
  return entry != nullptr && is_active(entry->rec->status) ? entry : nullptr;
}

const member_entry* member_table::find_newest(const authority& where) const {
  const auto claim = claim_on(hash_of(where), where);
  return claim == by_address_.size() ? nullptr : &entries_[by_address_.at(claim)];
}

const member_entry* member_table::find_hash(std::uint64_t id_hash) const {
  const auto found = ring_.find(
      id_hash, [&](member_slot where) { return entries_[where].rec.id_hash() == id_hash; });
  return found == ring_.size() ? nullptr : &entries_[ring_.at(found)];
}

std::vector<member_ref> member_table::members() const {
  std::vector<member_ref> result;
  result.reserve(active_count());
  visit([&](const member_entry& entry) {
    if (is_active(entry.rec->status))
      result.push_back(ref_of(*entry.rec));
  });
  std::sort(result.begin(), result.end());
  return result;
}

/// Returns the position of the newest incarnation at an authority among the claims; their number
/// when there is none.
std::size_t member_table::claim_on(std::uint64_t address_hash, const authority& where) const {
  return by_address_.find(
      address_hash, [&](member_slot claimant) { return entries_[claimant].rec->address == where; });
}

// -- the ring -----------------------------------------------------------------------------------

std::size_t member_table::position(std::uint64_t id_hash, const node_id& id) const {
  auto at = ring_.position(id_hash);
  for (; at < ring_.size(); ++at) {
    const auto& rec = entries_[ring_.at(at)].rec;
    if (rec.id_hash() > id_hash || (rec.id_hash() == id_hash && rec->id >= id))
      break;
  }
  return at;
}

/// Collects active members from `start` on, `step` places further each time around the ring, until
/// it is back at `id`.
std::vector<const member_entry*> member_table::walk(const node_id& id, std::size_t count,
                                                    std::size_t start, std::size_t step) const {
  std::vector<const member_entry*> result;
  const auto size = ring_.size();
  for (std::size_t i = 0; i < size && result.size() < count; ++i) {
    const auto& entry = entries_[ring_.at((start + i * step) % size)];
    if (entry.rec->id == id)
      break;
    if (is_active(entry.rec->status))
      result.push_back(&entry);
  }
  return result;
}

std::vector<const member_entry*> member_table::successors(const node_id& id,
                                                          std::size_t count) const {
  auto start = position(hash_of_id(id), id);
  if (start < ring_.size() && entries_[ring_.at(start)].rec->id == id)
    ++start;
  return walk(id, count, start, 1);
}

std::vector<const member_entry*> member_table::predecessors(const node_id& id,
                                                            std::size_t count) const {
  const auto back = ring_.size() - 1; // So many places on is one place back.
  return walk(id, count, position(hash_of_id(id), id) + back, back);
}

// -- changing -----------------------------------------------------------------------------------

/// Returns the slot of the record's id; a new one holds the record, but is not linked yet.
member_slot member_table::insert(const shared_record& rec) {
  if (const auto known = slot_of(rec))
    return *known;
  member_slot where = 0;
  if (free_.empty()) {
    where = static_cast<member_slot>(entries_.size());
    entries_.emplace_back();
  } else {
    where = free_.back();
    free_.pop_back();
  }
  entries_[where].rec = rec;
  const auto is_before = [this](member_slot lhs, member_slot rhs) {
    const auto& left = entries_[lhs].rec;
    const auto& right = entries_[rhs].rec;
    return left.id_hash() != right.id_hash() ? left.id_hash() < right.id_hash()
                                             : left->id < right->id;
  };
  ring_.insert(rec.id_hash(), where, is_before);
  return where;
}

void member_table::unlink(member_slot where) {
  const auto& entry = entries_[where];
  if (!entry.how)
    return; // It was never linked.
  if (is_active(entry.rec->status)) {
    sum_ -= entry.rec.hash();
    --active_;
  } else if (is_final(entry.rec->status)) {
    tombstones_.erase({entry.how->since, where});
  }
}

void member_table::release_authority(member_slot where) {
  by_address_.erase(entries_[where].rec.address_hash(), where);
}

void member_table::link(member_slot where) {
  const auto& entry = entries_[where];
  const auto claim = claim_on(entry.rec.address_hash(), entry.rec->address);
  if (claim == by_address_.size())
    by_address_.insert(entry.rec.address_hash(), where,
                       [](member_slot, member_slot) { return false; });
  else if (takes_precedence(*entry.rec, *entries_[by_address_.at(claim)].rec))
    by_address_.replace(claim, where);
  if (is_active(entry.rec->status)) {
    sum_ += entry.rec.hash();
    ++active_;
  } else if (is_final(entry.rec->status)) {
    tombstones_.emplace(entry.how->since, where);
  }
}

void member_table::store(member_slot where, const shared_record& incoming, provenance how) {
  auto& entry = entries_[where];
  unlink(where);
  if (entry.rec->address != incoming->address)
    release_authority(where);
  if (entry.how) {
    const bool new_run = entry.rec->incarnation != incoming->incarnation;
    // A suspect with another version has refuted in between: it gets its full time again.
    const bool suspected_again =
        incoming->status == member_status::suspect && entry.rec->version != incoming->version;
    if (!new_run && !suspected_again && entry.status() == incoming->status) {
      how.since = entry.how->since;
      how.why = entry.how->why;
    }
  }
  entry.rec = incoming;
  entry.how = shared(std::move(how));
  ++version_;
  link(where);
  if (tombstones_.size() > tombstones_max_)
    drop_tombstone_besides(where);
}

shared_value<provenance> member_table::shared(provenance&& how) {
  if (!latest_ || *latest_ != how)
    latest_ = shared_value<provenance>{std::move(how)};
  return latest_;
}

/// Makes room for a tombstone that has just come: it must stay, for it is still to be told.
void member_table::drop_tombstone_besides(member_slot where) {
  const auto oldest = std::find_if(tombstones_.begin(), tombstones_.end(),
                                   [&](const auto& item) { return item.second != where; });
  if (oldest == tombstones_.end())
    return;
  ++tombstones_dropped_;
  drop(oldest->second);
}

/// Returns the newest incarnation of another id at the same authority, if any.
const member_entry* member_table::rival(const shared_record& incoming) const {
  const auto claim = claim_on(incoming.address_hash(), incoming->address);
  if (claim == by_address_.size())
    return nullptr;
  const auto& newest = entries_[by_address_.at(claim)];
  return newest.rec->id == incoming->id ? nullptr : &newest;
}

void member_table::drop(member_slot where) {
  unlink(where);
  release_authority(where);
  ring_.erase(entries_[where].rec.id_hash(), where);
  entries_[where] = {};
  free_.push_back(where);
}

} // namespace caf_gossip
