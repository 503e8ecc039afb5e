/// Many gossiper cores over a seeded network in virtual time, in one thread.
///
/// It is a shell like any other: it calls the cores, carries their requests, answers and news, and
/// decides nothing. What the membership does for a real node is said from outside: who is a member,
/// and that members live. Equal seeds and equal calls give equal runs. After every input it checks
/// the invariants of that node.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "caf_gossip/base/random.hpp"
#include "caf_gossip/state/gossiper.hpp"
#include "tests/support/state_invariants.hpp"
#include "tests/support/virtual_cluster.hpp"

namespace caf_gossip::test {

class virtual_gossip {
public:
  struct node {
    member_ref self;
    std::unique_ptr<gossiper> core;
    /// The members it was told of last, and when the last word on its way arrives.
    std::vector<member_ref> topology;
    time_point told_last{};
    time_point deadline = never;
    /// Sent by this node so far.
    std::uint64_t requests = 0;
    int number = 0;
    /// Counts the starts of all nodes.
    std::uint64_t life = 0;
    state_invariants checks;
  };

  /// Losses, duplicates and delays hit requests, answers, news and frames alike; a lost request or
  /// answer ends as a timeout, of lost news nobody hears.
  explicit virtual_gossip(std::uint64_t seed, network_conditions conditions = {});

  /// The settings of nodes that are started from now on.
  config cfg;
  network_conditions conditions;
  /// Each node hears of a change of the membership after 0 to this time, in order.
  duration topology_delay{};
  /// So many ring neighbours get the hash of a node's state with each of its ticks, as on the
  /// frames of the membership.
  std::size_t frames = 0;
  /// Ledger and invariants after every input; bounds of messages only otherwise.
  bool thorough = true;

  // -- nodes ------------------------------------------------------------------------------------

  /// Starts node `number` (id "n<number>") as a new incarnation with an empty store, somewhere
  /// within its interval. Others hear of it by `announce`.
  node& start(int number);
  /// Starts the nodes 1 to `count` and announces them.
  void start_all(int count);
  /// As killed: it neither sends nor receives from now on, and requests to it fail.
  void kill(int number);
  /// Gives a running node a new incarnation; it keeps what it has published.
  void renew(int number);
  /// Tells all living nodes that the members are the living ones.
  void announce();
  /// Gives everybody what everybody has published, past the network, and lets all know it of all.
  void share_all();
  /// Tells one node, without delay.
  void tell(int number, const std::vector<int>& members);

  // -- network ----------------------------------------------------------------------------------

  /// Cuts messages from one node to another, in this direction only.
  void cut(int from, int to) { cuts_.insert({from, to}); }
  void cut_both(int a, int b) {
    cut(a, b);
    cut(b, a);
  }
  /// Requests and news to that node vanish.
  void make_black_hole(int number) { black_holes_.insert(number); }
  void heal() {
    cuts_.clear();
    black_holes_.clear();
  }

  // -- writing ----------------------------------------------------------------------------------

  /// Sets a key to a value that nobody else has and returns that.
  std::string set(int number, const std::string& key, std::optional<milliseconds> ttl = {});
  /// The same in a map; nothing when that is refused.
  std::optional<std::string> set_map(int number, const std::string& key, const std::string& map_key,
                                     std::optional<milliseconds> ttl = {});

  /// Calls the core of a node at the present moment and carries out the effects.
  template <class Call>
  auto call(int number, Call&& invoke) {
    auto& target = at(number);
    auto result = invoke(*target.core, now());
    settle(target);
    return result;
  }

  // -- time -------------------------------------------------------------------------------------

  void run_for(duration span);
  /// Runs until `done`, asked every 50 ms, or until `limit` has passed. Returns whether it held.
  bool run_until(const std::function<bool()>& done, duration limit);

  // -- observers --------------------------------------------------------------------------------

  [[nodiscard]] node& at(int number) { return nodes_.at(number); }
  [[nodiscard]] const node& at(int number) const { return nodes_.at(number); }
  [[nodiscard]] const std::set<int>& living() const { return live_; }
  [[nodiscard]] bool alive(int number) const { return live_.contains(number); }
  [[nodiscard]] time_point now() const { return now_; }
  static node_id id_of(int number) { return "n" + std::to_string(number); }

  /// Everything that a node has of all members, one line per entry. Of a heartbeat its content.
  [[nodiscard]] std::string contents(int number) const;
  /// All living nodes have all living nodes, nobody blocked, with equal contents, and have told so.
  [[nodiscard]] bool converged();
  [[nodiscard]] bool converges_within(duration limit);
  /// Runs until nobody has sent a request or news for 5 s or `limit` has passed. Returns whether it
  /// came to that.
  bool falls_silent_within(duration limit);
  /// How many living nodes have that value.
  [[nodiscard]] std::size_t holders_of(int owner, const std::string& key,
                                       const std::string& value) const;
  [[nodiscard]] std::uint64_t requests() const { return requests_; }
  /// Datagrams of news so far.
  [[nodiscard]] std::uint64_t news() const { return news_; }
  /// The largest number of member states in a message so far.
  [[nodiscard]] std::size_t largest_message() const { return largest_message_; }
  /// Hash of everything that was sent so far: when, by whom, to whom, what.
  [[nodiscard]] std::uint64_t trace() const { return trace_; }
  /// What did not hold so far, as sentences with node and time.
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

  /// Called with every request.
  std::function<void(const node& from, const state_outbound& what)> on_request;

private:
  using request_id = std::tuple<int, std::uint64_t, std::uint64_t>;

  void step(time_point until);
  void tick(node& who);
  void vouch(node& who);
  void send_frames(node& from);
  void settle(node& from);
  void send(const node& from, state_outbound&& what);
  void send_news(const node& from, state_news&& what);
  void carry(int from, int to, const std::function<void()>& arrive);
  void deliver(const node_id& from, const request_id& which, const state_outbound& what);
  void answer(const request_id& which, const member_ref& asked, const member_ref& by,
              std::uint64_t hash, const gossip_response& what);
  void give_up(const request_id& which, const error& why);
  [[nodiscard]] node* waiting(const request_id& which);
  void tell_at(node& who, std::vector<member_ref> members, time_point when);
  void check_message(const node& from, const node_id& to, const gossip_state& what);
  void check_news(const node& from, const gossip_state& what);
  void report(const node& who, const std::string& what);
  std::string new_value(const node& owner, const std::string& stored_key);
  [[nodiscard]] std::vector<member_ref> members() const;
  [[nodiscard]] bool has_told_contents(const node& who) const;
  [[nodiscard]] int number_of(const node_id& id) const { return std::stoi(id.substr(1)); }

  random_source random_;
  time_point now_{};
  std::map<int, node> nodes_;
  std::set<int> live_;
  std::set<std::pair<time_point, int>> deadlines_;
  std::multimap<time_point, std::function<void()>> agenda_;
  std::set<request_id> awaited_;
  std::set<std::pair<int, int>> cuts_;
  std::set<int> black_holes_;
  state_ledger ledger_;
  std::uint64_t starts_ = 0;
  std::uint64_t last_incarnation_ = 0;
  std::uint64_t writes_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t news_ = 0;
  std::size_t largest_message_ = 0;
  std::uint64_t trace_ = 0;
  std::vector<std::string> violations_;
};

} // namespace caf_gossip::test
