/// Nodes as processes, and what the tests wait for. Real sockets on the loopback interface.
#pragma once

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "examples/node_process.hpp"

namespace caf_gossip::test {

using examples::node_process;
using line = node_process::line;
using words = std::vector<std::string>;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Far more than anything here takes, for slow and busy machines.
inline constexpr seconds patience{30};

/// Faults are found within about three seconds, yet a busy machine does not look like one.
inline const words quick{"--gossip.heartbeat-interval=100ms", "--gossip.suspicion-timeout=1s",
                         "--gossip.quarantine-ttl=60s"};

inline words operator+(words left, const words& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

/// Nanoseconds since 1970, as the nodes print them.
inline std::int64_t time_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

inline long long ms_between(std::int64_t begin, std::int64_t end) {
  return (end - begin) / 1'000'000;
}

// -- what a line says ---------------------------------------------------------------------------

/// An event, of one member unless `member` is empty.
inline node_process::condition is(std::string event, std::string member = {}) {
  return [event = std::move(event), member = std::move(member)](const line& said) {
    return said.value("event", "") == event
           && (member.empty() || said.value("member", "") == member);
  };
}

/// A topology of exactly these members, sorted.
inline node_process::condition lists(words members) {
  return [members = std::move(members)](const line& said) {
    return said.value("event", "") == "topology" && said.at("members") == members;
  };
}

/// The same, emitted when a member went: `how` is "left" or "dead". While a cluster grows, others
/// may come before that member, and the list of members alone looks the same then.
inline node_process::condition lists(words members, std::string how, std::string gone) {
  return [fits = lists(std::move(members)), how = std::move(how), who = words{std::move(gone)}](
             const line& said) { return fits(said) && said.at(how) == who; };
}

// -- a node -------------------------------------------------------------------------------------

class node {
public:
  node(std::string id, const words& seeds, const words& options = {})
      : id_(std::move(id)),
        process_(CAF_GOSSIP_NODE_PROGRAM,
                 words{"--gossip.node-id=" + id_, "--gossip.seeds=" + line(seeds).dump()}
                     + options) {}

  const std::string& id() const { return id_; }
  node_process& process() { return process_; }

  /// Waits for a line after `from` others; throws when it does not come.
  line expect(const std::string& what, const node_process::condition& fits, std::size_t from = 0) {
    if (auto said = process_.wait_for(fits, patience, from))
      return *said;
    std::string text = id_ + " did not say: " + what + ". Its last lines:\n";
    const auto all = process_.lines();
    for (std::size_t i = all.size() > 20 ? all.size() - 20 : 0; i < all.size(); ++i)
      text += all[i].dump(-1, ' ', false, line::error_handler_t::replace) + "\n";
    throw std::runtime_error{text + process_.errors()};
  }

  line expect(const std::string& event, const std::string& member, std::size_t from = 0) {
    return expect(event + " " + member, is(event, member), from);
  }

  line expect_members(const words& members, std::size_t from = 0) {
    return expect("topology " + line(members).dump(), lists(members), from);
  }

  line expect_loss(const std::string& how, const std::string& who, const words& members) {
    return expect(how + " " + who + " of a topology", lists(members, how, who));
  }

  /// Where this node listens, once it does.
  std::string address() { return expect("started", is("started")).at("address"); }

  std::string port() {
    const auto where = address();
    return where.substr(where.rfind(':') + 1);
  }

  /// Returns the lines that fit.
  std::vector<line> said(const node_process::condition& fits) const {
    std::vector<line> result;
    for (const auto& one : process_.lines())
      if (fits(one))
        result.push_back(one);
    return result;
  }

  /// Returns how many milliseconds quitting took; throws unless the node ended with 0.
  long long quit() {
    const auto begin = time_now();
    process_.send("quit");
    return ended_with_0(begin);
  }

  /// The same after SIGTERM.
  long long terminate() {
    const auto begin = time_now();
    process_.signal(SIGTERM);
    return ended_with_0(begin);
  }

private:
  long long ended_with_0(std::int64_t begin) {
    if (process_.wait_for_exit(patience) != 0)
      throw std::runtime_error{id_ + " did not end with 0. " + process_.errors()};
    return ms_between(begin, time_now());
  }

  std::string id_;
  node_process process_;
};

/// Some nodes that joined through the first one.
struct nodes {
  std::vector<std::unique_ptr<node>> all;
  /// When the last process had been started.
  std::int64_t started_at = 0;

  nodes(std::size_t count, const words& options) {
    for (std::size_t i = 1; i <= count; ++i) {
      char id[8] = {};
      std::snprintf(id, sizeof id, "n%02u", static_cast<unsigned>(i));
      const words seeds = all.empty() ? words{} : words{all.front()->address()};
      all.push_back(std::make_unique<node>(id, seeds, options));
    }
    started_at = time_now();
  }

  node& operator[](std::size_t index) { return *all[index]; }

  words ids() const {
    words result;
    for (const auto& one : all)
      result.push_back(one->id());
    return result;
  }

  /// Waits until every node lists every node. Returns the milliseconds from the last start to the
  /// last node's list.
  long long come_together() {
    std::int64_t last = started_at;
    for (const auto& one : all)
      last = std::max(last, one->expect_members(ids()).at("t").get<std::int64_t>());
    return ms_between(started_at, last);
  }

  /// Takes a node out of the list without ending it.
  std::unique_ptr<node> take(std::size_t index) {
    auto result = std::move(all[index]);
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(index));
    return result;
  }

  /// Fails for every line that calls somebody dead or suspect. `but` may be called so.
  void expect_no_suspicion(const std::string& but = {}) const {
    for (const auto& one : all)
      for (const auto& said : one->process().lines())
        if (is("dead")(said) || is("suspect")(said))
          BOOST_TEST(said.at("member") == but, one->id() << " said " << said.dump());
  }
};

} // namespace caf_gossip::test
