/// Thousands of whole nodes over a seeded network in virtual time, in one thread.
///
/// It is a shell like any other: it calls the production cores, carries their messages, couples the
/// two of a node, and decides nothing. Equal seeds and equal calls give equal runs. No step costs
/// more than what the cores themselves do and O(log n) for the agenda. After every input the
/// invariants of that node are checked. docs/simulator.md has the models.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "caf_gossip/base/random.hpp"
#include "tests/support/simulator_agenda.hpp"
#include "tests/support/simulator_ended.hpp"
#include "tests/support/simulator_measures.hpp"
#include "tests/support/simulator_message.hpp"
#include "tests/support/simulator_network.hpp"
#include "tests/support/simulator_node.hpp"

namespace caf_gossip::test {

class simulator {
public:
  explicit simulator(std::uint64_t seed, config cfg = {});

  /// The settings of nodes that are started from now on.
  config cfg;
  network_model network;
  /// Sizes of frames; an estimate unless set.
  message_sizer sizer = estimated_frame_bytes;
  /// Nodes without the key/value plane need much less memory and time.
  bool with_state = true;
  /// Checks the whole table after every input with events: for small clusters.
  bool thorough = false;
  /// Clocks of nodes that are started from now on differ by up to so much.
  duration clock_spread{};
  /// A running and unpaused node that is declared dead is a violation.
  bool promises_no_false_death = false;
  /// Called with every event of every node.
  std::function<void(const sim_node&, const membership_event&)> on_event;
  std::function<void(const sim_node&, const gossip_update&)> on_update;

  // -- nodes (simulator_faults.cpp) -------------------------------------------------------------

  /// Adds a node that is not running, and returns its number: they count from 0.
  std::uint32_t add();
  /// Starts a node as a new incarnation with an empty state, joining through others.
  void start(std::uint32_t number, const std::vector<std::uint32_t>& seeds);
  /// The next start is at another port of the same host.
  void move(std::uint32_t number);
  /// The process ends without a goodbye; its host goes on and refuses connections.
  void kill(std::uint32_t number);
  /// The host and everything on it stop answering.
  void lose_host(std::uint32_t number);
  /// The process is frozen for a time.
  void pause(std::uint32_t number, duration span);
  /// Everything is handled late, by a time within these bounds; zeros end that.
  void slow_down(std::uint32_t number, duration from, duration to);

  /// Adds and starts `count` nodes that know each other and each other's state from the beginning,
  /// past the network, and lets them run until they have converged (simulator_start.cpp). Returns
  /// whether they have within `limit`.
  bool start_converged(std::uint32_t count, duration limit = std::chrono::minutes{2});

  // -- time -------------------------------------------------------------------------------------

  [[nodiscard]] time_point now() const { return now_; }
  void run_for(duration span);
  /// Runs until `done`, asked every `pause`, or until `limit` has passed. Returns whether it held.
  bool run_until(const std::function<bool()>& done, duration limit,
                 duration pause = std::chrono::milliseconds{50});
  /// Does something at a later moment.
  void at(time_point when, std::function<void()> action);

  // -- calls ------------------------------------------------------------------------------------

  /// Calls the cores of a node at the present moment and carries out the effects.
  template <class Call>
  auto call(std::uint32_t number, Call&& invoke) {
    auto& target = nodes_[number];
    target.membership_stirred = true;
    auto result = invoke(target, target.local(now_));
    settle(target);
    return result;
  }
  /// Sets a key of a node.
  expected<void> set(std::uint32_t number, const std::string& key, const std::string& value);

  /// Sends a message as if the membership core of a node had wanted it.
  void send_for(std::uint32_t number, membership_outbound out);

  // -- observers --------------------------------------------------------------------------------

  [[nodiscard]] const sim_node& node(std::uint32_t number) const { return nodes_[number]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size()); }
  [[nodiscard]] std::vector<std::uint32_t> living() const;
  /// All living nodes see exactly the living ones in their present incarnations, none of them
  /// suspect, and hold the same state.
  [[nodiscard]] bool converged() const;
  /// The same of the membership alone.
  [[nodiscard]] bool members_converged() const;
  /// Returns why `converged` does not hold, for a message; empty when it does.
  [[nodiscard]] std::string divergence() const;
  [[nodiscard]] const measures& counted() const { return counted_; }
  /// Counts from zero again.
  void reset_counts();
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  void report(const sim_node& who, const std::string& what);
  /// Hash of everything that happened so far: when, to whom, what.
  [[nodiscard]] std::uint64_t trace() const { return trace_; }
  [[nodiscard]] random_source& random() { return random_; }
  /// Tasks executed so far.
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

  static node_id id_of(std::uint32_t number);
  [[nodiscard]] std::uint32_t number_of(const node_id& id) const;

private:
  struct stream {
    time_point last_arrival{};
    time_point last_use{};
  };
  struct address_hash {
    std::size_t operator()(const authority& where) const {
      return std::hash<std::string>{}(where.host) * 31 + where.port;
    }
  };

  // simulator.cpp: the loop
  void step();
  void run(const task& what);
  void wake(sim_node& who, time_point at);
  void resume(sim_node& who);
  [[nodiscard]] bool defer(sim_node& who, const task& what);
  /// What one input of the node has brought about.
  void settle(sim_node& who);
  bool carry_out_membership(sim_node& who);
  bool carry_out_state(sim_node& who);
  void arm(sim_node& who);
  void vouch(sim_node& who) const;

  // simulator_start.cpp: a converged start without the network
  [[nodiscard]] static std::uint64_t next_incarnation(const sim_node& who, time_point when);
  void introduce(sim_node& who, const shared_records& roster);
  void swallow(sim_node& from, const sim_message& what);
  void share_rosters();
  void share_state();
  void show_hashes();

  // simulator_transport.cpp: how messages travel
  void send(sim_node& from, membership_outbound&& out);
  void send(sim_node& from, sim_message&& what);
  void send_datagram(std::uint64_t slot, host to);
  void send_stream(std::uint64_t slot, host to);
  void send_new_stream(std::uint64_t slot, host to);
  void connect(std::uint64_t slot, host to, duration after);
  void not_connected(std::uint64_t slot, host to, duration after);
  /// A new stream has so many calls within the time that the module gives it.
  static constexpr std::uint32_t new_stream_calls = 3;
  [[nodiscard]] duration call_pause() const {
    return 2 * duration{cfg.probe_timeout} / new_stream_calls;
  }
  void count_sent(const sim_message& what, bool is_datagram, bool opens);
  void arrive(const task& what);
  void open(const task& what);
  void stall(std::uint64_t slot, const task& what);
  void refuse(std::uint64_t slot, host by);
  void fail_later(std::uint64_t slot, errc why, duration after);
  void fail_now(sim_node& who, std::uint64_t slot);
  void expire(sim_node& who, std::uint64_t correlation);
  void handle(sim_node& who, std::uint64_t slot);
  void receive(sim_node& who, sim_message& what);
  void receive(sim_node& who, const membership_message& what);
  void answer(sim_node& who, const sim_message& what, const gossip_request& request);
  void take_answer(sim_node& who, const sim_message& what, const gossip_response& response);
  void fail_request(sim_node& who, std::uint64_t correlation, const authority& target,
                    const error& why);
  [[nodiscard]] sim_node* at_address(const authority& where);
  std::uint64_t keep(sim_message&& what);
  void release(std::uint64_t slot);
  void forget_idle_streams();

  // simulator_checks.cpp
  void observe(sim_node& who, const membership_outcome& outcome);
  void observe(sim_node& who, const state_event& event);
  void follow(sim_node& who, const member_status_changed& event);
  void follow(sim_node& who, const topology& update);
  static void forget_sequences(sim_node& who, const node_id& id);
  void check_news(sim_node& who, const gossip_state& told);
  void note_death(sim_node& who, const member_status_changed& event, std::uint32_t victim);
  void check_cores(sim_node& who);
  void check_message(const sim_node& who, const sim_message& what);
  /// A run of a node is over for good.
  void end_run(std::uint32_t number, std::uint64_t incarnation);

  random_source random_;
  time_point now_{std::chrono::hours{1}};
  std::vector<sim_node> nodes_;
  std::unordered_map<authority, std::uint32_t, address_hash> by_address_;
  std::unordered_map<node_id, std::uint32_t> by_id_;
  agenda agenda_;
  std::vector<sim_message> slots_;
  std::vector<std::uint64_t> free_slots_;
  std::unordered_map<std::uint64_t, stream> streams_;
  std::size_t streams_max_ = 1024;
  std::vector<std::function<void()>> actions_;
  measures counted_;
  std::vector<std::string> violations_;
  ended_runs ended_;
  std::uint64_t messages_sent_ = 0;
  /// The number of the message that is being handled; 0 = none.
  std::uint64_t handling_ = 0;
  /// During a converged start: nothing is sent.
  bool is_mute_ = false;
  std::uint64_t trace_ = 0;
  std::uint64_t steps_ = 0;
};

} // namespace caf_gossip::test
