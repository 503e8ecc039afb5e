/// The gossiper as an actor: owns the lifecycle of a node and its periodic loop.
///
/// created → running → stopping → stopped → running ... Starting binds the transport, starts the
/// membership and then the loop. Stopping tells some peers, waits for their acknowledgements,
/// leaves the cluster, and closes in the reverse order. A start that fails halfway undoes what it
/// did.
///
/// The core is shared: this actor lets time pass in it, feeds it with what the membership and the
/// network say, and carries out what comes out of it, whoever called it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/actor_counter.hpp"
#include "actors/event_stream_actor.hpp"
#include "actors/membership_coordinator_actor.hpp"
#include "actors/shared_gossiper.hpp"
#include "actors/shared_view.hpp"
#include "actors/transport_actor.hpp"
#include "actors/type_ids.hpp"
#include "caf_gossip/base/config.hpp"

namespace caf_gossip {

/// What users see: registered and spawnable as "gossip".
using gossiper_handle = caf::typed_actor<
    caf::replies_to<start_gossip>::with<void>, caf::replies_to<stop_gossip>::with<void>,
    caf::replies_to<get_gossiper_status>::with<gossiper_status>, caf::reacts_to<topology_updated>,
    caf::reacts_to<loop_tick>, caf::reacts_to<outcome_ready>, caf::reacts_to<inbound_batch>,
    caf::replies_to<get_state>::with<gossip_values>, caf::replies_to<set_state>::with<void>,
    caf::replies_to<remove_state>::with<void>, caf::replies_to<set_map_state>::with<void>,
    caf::replies_to<get_map_state>::with<map_state_value>,
    caf::replies_to<remove_map_state>::with<void>,
    caf::replies_to<get_map_keys>::with<map_state_keys>,
    caf::replies_to<get_merged_map>::with<merged_map_values>,
    caf::replies_to<get_blocked>::with<std::vector<blocked_view>>,
    caf::replies_to<block_member>::with<void>, caf::replies_to<unblock_member>::with<void>,
    caf::replies_to<get_state_metrics>::with<state_metrics>>;

struct gossiper_context {
  config cfg;
  transport_handle transport;
  membership_coordinator_handle membership;
  event_stream_handle events;
  /// Returns a number for a new run of this node: greater than all before.
  std::function<std::uint64_t()> new_incarnation;
  std::shared_ptr<shared_gossiper> state;
  std::shared_ptr<const shared_view> view;
  std::shared_ptr<const actor_counter> counter;
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
  void start_membership_at(const authority& bound, const promise& answer);
  void started(promise answer);
  void start_failed(const caf::error& why, promise answer);
  caf::result<void> stop();
  void leave_when_idle();
  void leave();
  void shut_down();
  void close_transport();
  void stopped();
  void unregister();

  gossiper_status status() const;
  void tick();
  void follow(const topology& update);
  void read_actor_counts();
  void complain(const std::string& reason);
  /// Takes over what the membership says of this node and of its peers.
  void observe_membership(gossiper& core, time_point now) const;

  // -- the network
  void receive(const wire::frame& what);
  void answer(const envelope& head, const gossip_request& what);
  void ask(state_outbound what);
  void answered(std::uint64_t token, const member_ref& target, const wire::frame& what);
  void failed(std::uint64_t token, const error& why);

  /// Lets `call` call the core and carries out what comes out of it.
  template <class Call>
  void drive(Call&& call) {
    carry_out(context_.state->drive(std::forward<Call>(call)));
  }
  void carry_out(gossiper_outcome what);
  void arm_timer();

  gossiper_context context_;
  bool starting_ = false;
  std::optional<promise> stopping_;
  caf::error stop_error_;
  /// Until when a stop waits for the answers of peers; `never` when none does.
  time_point goodbye_deadline_ = never;
  /// What was wrong with the counts of actors last time.
  std::string complaint_;
  time_point armed_ = never;
};

} // namespace caf_gossip
