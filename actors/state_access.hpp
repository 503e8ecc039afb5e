/// The state of the cluster for everybody: no call waits for an actor or for the network.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <caf/actor_control_block.hpp>
#include <caf/fwd.hpp>

#include "actors/actor_counter.hpp"
#include "actors/messages.hpp"
#include "actors/shared_gossiper.hpp"
#include "actors/typed_state.hpp"
#include "caf_gossip/state/gossiper_interface.hpp"

namespace caf_gossip {

class module;

/// Thread-safe; every call may be made from the handlers of actors too. Besides the errors that are
/// named, all return `not_started` when the module is not loaded or the node was never started,
/// `already_stopped` from `stop` on, and `invalid_config` when the configuration could not be read.
class state_access : public gossiper_interface {
public:
  // -- gossiper_interface -------------------------------------------------------------------------

  [[nodiscard]] expected<gossip_values> get_state(std::string_view key) const override;
  expected<void> set_state(std::string_view key, byte_buffer value) override;
  /// Waits for the store, for `gossip_request_timeout` at the most.
  expected<void> set_state_request(std::string_view key, byte_buffer value) override;
  expected<void> set_map_state(std::string_view key, std::string_view map_key,
                               byte_buffer value) override;
  [[nodiscard]] expected<std::optional<byte_buffer>>
  get_map_state(std::string_view key, std::string_view map_key) const override;
  expected<void> remove_map_state(std::string_view key, std::string_view map_key) override;
  [[nodiscard]] expected<std::vector<std::string>>
  get_map_keys(std::string_view key) const override;
  [[nodiscard]] expected<std::vector<node_id>> get_blocked_members() const override;

  // -- more of bytes ------------------------------------------------------------------------------

  /// The key is removed by itself after `ttl`, unless it is set again. Errors: invalid_argument
  /// for less than 1 ms.
  expected<void> set_state(std::string_view key, byte_buffer value, milliseconds ttl);
  /// Removes a value of this node, or a whole map. Removing what is not there changes nothing.
  expected<void> remove_state(std::string_view key);
  /// What one member has. Errors: unknown_authority (no such member), state_not_found.
  [[nodiscard]] expected<gossip_key_value> get_state(const node_id& member,
                                                     std::string_view key) const;
  /// The maps of all members under a key as one: by key within the map, then by member.
  [[nodiscard]] expected<merged_map> get_merged_map_state(std::string_view key) const;

  // -- values of any type -------------------------------------------------------------------------

  /// Sets a value of a type that CAF can inspect. Errors: invalid_argument, limit_reached.
  template <class T>
  expected<void> set(std::string_view key, const T& value) {
    auto bytes = to_bytes(*system_, value);
    if (!bytes)
      return tl::unexpected<error>{bytes.error()};
    return set_state(key, std::move(*bytes));
  }

  /// What every member has under a key. A member whose value is not a T is left out and counted as
  /// `undecodable`, so that it cannot hide the others; `get<T>(key, member)` tells what is wrong.
  template <class T>
  [[nodiscard]] expected<std::map<node_id, T>> get(std::string_view key) const {
    auto values = get_state(key);
    if (!values)
      return tl::unexpected<error>{values.error()};
    std::map<node_id, T> result;
    for (const auto& [id, value] : *values)
      if (auto decoded = decode<T>(value))
        result.emplace(id, std::move(*decoded));
    return result;
  }

  /// What one member has under a key. Errors: unknown_authority, state_not_found, invalid_argument
  /// naming the member when its value is not a T.
  template <class T>
  [[nodiscard]] expected<T> get(std::string_view key, const node_id& member) const {
    auto value = get_state(member, key);
    if (!value)
      return tl::unexpected<error>{value.error()};
    auto result = decode<T>(*value);
    if (!result)
      return fail(result.error().code, member + ": " + result.error().text);
    return result;
  }

  /// Values so far that were not of the type they were read as.
  [[nodiscard]] std::uint64_t undecodable() const;

  // -- blocking -----------------------------------------------------------------------------------

  /// Exchanges no state any more with the incarnations that these members have now. Errors:
  /// unknown_authority, invalid_argument (this node itself); nobody is blocked then.
  expected<void> block_members(const std::vector<node_id>& ids);
  /// Errors: unknown_authority (not blocked).
  expected<void> unblock_member(const node_id& id);
  /// Whom this node has blocked and why, sorted by id; empty when it does not run.
  [[nodiscard]] std::vector<blocked_view> blocks() const;

  // -- observers ----------------------------------------------------------------------------------

  [[nodiscard]] caf_gossip::state_metrics state_metrics() const;
  /// This node's writes so far, heartbeats included.
  [[nodiscard]] std::uint64_t own_sequence() const;
  /// How many peers have everything that this node has published.
  [[nodiscard]] caf_gossip::state_holders state_holders() const;

  // -- what this node says of itself --------------------------------------------------------------

  /// Takes the counts of actors in the heartbeats from elsewhere than from the actors that were
  /// spawned by name; an empty function goes back to these. It is called with every tick. When it
  /// throws, the last counts stay and a gossip_input_refused tells of it.
  void set_actor_counter(actor_counter::source from);

  // -- subscriptions ------------------------------------------------------------------------------

  /// Sends an actor every gossip_update of one key or of all keys with a prefix; see
  /// `subscribe_state`. Errors: invalid_argument, for start_with::replay. What the event stream
  /// refuses is counted there; who wants to know sends it the message.
  expected<void> subscribe_state(const caf::strong_actor_ptr& who, std::string key, bool is_prefix,
                                 start_with first) const;
  void unsubscribe_state(const caf::strong_actor_ptr& who) const;

protected:
  state_access(caf::actor_system& sys, module* owner) : system_(&sys), module_(owner) {}

  /// Errors: not_started without the module, invalid_config when it could not be configured.
  [[nodiscard]] expected<void> require_module() const;
  /// nullptr when the module is not loaded or could not be configured.
  [[nodiscard]] shared_gossiper* shared() const;
  [[nodiscard]] caf::actor_system& system() const { return *system_; }
  /// nullptr when the module is not loaded.
  [[nodiscard]] module* owner() const { return module_; }

private:
  template <class Call>
  auto change(Call call) const -> std::invoke_result_t<Call, gossiper&, time_point>;
  template <class Call>
  auto read(Call call) const -> std::invoke_result_t<Call, const gossiper&>;
  void count_undecodable() const;

  template <class T>
  expected<T> decode(const gossip_key_value& what) const {
    auto result = from_bytes<T>(*system_, what.value);
    if (!result)
      count_undecodable();
    return result;
  }

  caf::actor_system* system_;
  module* module_;
};

} // namespace caf_gossip
