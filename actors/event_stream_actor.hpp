/// The one publisher of the group that carries this node's events.
///
/// A CAF group orders messages only per publisher and replays nothing. Therefore everything goes
/// through this actor: it numbers the events, keeps the last ones, and publishes them. A subscriber
/// that it adds itself gets what was kept and what comes, in order and each event once. Subscribers
/// to state get the updates of their keys only.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>

#include <caf/group.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/shared_gossiper.hpp"
#include "actors/state_subscriptions.hpp"
#include "actors/type_ids.hpp"

namespace caf_gossip {

/// Events that are kept for replay.
inline constexpr std::size_t events_kept_max = 256;

using event_stream_handle = caf::typed_actor<
    caf::reacts_to<publish_events>, caf::replies_to<subscribe_events>::with<std::uint64_t>,
    caf::replies_to<unsubscribe_events>::with<void>,
    caf::replies_to<replay_events>::with<std::uint64_t>,
    caf::replies_to<subscribe_state>::with<void>, caf::replies_to<unsubscribe_state>::with<void>,
    caf::replies_to<get_event_stats>::with<event_stats>>;

class event_stream_actor : public event_stream_handle::base {
public:
  /// `state` is read for snapshots of state; without it they are empty.
  event_stream_actor(caf::actor_config& cfg, caf::group events,
                     std::shared_ptr<shared_gossiper> state = nullptr);

  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  void publish(cluster_event event);
  std::uint64_t replay(std::uint64_t after, const caf::strong_actor_ptr& to) const;
  void snapshot(const caf::strong_actor_ptr& to) const;
  std::uint64_t add(const subscribe_events& what);
  caf::result<void> add(const subscribe_state& what);
  expected<void> add_state(const subscribe_state& what);
  void pass_on(const gossip_update& what) const;
  void remove(const caf::actor_addr& who);
  void remove_state(const caf::actor_addr& who);
  [[nodiscard]] bool is_watched(const caf::actor_addr& who) const;

  caf::group events_;
  std::shared_ptr<shared_gossiper> state_;
  unix_clock clock_;
  std::deque<cluster_event> kept_;
  topology_updated last_topology_;
  std::uint64_t sequence_ = 0;
  unix_time last_observed_{};
  std::set<caf::actor_addr> subscribers_;
  state_subscriptions state_subscriptions_;
  std::uint64_t subscriptions_refused_ = 0;
};

/// Tells whether an event is kept for replay. Updates of state and reports on the progress of the
/// gossip are not: on a busy cluster they would push everything else out.
[[nodiscard]] bool is_kept(const cluster_event& event);

} // namespace caf_gossip
