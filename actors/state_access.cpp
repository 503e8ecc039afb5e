#include "actors/state_access.hpp"

#include <caf/send.hpp>

#include "actors/module.hpp"

namespace caf_gossip {

expected<void> state_access::require_module() const {
  if (module_ == nullptr)
    return fail(errc::not_started, "the module is not loaded; call caf_gossip::load(cfg) first");
  if (!module_->status())
    return fail(module_->status().error().code, module_->status().error().text);
  return {};
}

shared_gossiper* state_access::shared() const {
  return module_ == nullptr ? nullptr : module_->state().get();
}

template <class Call>
auto state_access::change(Call call) const -> std::invoke_result_t<Call, gossiper&, time_point> {
  if (auto loaded = require_module(); !loaded)
    return tl::unexpected<error>{loaded.error()};
  return shared()->with(call);
}

template <class Call>
auto state_access::read(Call call) const -> std::invoke_result_t<Call, const gossiper&> {
  if (auto loaded = require_module(); !loaded)
    return tl::unexpected<error>{loaded.error()};
  return shared()->read(call);
}

// -- values ---------------------------------------------------------------------------------------

expected<gossip_values> state_access::get_state(std::string_view key) const {
  return read([&](const gossiper& core) { return core.get_state(key); });
}

expected<gossip_key_value> state_access::get_state(const node_id& member,
                                                   std::string_view key) const {
  return read([&](const gossiper& core) { return core.get_state(member, key); });
}

expected<void> state_access::set_state(std::string_view key, byte_buffer value) {
  return change(
      [&](gossiper& core, time_point now) { return core.set_state(key, std::move(value), now); });
}

expected<void> state_access::set_state(std::string_view key, byte_buffer value, milliseconds ttl) {
  return change([&](gossiper& core, time_point now) {
    return core.set_state(key, std::move(value), now, ttl);
  });
}

expected<void> state_access::set_state_request(std::string_view key, byte_buffer value) {
  if (auto loaded = require_module(); !loaded)
    return loaded;
  const auto set = [&](gossiper& core, time_point now) {
    return core.set_state(key, std::move(value), now);
  };
  return shared()->try_with(set, module_->status()->gossip_request_timeout);
}

expected<void> state_access::remove_state(std::string_view key) {
  return change([&](gossiper& core, time_point now) { return core.remove_state(key, now); });
}

// -- maps -----------------------------------------------------------------------------------------

expected<void> state_access::set_map_state(std::string_view key, std::string_view map_key,
                                           byte_buffer value) {
  return change([&](gossiper& core, time_point now) {
    return core.set_map_state(key, map_key, std::move(value), now);
  });
}

expected<std::optional<byte_buffer>> state_access::get_map_state(std::string_view key,
                                                                 std::string_view map_key) const {
  return read([&](const gossiper& core) { return core.get_map_state(key, map_key); });
}

expected<void> state_access::remove_map_state(std::string_view key, std::string_view map_key) {
  return change(
      [&](gossiper& core, time_point now) { return core.remove_map_state(key, map_key, now); });
}

expected<std::vector<std::string>> state_access::get_map_keys(std::string_view key) const {
  return read([&](const gossiper& core) { return core.get_map_keys(key); });
}

expected<merged_map> state_access::get_merged_map_state(std::string_view key) const {
  return read([&](const gossiper& core) { return core.get_merged_map(key); });
}

// -- blocking -------------------------------------------------------------------------------------

expected<std::vector<node_id>> state_access::get_blocked_members() const {
  return read([](const gossiper& core) { return core.blocked_members(); });
}

expected<void> state_access::block_members(const std::vector<node_id>& ids) {
  return change([&](gossiper& core, time_point now) { return core.block_members(ids, now); });
}

expected<void> state_access::unblock_member(const node_id& id) {
  return change([&](gossiper& core, time_point now) { return core.unblock_member(id, now); });
}

std::vector<blocked_view> state_access::blocks() const {
  return shared() == nullptr ? std::vector<blocked_view>{} : shared()->blocks();
}

// -- observers ------------------------------------------------------------------------------------

caf_gossip::state_metrics state_access::state_metrics() const {
  return shared() == nullptr ? caf_gossip::state_metrics{}
                             : shared()->read([](const gossiper& core) { return core.metrics(); });
}

std::uint64_t state_access::own_sequence() const {
  return shared() == nullptr
             ? 0
             : shared()->read([](const gossiper& core) { return core.own_sequence(); });
}

caf_gossip::state_holders state_access::state_holders() const {
  return shared() == nullptr ? caf_gossip::state_holders{}
                             : shared()->read([](const gossiper& core) { return core.holders(); });
}

std::uint64_t state_access::undecodable() const {
  return shared() == nullptr ? 0 : shared()->undecodable();
}

void state_access::count_undecodable() const {
  if (shared() != nullptr)
    shared()->count_undecodable();
}

// -- actors ---------------------------------------------------------------------------------------

void state_access::set_actor_counter(actor_counter::source from) {
  if (module_ != nullptr)
    module_->counter()->replace(std::move(from));
}

expected<void> state_access::subscribe_state(const caf::strong_actor_ptr& who, std::string key,
                                             bool is_prefix, start_with first) const {
  if (auto loaded = require_module(); !loaded)
    return loaded;
  if (first == start_with::replay)
    return fail(errc::invalid_argument,
                "updates of state are not kept for a replay; allowed are live and snapshot");
  caf::anon_send(module_->event_stream(),
                 caf_gossip::subscribe_state{who, std::move(key), is_prefix, first});
  return {};
}

void state_access::unsubscribe_state(const caf::strong_actor_ptr& who) const {
  if (module_ != nullptr)
    caf::anon_send(module_->event_stream(), caf_gossip::unsubscribe_state{who});
}

} // namespace caf_gossip
