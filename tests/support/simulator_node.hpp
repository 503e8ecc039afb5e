/// One node of a simulation: both cores, coupled as the actors of a real node couple them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "caf_gossip/membership/membership_coordinator.hpp"
#include "caf_gossip/state/gossiper.hpp"
#include "tests/support/invariants.hpp"
#include "tests/support/simulator_agenda.hpp"
#include "tests/support/simulator_measures.hpp"
#include "tests/support/simulator_news.hpp"
#include "tests/support/simulator_verdicts.hpp"

namespace caf_gossip::test {

enum class process_state : std::uint8_t {
  /// Never started, killed or stopped: the host refuses connections.
  dead,
  running,
  /// Stopped by the operating system: connections are accepted, nothing is handled.
  paused,
  /// Nothing answers, not even the host.
  host_lost,
};

/// A request that waits for its answer.
struct sim_request {
  authority target;
  std::uint64_t asked_incarnation = 0;
  /// Of the gossiper; 0 = of the membership.
  std::uint64_t token = 0;
};

struct sim_node {
  std::uint32_t number = 0;
  process_state process = process_state::dead;
  /// Counts the starts; what belongs to an earlier run is dropped.
  std::uint32_t run = 0;
  member_ref self;
  std::unique_ptr<membership_coordinator> membership;
  std::unique_ptr<gossiper> state;

  /// What its clocks show more than the simulation's.
  duration steady_offset{};
  duration unix_offset{};

  /// Every message and timer is handled that much late; 0 = at once.
  duration slow_min{};
  duration slow_max{};
  /// A slow node keeps the order of its messages.
  time_point busy_until{};
  /// What waits until a paused process goes on, and how many of it are datagrams.
  std::vector<task> waiting;
  std::size_t waiting_datagrams = 0;
  /// Something had no room there.
  bool overflowed = false;
  time_point paused_until = never;

  time_point membership_due = never;
  time_point state_due = never;
  /// The membership had an input since its deadline was read, which is not cheap.
  bool membership_stirred = true;
  /// The earliest wake-up in the agenda, and the deadline that it is for.
  time_point armed = never;
  time_point armed_for = never;
  std::unordered_map<std::uint64_t, sim_request> requests;
  /// By its own clock.
  time_point next_vouching{};

  // -- what the checks remember
  std::set<incarnation_key> dead;
  std::uint64_t own_sequence = 0;
  std::uint64_t incarnation = 0;
  time_point last_wake{};
  std::uint32_t wakes_at_once = 0;
  std::unique_ptr<verdict_watch> verdicts;
  std::unique_ptr<invariants> thorough;
  std::unique_ptr<told_news> news;
  std::map<std::pair<node_id, std::string>, std::uint64_t> sequences;

  [[nodiscard]] bool is_alive() const {
    return process == process_state::running || process == process_state::paused;
  }
  [[nodiscard]] bool is_slow() const { return slow_max > duration{}; }
  [[nodiscard]] time_point local(time_point now) const { return now + steady_offset; }
  [[nodiscard]] time_point global(time_point local) const {
    return local == never ? never : local - steady_offset;
  }
  /// When the cores want to be ticked, by their own clock, as of their last inputs.
  [[nodiscard]] time_point deadline() const { return std::min(membership_due, state_due); }
};

} // namespace caf_gossip::test
