/// The gossiper as an actor: owns the lifecycle of a node and its periodic loop.
///
/// created → running → stopping → stopped → running ... Starting binds the transport, starts the
/// membership and then the loop; stopping says goodbye, waits for it, and closes in the reverse
/// order. A start that fails halfway undoes what it did.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/event_stream_actor.hpp"
#include "actors/membership_coordinator_actor.hpp"
#include "actors/transport_actor.hpp"
#include "actors/type_ids.hpp"
#include "caf_gossip/base/config.hpp"
#include "caf_gossip/state/gossiper.hpp"

namespace caf_gossip {

/// What users see: registered and spawnable as "gossip".
using gossiper_handle =
    caf::typed_actor<caf::replies_to<start_gossip>::with<void>,
                     caf::replies_to<stop_gossip>::with<void>,
                     caf::replies_to<get_gossiper_status>::with<gossiper_status>,
                     caf::reacts_to<topology_updated>, caf::reacts_to<loop_tick>>;

struct gossiper_context {
  config cfg;
  transport_handle transport;
  membership_coordinator_handle membership;
  event_stream_handle events;
  /// Returns a number for a new run of this node: greater than all before.
  std::function<std::uint64_t()> new_incarnation;
};

class gossiper_actor : public gossiper_handle::base {
public:
  gossiper_actor(caf::actor_config& cfg, gossiper_context context);

  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  using promise = caf::typed_response_promise<void>;

  caf::result<void> start();
  void start_membership_at(const authority& bound, promise answer);
  void started(promise answer);
  void start_failed(const caf::error& why, promise answer);
  caf::result<void> stop();
  void say_goodbye();
  void shut_down();
  void close_transport();
  void stopped();
  void unregister();
  void tick();
  void arm_timer();

  gossiper_context context_;
  gossiper core_;
  member_ref self_;
  bool starting_ = false;
  std::optional<promise> stopping_;
  caf::error stop_error_;
  time_point armed_ = never;
};

} // namespace caf_gossip
