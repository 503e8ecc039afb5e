/// The one publisher of the group that carries this node's events.
///
/// A CAF group orders messages only per publisher and replays nothing. Therefore everything goes
/// through this actor: it numbers the events, keeps the last ones, and publishes them. A subscriber
/// that it adds itself gets what was kept and what comes, in order and each event once.
#pragma once

#include <cstdint>
#include <deque>
#include <set>

#include <caf/group.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/type_ids.hpp"

namespace caf_gossip {

/// Events that are kept for replay.
inline constexpr std::size_t events_kept_max = 256;

using event_stream_handle = caf::typed_actor<caf::reacts_to<publish_events>,
                                             caf::replies_to<subscribe_events>::with<std::uint64_t>,
                                             caf::replies_to<unsubscribe_events>::with<void>,
                                             caf::replies_to<replay_events>::with<std::uint64_t>,
                                             caf::replies_to<get_event_stats>::with<event_stats>>;

class event_stream_actor : public event_stream_handle::base {
public:
  event_stream_actor(caf::actor_config& cfg, caf::group events);

  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  void publish(membership_event event);
  std::uint64_t replay(std::uint64_t after, const caf::strong_actor_ptr& to) const;
  void snapshot(const caf::strong_actor_ptr& to) const;
  std::uint64_t add(const subscribe_events& what);
  /// By value, because the argument may be what is erased.
  void remove(caf::actor_addr who);

  caf::group events_;
  unix_clock clock_;
  std::deque<membership_event> kept_;
  topology_updated last_topology_;
  std::uint64_t sequence_ = 0;
  unix_time last_observed_{};
  std::set<caf::actor_addr> subscribers_;
};

/// Tells whether an event is kept for replay. Reports on the progress of the gossip are not: on a
/// busy cluster they would push everything else out.
[[nodiscard]] bool is_kept(const membership_event& event);

} // namespace caf_gossip
