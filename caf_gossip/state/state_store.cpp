#include "caf_gossip/state/state_store.hpp"

#include <algorithm>
#include <utility>

#include "caf_gossip/base/hashing.hpp"

namespace caf_gossip {

// -- members --------------------------------------------------------------------------------------

void state_store::open(const node_id& self) {
  clear();
  admit(self, 0);
  self_ = &members_.at(self);
}

void state_store::set_incarnation(std::uint64_t incarnation) {
  for (auto& what : self_->entries)
    account(what, false);
  drop_hash(*self_);
  set_hash(*self_, incarnation);
  for (auto& what : self_->entries) {
    account(what, true);
    const auto since = tombstones_.find(what.second.arrival);
    const auto when = since == tombstones_.end() ? time_point{} : since->second;
    unlist(what);
    ++revision_;
    list(what, when);
  }
  last_own_arrival_ = revision_;
}

void state_store::clear() {
  members_.clear();
  by_hash_.clear();
  self_ = nullptr;
  own_log_.clear();
  log_.clear();
  tombstones_.clear();
  ++revision_;
  own_sequence_ = last_own_arrival_ = hash_ = 0;
  entry_count_ = bytes_ = 0;
}

void state_store::admit(const node_id& id, std::uint64_t incarnation) {
  forget(id);
  auto& fresh = members_[id];
  fresh.id = id;
  set_hash(fresh, incarnation);
  ++revision_;
}

void state_store::forget(const node_id& id) {
  const auto found = members_.find(id);
  if (found == members_.end() || &found->second == self_)
    return;
  auto& entries = found->second.entries;
  for (auto i = entries.begin(); i != entries.end();)
    i = erase(i);
  drop_hash(found->second);
  members_.erase(found);
  ++revision_;
}

void state_store::set_hash(member& of, std::uint64_t incarnation) {
  of.incarnation = incarnation;
  of.hash = mix(hash_bytes(of.id.data(), of.id.size()), incarnation);
  by_hash_.emplace(of.hash, &of);
}

void state_store::drop_hash(const member& of) {
  const auto [first, last] = by_hash_.equal_range(of.hash);
  by_hash_.erase(std::find_if(first, last, [&of](const auto& one) { return one.second == &of; }));
}

// -- own entries ----------------------------------------------------------------------------------

expected<void> state_store::set_own(std::string_view key, byte_buffer value, time_point now) {
  const auto name = split(key);
  if (name.map_key && is_live_plain(*self_, name.key))
    return fail(errc::invalid_state, "the key \"" + std::string{name.key}
                                         + "\" holds a plain value; remove it before it becomes a "
                                           "map");
  if (value.size() > limits_.value_bytes)
    return fail(errc::invalid_argument,
                "a value of " + std::to_string(value.size()) + " bytes; allowed are "
                    + std::to_string(limits_.value_bytes) + " (gossip.state-value-bytes-max)");
  const auto at = self_->entries.lower_bound(key);
  const auto replaced = replaced_by(*self_, at, key, own_sequence_ + 1);
  if (auto room = fits(*self_, replaced, std::string{key}, value); !room)
    return room;
  publish_own(key, std::move(value), false, now);
  return {};
}

bool state_store::remove_own(std::string_view key, time_point now) {
  const bool is_there = read(*self_, key).has_value();
  if (is_there)
    publish_own(key, {}, true, now);
  return is_there;
}

void state_store::publish_own(std::string_view key, byte_buffer value, bool removed,
                              time_point now) {
  ++own_sequence_;
  const auto& written = write(*self_, self_->entries.lower_bound(key), key,
                              {std::move(value), own_sequence_, 0, removed}, 0, now);
  last_own_arrival_ = std::max(last_own_arrival_, written.second.arrival);
}

std::uint64_t state_store::resolve_own(const gossip_member_state& remote, time_point now) {
  constexpr auto believable = ~std::uint64_t{0} / 2;
  std::vector<std::string> conflicts;
  auto above = own_sequence_;
  for (const auto& [key, what] : remote) {
    const auto mine = self_->entries.find(key);
    const bool known = mine != self_->entries.end();
    if (!is_wire_key(key) || what.sequence_number > believable || (!known && what.removed)
        || (!known && is_shadowed(*self_, key, what.sequence_number)))
      continue;
    const bool is_newer = !known || what.sequence_number > mine->second.kv.sequence_number;
    const bool is_other =
        known && what.sequence_number == mine->second.kv.sequence_number
        && (what.value != mine->second.kv.value || what.removed != mine->second.kv.removed);
    if (!is_newer && !is_other)
      continue;
    above = std::max(above, what.sequence_number);
    conflicts.push_back(key);
  }
  own_sequence_ = above;
  for (const auto& key : conflicts) {
    const auto mine = self_->entries.find(key);
    const bool known = mine != self_->entries.end();
    if (!known && !fits(*self_, {}, key, {}))
      continue;
    const bool lives = known && !mine->second.kv.removed;
    publish_own(key, lives ? mine->second.kv.value : byte_buffer{}, !lives, now);
  }
  return conflicts.size();
}

// -- entries of others ----------------------------------------------------------------------------

void state_store::merge(const node_id& id, const gossip_member_state& remote, std::uint32_t source,
                        time_point now, std::vector<gossip_update>& updates) {
  const auto found = members_.find(id);
  if (found == members_.end() || &found->second == self_)
    return;
  std::vector<const gossip_member_state::value_type*> written;
  written.reserve(remote.size());
  for (const auto& one : remote)
    written.push_back(&one);
  std::sort(written.begin(), written.end(), [](const auto* left, const auto* right) {
    return left->second.sequence_number < right->second.sequence_number;
  });
  const auto shown = clock_.at(now);
  for (const auto* one : written) {
    const auto& [key, what] = *one;
    switch (accept(found->second, key, what, source, now)) {
      case verdict::accepted:
        ++counts_.accepted;
        updates.push_back(update_of(*found->second.entries.find(key), shown));
        break;
      case verdict::stale:
        ++counts_.stale;
        break;
      case verdict::refused:
        ++counts_.refused;
        break;
    }
  }
}

state_store::verdict state_store::accept(member& owner, const std::string& key,
                                         const gossip_key_value& what, std::uint32_t source,
                                         time_point now) {
  const auto at = owner.entries.lower_bound(key);
  if (at != owner.entries.end() && at->first == key
      && at->second.kv.sequence_number >= what.sequence_number)
    return verdict::stale;
  if (what.sequence_number == 0 || !is_wire_key(key) || what.value.size() > limits_.value_bytes
      || (what.removed && !what.value.empty()))
    return verdict::refused;
  if (is_shadowed(owner, key, what.sequence_number))
    return verdict::stale;
  // Members forget a tombstone at different times: it must not go round for ever.
  const bool is_known = at != owner.entries.end() && at->first == key;
  if (!is_known && what.removed && what.sequence_number <= owner.collected)
    return verdict::stale;
  if (!fits(owner, replaced_by(owner, at, key, what.sequence_number), key, what.value))
    return verdict::refused;
  write(owner, at, key, what, source, now);
  return verdict::accepted;
}

} // namespace caf_gossip
