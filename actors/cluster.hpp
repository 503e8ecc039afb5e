/// The cluster as code that is not an actor sees it: blocking, thread-safe, with limits.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <caf/fwd.hpp>
#include <caf/group.hpp>

#include "actors/consensus_handle.hpp"
#include "actors/event_stream_actor.hpp"
#include "actors/gossiper_actor.hpp"
#include "actors/membership_coordinator_actor.hpp"
#include "actors/shared_view.hpp"
#include "actors/state_access.hpp"
#include "caf_gossip/base/errc.hpp"

namespace caf_gossip {

/// A light handle; copies speak of the same node. It must not outlive the actor system.
///
/// Observers and everything about state (state_access.hpp) never wait and may be called from
/// anywhere, event handlers included. Commands send a message and wait for its answer, so they are
/// not for the handlers of actors: these send the messages of messages.hpp to `gossiper()` and
/// `membership()`. Every command returns `timeout` when no answer came within its limit, and
/// `not_started` when the module is not loaded.
class cluster final : public state_access {
public:
  static cluster of(caf::actor_system& sys);

  // -- commands -----------------------------------------------------------------------------------

  /// Binds, starts to join and returns; `await_joined` waits for the rest. Errors: already_started,
  /// invalid_config, network_error.
  expected<void> start(std::chrono::milliseconds limit);
  expected<void> start() override { return start(std::chrono::seconds{15}); }

  /// Leaves the cluster, waits until others have it or the leave timeout, and closes everything.
  /// `start` makes a new incarnation. Errors: not_started, already_stopped.
  expected<void> stop(std::chrono::milliseconds limit);
  expected<void> stop() override { return stop(std::chrono::seconds{30}); }

  /// Declares a member dead. Errors: unknown_authority, invalid_transition, invalid_state.
  expected<void> down(const authority& who);
  /// Keeps an authority out for the quarantine's time to live.
  expected<void> quarantine(const authority& who, std::string reason);
  expected<void> clear_quarantine(const authority& who);

  // -- waiting ------------------------------------------------------------------------------------

  /// Waits until this node is up and has the roster. Errors: timeout.
  expected<void> await_joined(std::chrono::milliseconds limit) const;

  /// Waits until every peer has this node's view of who is in, and everything that this node has
  /// published. Errors: timeout, saying how many of how many have it.
  expected<void> await_converged(std::chrono::milliseconds limit) const;

  /// Waits until `holds`, which is called at once, and again after changes of the state. It is not
  /// called under a lock. Errors: timeout.
  expected<void> await_state(const std::function<bool(const cluster&)>& holds,
                             std::chrono::milliseconds limit) const;

  // -- consensus ----------------------------------------------------------------------------------

  /// Watches whether all active members, this one included, come to the same T under some keys.
  /// `extract` makes it of a member's values; see `make_consensus_check`. Evaluated at once and
  /// after every change, by an actor: neither `extract` nor `tell` is called in here. There is no
  /// agreement while the node does not run; the check stays.
  ///
  /// `tell` gets the value when agreement is reached or moves, and nothing when it is lost, once
  /// each. It may call everything here but commands and `wait`. What it throws, or `extract`, is
  /// told as gossip_input_refused.
  ///
  /// Errors: not_started, invalid_config, invalid_argument (a bad key, no key), limit_reached (1024
  /// checks). Nothing is registered then.
  template <consensus_value T = std::uint64_t, class Extract>
  expected<consensus_handle<T>> register_consensus_check(std::vector<std::string> keys,
                                                         Extract extract,
                                                         consensus_callback<T> tell = {}) {
    return add_check<T>(make_consensus_check<T>(std::move(keys), std::move(extract)),
                        std::move(tell));
  }

  /// The same for one key.
  template <consensus_value T = std::uint64_t, std::convertible_to<std::string_view> Key,
            class Extract>
  expected<consensus_handle<T>> register_consensus_check(const Key& key, Extract extract,
                                                         consensus_callback<T> tell = {}) {
    return add_check<T>(make_consensus_check<T>(key, std::move(extract)), std::move(tell));
  }

  /// Never waits. An unknown id changes nothing.
  void remove_consensus_check(std::uint64_t id);

  [[nodiscard]] consensus_stats consensus() const;

  // -- observers ----------------------------------------------------------------------------------

  [[nodiscard]] shared_view::snapshot_ptr snapshot() const;
  /// The members of the last applied topology, sorted by id, self included.
  [[nodiscard]] std::vector<member_ref> members() const;
  [[nodiscard]] member_ref self() const;
  [[nodiscard]] gossip_phase phase() const;
  [[nodiscard]] expected<std::vector<quarantine_view>> quarantined() const;
  /// Errors: disabled.
  [[nodiscard]] expected<membership_metrics> metrics() const;
  [[nodiscard]] expected<gossiper_status> status() const;
  [[nodiscard]] expected<net::transport_stats> network() const;

  // -- actors -------------------------------------------------------------------------------------

  /// The group of events, for `self->join(...)`. A system without the module has none.
  [[nodiscard]] caf::group events() const;
  /// Subscribes an actor with a choice of what comes first; see `subscribe_events`.
  void subscribe(const caf::strong_actor_ptr& who, start_with first) const;
  [[nodiscard]] gossiper_handle gossiper() const;
  [[nodiscard]] membership_coordinator_handle membership() const;
  [[nodiscard]] event_stream_handle event_stream() const;

private:
  cluster(caf::actor_system& sys, module* owner) : state_access(sys, owner) {}

  template <class T>
  expected<consensus_handle<T>> add_check(consensus_check check, consensus_callback<T> tell) {
    if (auto loaded = require_module(); !loaded)
      return tl::unexpected<error>{loaded.error()};
    return register_check<T>(board(), std::move(check), std::move(tell));
  }

  /// nullptr when the module is not loaded or could not be configured.
  [[nodiscard]] std::shared_ptr<consensus_board> board() const;

  [[nodiscard]] error why_not_converged(std::chrono::milliseconds limit) const;
};

} // namespace caf_gossip
