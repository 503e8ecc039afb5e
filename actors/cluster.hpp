/// The cluster as code that is not an actor sees it: blocking, thread-safe, with limits.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <caf/fwd.hpp>
#include <caf/group.hpp>

#include "actors/event_stream_actor.hpp"
#include "actors/gossiper_actor.hpp"
#include "actors/membership_coordinator_actor.hpp"
#include "actors/shared_view.hpp"
#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/state/gossiper_interface.hpp"

namespace caf_gossip {

class module;

/// A light handle; copies speak of the same node. It must not outlive the actor system.
///
/// Observers never wait and may be called from anywhere, event handlers included. Commands send a
/// message and wait for its answer, so they are not for the handlers of actors: these send the
/// messages of messages.hpp to `gossiper()` and `membership()`. Every command returns `timeout`
/// when no answer came within its limit, and `not_started` when the module is not loaded.
class cluster final : public gossiper_interface {
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

  /// Waits until every peer has this node's view of who is in. Errors: timeout, saying how many of
  /// how many have it.
  expected<void> await_converged(std::chrono::milliseconds limit) const;

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
  cluster(caf::actor_system& sys, module* owner) : system_(&sys), module_(owner) {}

  [[nodiscard]] expected<void> require_module() const;

  caf::actor_system* system_;
  module* module_;
};

} // namespace caf_gossip
