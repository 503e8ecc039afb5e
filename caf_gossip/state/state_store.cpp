#include "caf_gossip/state/state_store.hpp"

#include <algorithm>
#include <utility>

#include "caf_gossip/base/hashing.hpp"
#include "caf_gossip/state/map_codec.hpp"

namespace caf_gossip {

namespace {

/// Tells whether `stored` is an entry of the map under `key`.
bool is_entry_of(std::string_view stored, std::string_view key) {
  return stored.size() > key.size() && stored[key.size()] == map_separator
         && stored.substr(0, key.size()) == key;
}

} // namespace

// -- members --------------------------------------------------------------------------------------

void state_store::open(const node_id& self) {
  clear();
  admit(self, 0);
  self_ = &members_.at(self);
}

void state_store::set_incarnation(std::uint64_t incarnation) {
  for (auto& what : self_->entries)
    account(what, false);
  self_->incarnation = incarnation;
  self_->hash = mix(hash_bytes(self_->id.data(), self_->id.size()), incarnation);
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
  fresh.incarnation = incarnation;
  fresh.hash = mix(hash_bytes(id.data(), id.size()), incarnation);
  ++revision_;
}

void state_store::forget(const node_id& id) {
  const auto found = members_.find(id);
  if (found == members_.end() || &found->second == self_)
    return;
  auto& entries = found->second.entries;
  for (auto i = entries.begin(); i != entries.end();)
    i = erase(i);
  members_.erase(found);
  ++revision_;
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

// -- how entries are kept -------------------------------------------------------------------------

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

/// Tombstones do not count, because members forget them at different times. Of a heartbeat its
/// content counts, because its number moves all the time.
std::uint64_t state_store::hash_of(const item& what) const {
  const auto& kv = what.second.kv;
  if (kv.removed)
    return 0;
  const auto version = what.first == heartbeat_key ? hash_bytes(kv.value.data(), kv.value.size())
                                                   : kv.sequence_number;
  return mix(mix(what.second.owner->hash, hash_bytes(what.first.data(), what.first.size())),
             version);
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

// -- reading --------------------------------------------------------------------------------------

bool state_store::is_live_plain(const member& owner, std::string_view key) {
  auto at = owner.entries.find(key);
  if (at == owner.entries.end() || at->second.kv.removed)
    return false;
  const auto since = at->second.kv.sequence_number;
  for (++at; at != owner.entries.end() && is_entry_of(at->first, key); ++at)
    if (at->second.kv.sequence_number > since)
      return false;
  return true;
}

std::optional<gossip_key_value> state_store::read(const member& of, std::string_view key) {
  if (is_live_plain(of, key))
    return of.entries.find(key)->second.kv;
  state_map map;
  gossip_key_value result;
  for (auto i = of.entries.lower_bound(key); i != of.entries.end(); ++i) {
    const auto& [name, place] = *i;
    if (name == key)
      continue;
    if (!is_entry_of(name, key))
      break;
    if (place.kv.removed || is_shadowed(of, name, place.kv.sequence_number))
      continue;
    map.emplace(*split(name).map_key, place.kv.value);
    result.sequence_number = std::max(result.sequence_number, place.kv.sequence_number);
    result.local_timestamp_unix_milliseconds = std::max(result.local_timestamp_unix_milliseconds,
                                                        place.kv.local_timestamp_unix_milliseconds);
  }
  if (map.empty())
    return std::nullopt;
  result.value = encode_map(map);
  return result;
}

gossip_values state_store::get(std::string_view key) const {
  gossip_values result;
  for (const auto& [id, one] : members_)
    if (auto found = read(one, key))
      result.emplace_hint(result.end(), id, std::move(*found));
  return result;
}

std::optional<gossip_key_value> state_store::get(const node_id& id, std::string_view key) const {
  const auto* found = member_of(id);
  return found == nullptr ? std::nullopt : read(*found, key);
}

std::optional<byte_buffer> state_store::get_map_entry(const node_id& id, std::string_view key,
                                                      std::string_view map_key) const {
  const auto* kv = find(id, map_entry_key(key, map_key));
  if (kv == nullptr || kv->removed || is_live_plain(*member_of(id), key))
    return std::nullopt;
  return kv->value;
}

state_map state_store::get_map(const node_id& id, std::string_view key) const {
  const auto* found = member_of(id);
  if (found == nullptr || is_live_plain(*found, key))
    return {};
  const auto encoded = read(*found, key);
  return encoded ? decode_map(encoded->value).value_or(state_map{}) : state_map{};
}

std::vector<gossip_update> state_store::read_updates(std::string_view key, bool is_prefix) const {
  std::vector<gossip_update> result;
  for (const auto& [id, one] : members_) {
    for (auto i = one.entries.lower_bound(key); i != one.entries.end(); ++i) {
      const std::string_view name = i->first;
      if (name.substr(0, key.size()) != key)
        break;
      const bool is_meant = is_prefix || name == key || is_entry_of(name, key);
      const auto& kv = i->second.kv;
      const bool is_live = !kv.removed && !is_shadowed(one, name, kv.sequence_number)
                           && (split(name).map_key || is_live_plain(one, name));
      if (is_meant && is_live)
        result.push_back(update_of(
            *i, unix_time{std::chrono::milliseconds{kv.local_timestamp_unix_milliseconds}}));
    }
  }
  return result;
}

gossip_update state_store::update_of(const item& what, unix_time at) const {
  const auto name = split(what.first);
  const auto& kv = what.second.kv;
  return {{0, at},
          what.second.owner->id,
          std::string{name.key},
          name.map_key ? std::optional<std::string>{*name.map_key} : std::nullopt,
          kv.value,
          kv.sequence_number,
          kv.removed,
          revision_};
}

const gossip_key_value* state_store::find(const node_id& id, std::string_view stored_key) const {
  const auto* of = member_of(id);
  if (of == nullptr)
    return nullptr;
  const auto found = of->entries.find(stored_key);
  return found == of->entries.end() ? nullptr : &found->second.kv;
}

const state_store::member* state_store::member_of(const node_id& id) const {
  const auto found = members_.find(id);
  return found == members_.end() ? nullptr : &found->second;
}

std::uint64_t state_store::incarnation_of(const node_id& id) const {
  const auto* found = member_of(id);
  return found == nullptr ? 0 : found->incarnation;
}

std::vector<node_id> state_store::members() const {
  std::vector<node_id> result;
  for (const auto& [id, one] : members_)
    result.push_back(id);
  return result;
}

} // namespace caf_gossip
