/// Drives the membership core over a transport: the one shell, used by hand, by loops and by the
/// membership actor. It interprets and decides nothing.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"
#include "caf_gossip/net/transport.hpp"

namespace caf_gossip::net {

class driver {
public:
  /// Both must outlive the driver.
  driver(membership_coordinator& core, transport& network) : core_(core), network_(network) {}

  /// Receives the events of each step in order. Set before the first step.
  std::function<void(std::vector<membership_event>)> on_events;
  /// Receives answers to `leave_cluster`.
  std::function<void(const leave_finished&)> on_left;

  /// Drains what has arrived into the core, then lets `input` call the core, then lets its timers
  /// run, then sends what came out of all that, then publishes the events. Returns the first send
  /// error; everything else was sent and published all the same, and the core knows of each
  /// failure.
  template <class Input>
  expected<void> step(time_point now, Input&& input) {
    drain(now);
    std::forward<Input>(input)(core_);
    core_.tick(now);
    return flush(now);
  }

  expected<void> step(time_point now) {
    return step(now, [](membership_coordinator&) {});
  }

  /// A step with one gossip round in it.
  expected<void> round(time_point now) {
    return step(now, [now](membership_coordinator& core) { core.disseminate(now); });
  }

private:
  void drain(time_point now);
  expected<void> flush(time_point now);

  membership_coordinator& core_;
  transport& network_;
};

} // namespace caf_gossip::net
