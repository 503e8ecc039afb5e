/// Reading and writing: the gossiper's side of the users.
#include <algorithm>
#include <string>
#include <utility>

#include "caf_gossip/state/gossiper.hpp"

namespace caf_gossip {

// -- this node's state ----------------------------------------------------------------------------

expected<void> gossiper::set_state(std::string_view key, byte_buffer value, time_point now,
                                   std::optional<milliseconds> ttl) {
  return write(check_key(key), std::string{key}, std::move(value), now, ttl);
}

expected<void> gossiper::set_map_state(std::string_view key, std::string_view map_key,
                                       byte_buffer value, time_point now,
                                       std::optional<milliseconds> ttl) {
  return write(check_map_key(key, map_key), map_entry_key(key, map_key), std::move(value), now,
               ttl);
}

expected<void> gossiper::write(const expected<void>& allowed, const std::string& stored_key,
                               byte_buffer value, time_point now, std::optional<milliseconds> ttl) {
  if (auto running = require_running(); !running)
    return running;
  if (!allowed)
    return allowed;
  if (ttl && (*ttl < milliseconds{1} || *ttl > state_ttl_max))
    return fail(errc::invalid_argument, "a time to live of " + std::to_string(ttl->count())
                                            + "ms; allowed are 1ms to "
                                            + std::to_string(state_ttl_max.count()) + "h");
  auto done = store_.set_own(stored_key, std::move(value), now);
  if (!done)
    return done;
  spread(self_.id, stored_key, now);
  expire_at(stored_key, ttl ? now + *ttl : never);
  return done;
}

expected<void> gossiper::remove_state(std::string_view key, time_point now) {
  return remove(check_key(key), std::string{key}, now);
}

expected<void> gossiper::remove_map_state(std::string_view key, std::string_view map_key,
                                          time_point now) {
  return remove(check_map_key(key, map_key), map_entry_key(key, map_key), now);
}

expected<void> gossiper::remove(const expected<void>& allowed, const std::string& stored_key,
                                time_point now) {
  if (auto running = require_running(); !running)
    return running;
  if (!allowed)
    return allowed;
  if (store_.remove_own(stored_key, now))
    spread(self_.id, stored_key, now);
  expire_at(stored_key, never);
  return {};
}

/// A write to a plain key has ended the map under it.
void gossiper::expire_at(const std::string& stored_key, time_point deadline) {
  expiries_.set(stored_key, deadline);
  expiries_.drop_all(map_entry_key(stored_key, {}));
}

void gossiper::expire_keys(time_point now) {
  for (const auto& stored_key : expiries_.take_due(now))
    if (store_.remove_own(stored_key, now))
      spread(self_.id, stored_key, now);
}

expected<void> gossiper::set_actor_counts(const member_heartbeat& counts) {
  auto encoded = encode_heartbeat(counts);
  if (!encoded)
    return tl::unexpected<error>{encoded.error()};
  if (encoded->size() > cfg_.state_value_bytes_max)
    return fail(errc::invalid_argument,
                "the counts of actors take " + std::to_string(encoded->size())
                    + " bytes; allowed are " + std::to_string(cfg_.state_value_bytes_max));
  heartbeat_ = std::move(*encoded);
  return {};
}

void gossiper::report(std::string what, std::string reason, time_point now) {
  outcome_.events.emplace_back(
      gossip_input_refused{stamp(now), {}, std::move(what), std::move(reason)});
}

// -- reading --------------------------------------------------------------------------------------

expected<gossip_values> gossiper::get_state(std::string_view key) const {
  return require_running().map([&] { return store_.get(key); });
}

expected<gossip_key_value> gossiper::get_state(const node_id& member, std::string_view key) const {
  if (auto running = require_running(); !running)
    return tl::unexpected<error>{running.error()};
  if (!store_.has_member(member))
    return fail(errc::unknown_authority, "no member has the id \"" + member + "\"");
  if (auto found = store_.get(member, key))
    return std::move(*found);
  return fail(errc::state_not_found,
              "the member \"" + member + "\" has no key \"" + std::string{key} + "\"");
}

expected<std::optional<byte_buffer>> gossiper::get_map_state(std::string_view key,
                                                             std::string_view map_key) const {
  return require_running().map([&] { return store_.get_map_entry(self_.id, key, map_key); });
}

expected<std::vector<std::string>> gossiper::get_map_keys(std::string_view key) const {
  return require_running().map([&] {
    std::vector<std::string> result;
    for (const auto& [map_key, value] : store_.get_map(self_.id, key))
      result.push_back(map_key);
    return result;
  });
}

expected<merged_map> gossiper::get_merged_map(std::string_view key) const {
  return require_running().map([&] {
    merged_map result;
    for (const auto& id : store_.members())
      for (auto& [map_key, value] : store_.get_map(id, key))
        result[map_key].emplace(id, std::move(value));
    return result;
  });
}

std::vector<member_values> gossiper::values_of_active(const std::vector<std::string>& keys) const {
  std::vector<member_values> result;
  for (const auto& id : store_.members()) {
    auto& one = result.emplace_back(member_values{id, {}});
    for (const auto& key : keys) {
      auto found = store_.get(id, key);
      one.values.push_back(found ? std::optional{std::move(found->value)} : std::nullopt);
    }
  }
  return result;
}

std::vector<gossip_update> gossiper::read_updates(std::string_view key, bool is_prefix) const {
  return store_.read_updates(key, is_prefix);
}

// -- block list -----------------------------------------------------------------------------------

expected<void> gossiper::block_members(const std::vector<node_id>& ids, time_point now) {
  if (auto running = require_running(); !running)
    return running;
  for (const auto& id : ids) {
    if (id == self_.id)
      return fail(errc::invalid_argument, "a member cannot block itself (\"" + id + "\")");
    if (topology_.count(id) == 0 && blocked_.find_blocked(id) == nullptr)
      return fail(errc::unknown_authority, "no member has the id \"" + id + "\"");
  }
  for (const auto& id : ids)
    if (peers_.find(id) != nullptr)
      dismiss(id, block_reason::requested, now);
  return {};
}

expected<void> gossiper::unblock_member(const node_id& id, time_point now) {
  if (auto running = require_running(); !running)
    return running;
  if (blocked_.find_blocked(id) == nullptr)
    return fail(errc::unknown_authority, "no blocked member has the id \"" + id + "\"");
  blocked_.remove(id);
  store_.bump();
  outcome_.events.emplace_back(member_unblocked{stamp(now), id});
  if (const auto member = topology_.find(id); member != topology_.end())
    admit(member->second, now);
  return {};
}

bool gossiper::is_blocked(const node_id& id) const {
  return blocked_.find_blocked(id) != nullptr;
}

expected<std::vector<node_id>> gossiper::blocked_members() const {
  return require_running().map([&] {
    std::vector<node_id> result;
    for (const auto& one : blocked_.list())
      result.push_back(one.id);
    return result;
  });
}

} // namespace caf_gossip
