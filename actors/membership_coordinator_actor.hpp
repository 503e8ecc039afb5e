/// The membership core as an actor: calls it, sends, publishes, arms one timer.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/event_stream_actor.hpp"
#include "actors/mailbox_transport.hpp"
#include "actors/shared_view.hpp"
#include "actors/transport_actor.hpp"
#include "actors/type_ids.hpp"
#include "caf_gossip/base/config.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"
#include "caf_gossip/net/driver.hpp"

namespace caf_gossip {

using membership_coordinator_handle = caf::typed_actor<
    caf::replies_to<start_membership>::with<void>,
    caf::replies_to<shut_down_membership>::with<void>, caf::replies_to<join_member>::with<void>,
    caf::replies_to<leave_member>::with<void>, caf::replies_to<down_member>::with<void>,
    caf::replies_to<heard_member>::with<void>, caf::replies_to<quarantine_member>::with<void>,
    caf::replies_to<clear_quarantine>::with<void>,
    caf::replies_to<leave_cluster>::with<leave_finished>,
    caf::replies_to<get_membership>::with<membership_snapshot>,
    caf::replies_to<get_quarantine>::with<std::vector<quarantine_view>>,
    caf::replies_to<get_membership_metrics>::with<membership_metrics>,
    caf::replies_to<apply_topology>::with<void>, caf::reacts_to<inbound_batch>,
    caf::reacts_to<run_round>, caf::reacts_to<core_tick>>;

/// What the actor works with.
struct membership_context {
  config cfg;
  std::uint64_t seed = 0;
  transport_handle transport;
  event_stream_handle events;
  std::shared_ptr<shared_view> view;
};

class membership_coordinator_actor : public membership_coordinator_handle::base {
public:
  membership_coordinator_actor(caf::actor_config& cfg, membership_context context);

  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  /// Lets `input` call the core, carries out the effects and returns what it returned.
  template <class Input>
  caf::result<void> drive(Input&& input);
  void drive();
  void finish_step();
  caf::result<void> start(const start_membership& what);
  caf::result<void> shut_down();
  void publish(std::vector<membership_event> events);
  void apply(membership_event& event);
  caf::result<void> apply_foreign(const topology& update);
  caf::result<leave_finished> leave();
  void fail_leavers(const char* reason);
  std::vector<quarantine_view> quarantined();
  void arm_timer();

  /// What a snapshot shows besides what events tell of.
  struct progress {
    node_mode mode = node_mode::stopped;
    std::uint64_t version = 0;
    gossip_phase phase = gossip_phase::confirmed;
    std::size_t confirmed_peers = 0;
    std::size_t peers = 0;

    friend bool operator==(const progress&, const progress&) = default;
  };

  membership_context context_;
  unix_clock clock_;
  membership_coordinator core_;
  mailbox_transport link_;
  net::driver driver_;
  std::vector<caf::typed_response_promise<leave_finished>> leavers_;
  bool told_something_ = false;
  progress shown_;
  time_point armed_ = never;
};

} // namespace caf_gossip
