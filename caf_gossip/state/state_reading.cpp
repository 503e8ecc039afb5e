/// How the store is read: an entry, a value, or a map as one value.
#include <algorithm>
#include <utility>

#include "caf_gossip/state/map_codec.hpp"
#include "caf_gossip/state/state_store.hpp"

namespace caf_gossip {

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

std::uint32_t state_store::source_of(const node_id& id, std::string_view stored_key) const {
  const auto* of = member_of(id);
  if (of == nullptr)
    return 0;
  const auto found = of->entries.find(stored_key);
  return found == of->entries.end() ? 0 : found->second.source;
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
