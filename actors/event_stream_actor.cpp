#include "actors/event_stream_actor.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "actors/wall_clock.hpp"

namespace caf_gossip {

namespace {

void send_event(const membership_event& event, const caf::strong_actor_ptr& to) {
  std::visit([&](const auto& what) { caf::anon_send(caf::actor_cast<caf::actor>(to), what); },
             event);
}

} // namespace

bool is_kept(const membership_event& event) {
  return std::visit(
      []<class Event>(const Event&) {
        return !std::is_same_v<
                   Event,
                   disseminated> && !std::is_same_v<Event, seen_changed> && !std::is_same_v<Event, confirmed> && !std::is_same_v<Event, gossip_send_failed> && !std::is_same_v<Event, reconciling_requested>;
      },
      event);
}

event_stream_actor::event_stream_actor(caf::actor_config& cfg, caf::group events)
    : event_stream_handle::base(cfg),
      events_(std::move(events)),
      clock_(wall_clock(clock().now())) {
  // A subscriber that is gone needs no events; its place in the group would keep it in memory.
  set_down_handler([this](caf::down_msg& msg) { remove(msg.source); });
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
      [this](const get_event_stats&) {
        return event_stats{sequence_, kept_.size(), subscribers_.size()};
      },
  };
}

void event_stream_actor::publish(membership_event event) {
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
  if (!subscribers_.insert(who).second)
    return sequence_;
  if (what.first == start_with::replay)
    replay(0, what.subscriber);
  else if (what.first == start_with::snapshot)
    snapshot(what.subscriber);
  events_.get()->subscribe(what.subscriber);
  monitor(who);
  return sequence_;
}

void event_stream_actor::remove(caf::actor_addr who) {
  if (subscribers_.erase(who) == 0)
    return;
  demonitor(who);
  events_.get()->unsubscribe(who.get());
}

} // namespace caf_gossip
