/// Many membership coordinators over a seeded network in virtual time, in one thread.
///
/// It is a shell like any other: it calls the cores, carries their messages and keeps their events,
/// and decides nothing. Equal seeds and equal calls give equal runs. After every input it checks
/// the invariants of that node.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "caf_gossip/base/random.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"
#include "tests/support/invariants.hpp"

namespace caf_gossip::test {

/// What the network does to messages. Streams lose and reorder nothing unless a link is cut or they
/// are told to.
struct network_conditions {
  duration latency_min = std::chrono::microseconds{300};
  duration latency_max = std::chrono::microseconds{700};
  /// Share of datagrams that vanish.
  double loss = 0.0;
  /// Share of messages that arrive twice.
  double duplication = 0.0;
  /// Share of messages that take ten times as long, and so overtake nobody.
  double reordering = 0.0;
  /// Loss and reordering also hit streams (a lost request looks as if it was never answered).
  bool lossy_streams = false;
};

class virtual_cluster {
public:
  /// One node: its core, what it told, and where it is.
  struct node {
    member_ref self;
    std::unique_ptr<membership_coordinator> core;
    std::vector<membership_event> events;
    std::vector<leave_finished> replies;
    time_point next_round = never;
    /// When the core wants to be ticked, as of its last input.
    time_point deadline = never;
    std::uint64_t sent = 0;
    int number = 0;
    invariants checks;
  };

  explicit virtual_cluster(std::uint64_t seed, network_conditions conditions = {});

  /// The settings of nodes that are added from now on.
  config cfg;
  network_conditions conditions;

  /// Adds and starts node `number` (id "n<number>", authority "10.0.0.<number>:7000"), joining
  /// through the nodes `seeds`. An existing node is restarted as a new incarnation, at once.
  node& start(int number, const std::vector<int>& seeds = {1});
  /// As above, with a name and an incarnation of its own.
  node& start_as(int number, const node_id& id, std::uint64_t incarnation,
                 const std::vector<int>& seeds);
  /// As killed: it neither sends nor receives from now on, and its port is closed.
  void kill(int number);
  /// As frozen: its port stays open, but nothing is processed until `resume`.
  void pause(int number);
  void resume(int number);
  /// Cuts messages from one node to another, in this direction only.
  void cut(int from, int to) { cuts_.insert({from, to}); }
  void cut_both(int a, int b) {
    cut(a, b);
    cut(b, a);
  }
  void heal() { cuts_.clear(); }

  /// What did not hold so far, as sentences with node and time.
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  /// Every event of every node so far, one line each, in order.
  [[nodiscard]] const std::string& trace() const { return trace_; }
  /// Turns the trace on.
  bool traced = false;

  void run_for(duration span);
  /// Runs until `done` or until `limit` has passed. Returns whether `done` held.
  bool run_until(const std::function<bool()>& done, duration limit);

  /// Calls the core of a node at the present moment and carries out the effects.
  template <class Call>
  auto call(int number, Call&& invoke) {
    auto& target = at(number);
    auto result = invoke(*target.core, now());
    settle(target);
    return result;
  }

  [[nodiscard]] node& at(int number) { return nodes_.at(number); }
  [[nodiscard]] const node& at(int number) const { return nodes_.at(number); }
  [[nodiscard]] bool alive(int number) const { return live_.contains(number); }
  [[nodiscard]] std::vector<int> living() const { return {live_.begin(), live_.end()}; }
  [[nodiscard]] time_point now() const { return now_; }
  static authority address_of(int number);

  /// The status of `whom` as node `number` sees it; nothing when unknown.
  [[nodiscard]] std::optional<member_status> status(int number, int whom) const;
  /// Every living node sees exactly the living nodes, all of them up.
  [[nodiscard]] bool all_see_all() const;
  /// Every living node is in the phase confirmed.
  [[nodiscard]] bool all_confirmed() const;
  /// All living nodes agree on the roster, see each other, know it, and told their applications so.
  [[nodiscard]] bool converged() const;
  /// Runs until `converged`.
  bool converges_within(duration limit);
  /// Events of one kind at a node, in order.
  template <class Event>
  [[nodiscard]] std::vector<Event> told(int number) const {
    std::vector<Event> result;
    for (const auto& event : at(number).events)
      if (const auto* match = std::get_if<Event>(&event))
        result.push_back(*match);
    return result;
  }
  /// Calls this for every message that is about to be sent; returning false drops it.
  std::function<bool(int from, const membership_outbound&)> filter;

private:
  struct parcel {
    int from = 0;
    membership_outbound message;
  };
  /// Something that happens at its moment; the number keeps equal moments in order.
  using schedule = std::multimap<time_point, std::function<void()>>;

  void settle(node& from);
  node& launch(node& fresh, const std::vector<int>& seeds);
  void report(const node& who, const std::string& what);
  void send(int from, membership_outbound message);
  void carry(const parcel& item);
  void deliver(const parcel& item);
  void fail_later(int from, const membership_outbound& message, const error& why, duration after);
  void step(time_point until);

  random_source random_;
  time_point now_{std::chrono::hours{1}};
  std::map<int, node> nodes_;
  std::map<authority, int> by_address_;
  std::set<int> live_;
  std::set<int> paused_;
  std::map<int, std::vector<parcel>> held_;
  std::set<std::pair<int, int>> cuts_;
  std::set<std::pair<int, std::uint64_t>> unanswered_;
  /// Answers to what came over a stream go back over it.
  std::set<std::uint64_t> stream_requests_;
  schedule agenda_;
  /// Arrival of the last message on each stream.
  std::map<std::pair<int, authority>, time_point> streams_;
  std::vector<std::string> violations_;
  std::string trace_;
  std::size_t steps_at_now_ = 0;
  std::size_t told_ = 0;
};

} // namespace caf_gossip::test
