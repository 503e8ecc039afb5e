#include "actors/membership_coordinator_actor.hpp"

#include <utility>
#include <variant>

#include "actors/error.hpp"
#include "actors/wall_clock.hpp"

namespace caf_gossip {

membership_coordinator_actor::membership_coordinator_actor(caf::actor_config& cfg,
                                                           membership_context context)
    : membership_coordinator_handle::base(cfg),
      context_(std::move(context)),
      clock_(wall_clock(clock().now())),
      core_(context_.cfg, context_.seed, clock_),
      driver_(core_, link_) {
  driver_.on_events = [this](std::vector<membership_event> events) { publish(std::move(events)); };
  driver_.on_left = [this](const leave_finished& left) {
    for (auto& promise : std::exchange(leavers_, {}))
      promise.deliver(left);
  };
}

void membership_coordinator_actor::on_exit() {
  context_.transport = nullptr;
  context_.events = nullptr;
  fail_leavers("the membership has terminated");
}

template <class Input>
caf::result<void> membership_coordinator_actor::drive(Input&& input) {
  const auto now = clock().now();
  expected<void> answer;
  (void)driver_.step(now, [&](membership_coordinator& core) { answer = input(core, now); });
  finish_step();
  if (!answer)
    return to_caf(answer.error());
  return {};
}

void membership_coordinator_actor::drive() {
  (void)drive([](membership_coordinator&, time_point) { return expected<void>{}; });
}

membership_coordinator_actor::behavior_type membership_coordinator_actor::make_behavior() {
  return {
      [this](const start_membership& what) { return start(what); },
      [this](const shut_down_membership&) { return shut_down(); },
      [this](const join_member& what) {
        return drive([&](auto& core, time_point now) { return core.join(what.newcomer, now); });
      },
      [this](const leave_member& what) {
        return drive([&](auto& core, time_point now) { return core.leave(what.who, now); });
      },
      [this](const down_member& what) {
        return drive([&](auto& core, time_point now) { return core.down(what.who, now); });
      },
      [this](const heard_member& what) {
        return drive([&](auto& core, time_point now) { return core.heard(what.who, now); });
      },
      [this](const quarantine_member& what) {
        return drive([&](auto& core, time_point now) {
          return core.quarantine_authority(what.who, what.reason, now);
        });
      },
      [this](const clear_quarantine& what) {
        return drive(
            [&](auto& core, time_point now) { return core.clear_quarantine(what.who, now); });
      },
      [this](const leave_cluster&) { return leave(); },
      [this](const get_membership&) { return core_.snapshot(); },
      [this](const get_quarantine&) { return quarantined(); },
      [this](const get_membership_metrics&) -> caf::result<membership_metrics> {
        if (auto metrics = core_.metrics())
          return *metrics;
        else
          return to_caf(metrics.error());
      },
      [this](const apply_topology& what) { return apply_foreign(what.update); },
      [this](inbound_batch& what) {
        link_.arrived(std::move(what.items));
        drive();
      },
      [this](const run_round&) {
        (void)drive([](membership_coordinator& core, time_point now) {
          core.disseminate(now);
          return expected<void>{};
        });
      },
      [this](const core_tick&) {
        if (clock().now() >= armed_)
          armed_ = never;
        drive();
      },
  };
}

caf::result<void> membership_coordinator_actor::start(const start_membership& what) {
  // Before the step, because the step may bring the first topology.
  context_.view->with_view([](cluster_view& view) { view.start(); });
  auto answer = drive([&](membership_coordinator& core, time_point now) {
    return what.mode == node_mode::client ? core.start_client(what.self, what.seeds, now)
                                          : core.start_member(what.self, what.seeds, now);
  });
  if (core_.mode() == node_mode::stopped)
    context_.view->with_view([](cluster_view& view) { view.stop(); });
  return answer;
}

caf::result<void> membership_coordinator_actor::shut_down() {
  auto answer =
      drive([](membership_coordinator& core, time_point now) { return core.shut_down(now); });
  context_.view->with_view([](cluster_view& view) { view.stop(); });
  fail_leavers("the membership was shut down");
  return answer;
}

void membership_coordinator_actor::finish_step() {
  if (auto sent = link_.take_sent(); !sent.empty())
    send(context_.transport, outbound_batch{std::move(sent)});
  const progress now{core_.mode(), core_.table().version(), core_.engine().phase(),
                     core_.engine().confirmed_count(), core_.engine().peer_count()};
  // Not every step of the dissemination is an event.
  if (std::exchange(told_something_, false) || now != shown_)
    context_.view->set_snapshot(core_.snapshot());
  shown_ = now;
  arm_timer();
}

/// Applies topology updates before anybody else sees them, then hands everything to the stream.
void membership_coordinator_actor::publish(std::vector<membership_event> events) {
  told_something_ = true;
  for (auto& event : events)
    apply(event);
  send(context_.events, publish_events{to_cluster_events(std::move(events))});
}

void membership_coordinator_actor::apply(membership_event& event) {
  const auto* changed = std::get_if<topology_updated>(&event);
  if (changed == nullptr)
    return;
  const auto stamp = changed->stamp;
  const auto applied = context_.view->with_view(
      [&](cluster_view& view) { return view.apply(changed->update, stamp.observed_at); });
  if (!applied)
    event = topology_apply_failed{stamp, applied.error().text};
}

/// An update from elsewhere is applied, not published again, so that it cannot go in circles.
caf::result<void> membership_coordinator_actor::apply_foreign(const topology& update) {
  const auto observed_at = clock_.at(clock().now());
  const auto applied =
      context_.view->with_view([&](cluster_view& view) { return view.apply(update, observed_at); });
  if (applied)
    return {};
  send(context_.events,
       publish_events{{topology_apply_failed{{0, observed_at}, applied.error().text}}});
  return to_caf(applied.error());
}

caf::result<leave_finished> membership_coordinator_actor::leave() {
  auto promise = make_response_promise<leave_finished>();
  leavers_.push_back(promise);
  const auto waiting = leavers_.size();
  auto answer = expected<void>{};
  (void)drive([&](membership_coordinator& core, time_point now) {
    answer = core.leave_cluster(now);
    return answer;
  });
  if (!answer && leavers_.size() == waiting) {
    leavers_.pop_back();
    promise.deliver(to_caf(answer.error()));
  }
  return promise;
}

void membership_coordinator_actor::fail_leavers(const char* reason) {
  for (auto& promise : std::exchange(leavers_, {}))
    promise.deliver(to_caf({errc::already_stopped, reason}));
}

std::vector<quarantine_view> membership_coordinator_actor::quarantined() {
  std::vector<quarantine_view> result;
  for (const auto& entry : core_.quarantined(clock().now()))
    result.push_back({entry.id, entry.address, entry.reason, clock_.at(entry.expires_at)});
  return result;
}

void membership_coordinator_actor::arm_timer() {
  const auto deadline = core_.next_deadline();
  if (deadline >= armed_)
    return;
  armed_ = deadline;
  scheduled_send(this, deadline, core_tick{});
}

} // namespace caf_gossip
