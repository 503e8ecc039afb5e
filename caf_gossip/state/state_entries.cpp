/// How the store keeps its entries: what replaces what, what fits, and what is counted.
#include <algorithm>
#include <iterator>
#include <utility>

#include "caf_gossip/base/hashing.hpp"
#include "caf_gossip/state/state_store.hpp"

namespace caf_gossip {

/// A write to a plain key ends all older entries of the map under it.
bool state_store::is_shadowed(const member& owner, std::string_view key, std::uint64_t sequence) {
  const auto name = split(key);
  if (!name.map_key)
    return false;
  const auto plain = owner.entries.find(name.key);
  return plain != owner.entries.end() && plain->second.kv.sequence_number > sequence;
}

state_store::footprint state_store::replaced_by(member& owner, entry_map::iterator at,
                                                std::string_view key,
                                                std::uint64_t sequence) const {
  footprint result;
  const auto add = [&result](const item& what) {
    ++result.keys;
    result.bytes += entry_bytes(what.first, what.second.kv.value);
  };
  if (at != owner.entries.end() && at->first == key)
    add(*at++);
  for (; at != owner.entries.end() && is_entry_of(at->first, key); ++at)
    if (at->second.kv.sequence_number < sequence)
      add(*at);
  return result;
}

expected<void> state_store::fits(const member& owner, const footprint& replaced,
                                 const std::string& key, const byte_buffer& value) const {
  if (is_reserved_key(key))
    return {}; // there are two of them, and a member must be able to say goodbye
  const auto full = [](const char* what, std::size_t max) {
    return fail(errc::limit_reached, std::string{what} + std::to_string(max));
  };
  const auto added = entry_bytes(key, value);
  if (owner.keys - replaced.keys + 1 > limits_.keys)
    return full("keys of one member, removed ones that are still remembered included, reach "
                "gossip.state-keys-max = ",
                limits_.keys);
  if (owner.bytes - replaced.bytes + added > limits_.member_bytes)
    return full("one member's state would exceed gossip.state-member-bytes-max = ",
                limits_.member_bytes);
  if (bytes_ - replaced.bytes + added > limits_.bytes)
    return full("all members' state would exceed gossip.state-bytes-max = ", limits_.bytes);
  return {};
}

/// A heartbeat that says the same as before is no news: it keeps its place.
const state_store::item& state_store::write(member& owner, entry_map::iterator at,
                                            std::string_view key, gossip_key_value what,
                                            std::uint32_t source, time_point now) {
  const bool is_new = at == owner.entries.end() || at->first != key;
  if (is_new)
    at = owner.entries.emplace_hint(at, std::string{key}, stored{});
  auto& place = at->second;
  const bool is_refresh = !is_new && key == heartbeat_key && place.kv.value == what.value
                          && place.kv.removed == what.removed;
  if (is_new) {
    place.owner = &owner;
  } else {
    account(*at, false);
    if (!is_refresh)
      unlist(*at);
  }
  place.kv = std::move(what);
  place.kv.local_timestamp_unix_milliseconds = clock_.at(now).time_since_epoch().count();
  place.source = source;
  account(*at, true);
  ++revision_;
  if (!is_refresh)
    list(*at, now);
  drop_map(owner, at);
  return *at;
}

void state_store::drop_map(member& owner, entry_map::iterator plain) {
  const std::string_view key = plain->first;
  const auto below = plain->second.kv.sequence_number;
  for (auto i = std::next(plain); i != owner.entries.end() && is_entry_of(i->first, key);)
    i = i->second.kv.sequence_number < below ? erase(i) : std::next(i);
}

state_store::entry_map::iterator state_store::erase(entry_map::iterator which) {
  account(*which, false);
  unlist(*which);
  return which->second.owner->entries.erase(which);
}

void state_store::account(const item& what, bool added) {
  auto& owner = *what.second.owner;
  const auto size = entry_bytes(what.first, what.second.kv.value);
  const auto term = hash_of(what);
  const auto step = [added](auto& counter, auto by) { added ? counter += by : counter -= by; };
  step(entry_count_, std::size_t{1});
  step(bytes_, size);
  step(hash_, term);
  step(owner.sum, term);
  step(owner.live, std::size_t{what.second.kv.removed ? 0U : 1U});
  if (is_reserved_key(what.first))
    return;
  step(owner.keys, std::size_t{1});
  step(owner.bytes, size);
}

void state_store::list(item& what, time_point now) {
  what.second.arrival = revision_;
  (what.second.owner == self_ ? own_log_ : log_).append(revision_, &what);
  if (what.second.kv.removed)
    tombstones_.emplace_hint(tombstones_.end(), revision_, now);
}

void state_store::unlist(const item& what) {
  (what.second.owner == self_ ? own_log_ : log_).erase(what.second.arrival);
  if (what.second.kv.removed)
    tombstones_.erase(what.second.arrival);
}

/// Of a heartbeat its content counts, because its number moves all the time.
std::uint64_t state_store::version_of(const item& what) {
  const auto& kv = what.second.kv;
  return what.first == heartbeat_key ? hash_bytes(kv.value.data(), kv.value.size())
                                     : kv.sequence_number;
}

std::uint64_t state_store::key_hash_of(const item& what) {
  return mix(what.second.owner->hash, hash_bytes(what.first.data(), what.first.size()));
}

/// Tombstones do not count, because members forget them at different times.
std::uint64_t state_store::hash_of(const item& what) {
  return what.second.kv.removed ? 0 : mix(key_hash_of(what), version_of(what));
}

void state_store::collect(std::uint64_t acknowledged_by_all, duration grace, duration ttl,
                          time_point now) {
  for (auto i = tombstones_.begin(); i != tombstones_.end();) {
    const auto [number, since] = *i++;
    const bool is_known_to_all = number <= acknowledged_by_all && now - since > grace;
    if (!is_known_to_all && now - since <= ttl)
      continue;
    const auto* what = own_log_.at(number) != nullptr ? own_log_.at(number) : log_.at(number);
    auto& owner = *what->second.owner;
    owner.collected = std::max(owner.collected, what->second.kv.sequence_number);
    erase(owner.entries.find(what->first));
  }
}

} // namespace caf_gossip
