#include "actors/event_stream_actor.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "actors/error.hpp"
#include "actors/wall_clock.hpp"

namespace caf_gossip {

namespace {

void send_event(const cluster_event& event, const caf::strong_actor_ptr& to) {
  std::visit([&](const auto& what) { caf::anon_send(caf::actor_cast<caf::actor>(to), what); },
             event);
}

template <class Event, class... Others>
constexpr bool is_one_of = (std::is_same_v<Event, Others> || ...);

/// Reports that come with the gossip itself.
template <class Event>
constexpr bool is_progress =
    is_one_of<Event, disseminated, seen_changed, confirmed, gossip_send_failed,
              reconciling_requested, gossip_update, gossip_request_failed>;

} // namespace

bool is_kept(const cluster_event& event) {
  return std::visit([]<class Event>(const Event&) { return !is_progress<Event>; }, event);
}

event_stream_actor::event_stream_actor(caf::actor_config& cfg, caf::group events,
                                       std::shared_ptr<shared_gossiper> state)
    : event_stream_handle::base(cfg),
      events_(std::move(events)),
      state_(std::move(state)),
      clock_(wall_clock(clock().now())) {
  // A subscriber that is gone needs no events; its place in the group would keep it in memory.
  set_down_handler([this](caf::down_msg& msg) {
    remove_state(msg.source);
    remove(msg.source);
  });
}

void event_stream_actor::on_exit() {
  while (!subscribers_.empty())
    remove(*subscribers_.begin());
  events_ = nullptr;
}

event_stream_actor::behavior_type event_stream_actor::make_behavior() {
  return {
      [this](publish_events& what) {
        for (auto& event : what.events)
          publish(std::move(event));
      },
      [this](const subscribe_events& what) { return add(what); },
      [this](const unsubscribe_events& what) {
        if (what.subscriber)
          remove(caf::actor_cast<caf::actor_addr>(what.subscriber));
      },
      [this](const replay_events& what) { return replay(what.after, what.subscriber); },
      [this](const subscribe_state& what) { return add(what); },
      [this](const unsubscribe_state& what) {
        if (what.subscriber)
          remove_state(caf::actor_cast<caf::actor_addr>(what.subscriber));
      },
      [this](const get_event_stats&) {
        return event_stats{sequence_, kept_.size(), subscribers_.size(),
                           state_subscriptions_.size(), subscriptions_refused_};
      },
  };
}

void event_stream_actor::publish(cluster_event event) {
  std::visit(
      [this](auto& what) {
        // Those who have no core to ask do not know the time.
        const auto observed_at = what.stamp.observed_at == unix_time{} ? clock_.at(clock().now())
                                                                       : what.stamp.observed_at;
        last_observed_ = std::max(last_observed_, observed_at);
        what.stamp = {++sequence_, last_observed_};
        caf::anon_send(events_, what);
      },
      event);
  if (const auto* changed = std::get_if<topology_updated>(&event))
    last_topology_ = *changed;
  if (std::holds_alternative<shutdown>(event))
    last_topology_ = {};
  if (const auto* update = std::get_if<gossip_update>(&event))
    pass_on(*update);
  if (!is_kept(event))
    return;
  kept_.push_back(std::move(event));
  if (kept_.size() > events_kept_max)
    kept_.pop_front();
}

std::uint64_t event_stream_actor::replay(std::uint64_t after,
                                         const caf::strong_actor_ptr& to) const {
  std::uint64_t count = 0;
  for (const auto& event : kept_) {
    const auto sequence = std::visit([](const auto& what) { return what.stamp.sequence; }, event);
    if (sequence <= after || !to)
      continue;
    send_event(event, to);
    ++count;
  }
  return count;
}

void event_stream_actor::snapshot(const caf::strong_actor_ptr& to) const {
  if (last_topology_.update.members.empty())
    return;
  auto all = last_topology_;
  all.update.joined = all.update.members;
  all.update.left.clear();
  all.update.dead.clear();
  send_event(all, to);
}

std::uint64_t event_stream_actor::add(const subscribe_events& what) {
  if (!what.subscriber)
    return sequence_;
  const auto who = caf::actor_cast<caf::actor_addr>(what.subscriber);
  const bool is_new = !is_watched(who);
  if (!subscribers_.insert(who).second)
    return sequence_;
  if (what.first == start_with::replay)
    replay(0, what.subscriber);
  else if (what.first == start_with::snapshot)
    snapshot(what.subscriber);
  events_.get()->subscribe(what.subscriber);
  if (is_new)
    monitor(who);
  return sequence_;
}

void event_stream_actor::remove(const caf::actor_addr& who) {
  // Kept until the end: the argument may be what is removed.
  const auto removed = subscribers_.extract(who);
  if (removed.empty())
    return;
  if (!is_watched(removed.value()))
    demonitor(removed.value());
  events_.get()->unsubscribe(removed.value().get());
}

bool event_stream_actor::is_watched(const caf::actor_addr& who) const {
  return subscribers_.contains(who) || state_subscriptions_.contains(who);
}

// -- state ----------------------------------------------------------------------------------------

caf::result<void> event_stream_actor::add(const subscribe_state& what) {
  if (!what.subscriber)
    return {};
  if (auto added = add_state(what); !added) {
    ++subscriptions_refused_;
    return to_caf(added.error());
  }
  return {};
}

expected<void> event_stream_actor::add_state(const subscribe_state& what) {
  if (what.first == start_with::replay)
    return fail(errc::invalid_argument, "updates of state are not kept for a replay; allowed are "
                                        "live and snapshot");
  const auto who = caf::actor_cast<caf::actor_addr>(what.subscriber);
  const bool is_new = !is_watched(who);
  std::uint64_t since = 0;
  std::vector<gossip_update> stored;
  if (what.first == start_with::snapshot && state_)
    state_->read([&](const gossiper& core) {
      since = core.revision();
      stored = core.read_updates(what.key, what.is_prefix);
      // This node's own writes are not told later either.
      std::erase_if(stored, [&](const auto& update) { return update.member_id == core.self().id; });
    });
  const auto added = state_subscriptions_.add(who, what.key, what.is_prefix, since);
  if (!added)
    return tl::unexpected<error>{added.error()};
  if (is_new)
    monitor(who);
  if (*added)
    for (auto& update : stored) {
      update.stamp = {sequence_, last_observed_};
      send_event(update, what.subscriber);
    }
  return {};
}

void event_stream_actor::pass_on(const gossip_update& what) const {
  for (const auto& who : state_subscriptions_.concerned(what))
    caf::anon_send(caf::actor_cast<caf::actor>(who), what);
}

void event_stream_actor::remove_state(const caf::actor_addr& who) {
  if (state_subscriptions_.remove(who) && !is_watched(who))
    demonitor(who);
}

} // namespace caf_gossip
