/// Writing, removing, blocking, crashing and coming back in any order.
#include <map>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/state/key.hpp"
#include "tests/support/state_trial.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;
using boost::unit_test::description;

/// What the user of one node has written: by stored key, the value and until when it lasts.
class notebook {
public:
  void set(const std::string& key, const std::string& value, time_point until) {
    remove(key);
    entries_[key] = {value, until};
  }
  void set_map(const std::string& key, const std::string& map_key, const std::string& value,
               time_point until) {
    entries_[map_entry_key(key, map_key)] = {value, until};
  }
  /// A value, or a whole map.
  void remove(const std::string& key) {
    std::erase_if(entries_, [&](const auto& item) { return split(item.first).key == key; });
  }
  void remove_map(const std::string& key, const std::string& map_key) {
    entries_.erase(map_entry_key(key, map_key));
  }
  [[nodiscard]] std::map<std::string, std::string> at(time_point now) const {
    std::map<std::string, std::string> result;
    for (const auto& [key, entry] : entries_)
      if (now < entry.second)
        result.emplace(key, entry.first);
    return result;
  }

private:
  std::map<std::string, std::pair<std::string, time_point>> entries_;
};

/// What a node shows of a member, the reserved keys left out.
std::map<std::string, std::string> shown(const virtual_gossip& nodes, int reader, int owner) {
  std::map<std::string, std::string> result;
  for (const auto& entry : nodes.at(reader).core->read_updates("", true))
    if (entry.member_id == nodes.id_of(owner) && !is_reserved_key(entry.key))
      result.emplace(entry.map_key ? map_entry_key(entry.key, *entry.map_key) : entry.key,
                     std::string{entry.value.begin(), entry.value.end()});
  return result;
}

class turbulence {
public:
  turbulence(trial& run, virtual_gossip& nodes) : run_(run), nodes_(nodes), random_(run.seed()) {}

  void begin(int count) {
    count_ = count;
    nodes_.cfg.state_value_bytes_max = 64;
    nodes_.cfg.state_message_bytes_max = 2176; // about 15 entries
    nodes_.cfg.gossip_max_send = 4;
    nodes_.topology_delay = 300ms;
    nodes_.frames = 3;
    nodes_.start_all(count);
  }

  void act() {
    const auto number = any();
    if (!nodes_.alive(number))
      return restart(number);
    switch (random_.below(16)) {
      case 0:
        return crash(number);
      case 1:
        return block(number, any());
      case 2:
        return unblock(number);
      case 3:
        return count_actors(number);
      case 4:
      case 5:
        return remove(number);
      case 6:
      case 7:
        return remove_map(number);
      case 8:
      case 9:
      case 10:
        return set_map(number);
      default:
        return set(number);
    }
  }

  void wait() { nodes_.run_for(duration{random_.below(duration{400ms}.count())}); }

  /// Ends all crashes and blocks.
  void make_whole() {
    for (int number = 1; number <= count_; ++number)
      if (!nodes_.alive(number))
        restart(number);
    nodes_.run_for(nodes_.topology_delay);
    for (int number = 1; number <= count_; ++number)
      unblock(number);
  }

  void require_what_was_written() {
    for (int owner = 1; owner <= count_; ++owner)
      for (int reader = 1; reader <= count_; ++reader)
        run_.require(shown(nodes_, reader, owner) == notes_[owner].at(nodes_.now()),
                     nodes_.id_of(reader) + " has what " + nodes_.id_of(owner) + " wrote");
  }

private:
  int any() { return 1 + static_cast<int>(random_.below(static_cast<std::uint64_t>(count_))); }
  std::string key() { return "k" + std::to_string(random_.below(4)); }
  std::string map_key() { return "m" + std::to_string(random_.below(3)); }
  std::optional<milliseconds> ttl() {
    if (random_.below(4) > 0)
      return std::nullopt;
    return milliseconds{100 + random_.below(3000)};
  }
  time_point end_of(const std::optional<milliseconds>& ttl) const {
    return ttl ? nodes_.now() + *ttl : never;
  }

  void set(int number) {
    const auto where = key();
    const auto limit = ttl();
    notes_[number].set(where, nodes_.set(number, where, limit), end_of(limit));
  }
  void set_map(int number) {
    const auto where = key();
    const auto what = map_key();
    const auto limit = ttl();
    const auto value = nodes_.set_map(number, where, what, limit);
    run_.require(value.has_value() != notes_[number].at(nodes_.now()).contains(where),
                 "a map is written unless there is a plain value");
    if (value)
      notes_[number].set_map(where, what, *value, end_of(limit));
  }
  void remove(int number) {
    const auto where = key();
    notes_[number].remove(where);
    const auto done = nodes_.call(
        number, [&](auto& core, time_point now) { return core.remove_state(where, now); });
    run_.require(done.has_value(), "removing succeeds");
  }
  void remove_map(int number) {
    const auto where = key();
    const auto what = map_key();
    notes_[number].remove_map(where, what);
    const auto done = nodes_.call(number, [&](auto& core, time_point now) {
      return core.remove_map_state(where, what, now);
    });
    run_.require(done.has_value(), "removing from a map succeeds");
  }
  void count_actors(int number) {
    const member_heartbeat counts{{{"worker", static_cast<std::int64_t>(random_.below(100))}}};
    const auto done =
        nodes_.call(number, [&](auto& core, time_point) { return core.set_actor_counts(counts); });
    run_.require(done.has_value(), "counts are taken");
  }
  void block(int number, int whom) {
    const auto done = nodes_.call(number, [&](auto& core, time_point now) {
      return core.block_members({nodes_.id_of(whom)}, now);
    });
    run_.require(number != whom || !done, "nobody blocks itself");
  }
  void unblock(int number) {
    const auto blocked = *nodes_.at(number).core->blocked_members();
    for (const auto& id : blocked) {
      const auto done = nodes_.call(
          number, [&](auto& core, time_point now) { return core.unblock_member(id, now); });
      run_.require(done.has_value(), "unblocking succeeds");
    }
  }
  void crash(int number) {
    if (nodes_.living().size() <= 3)
      return;
    notes_.erase(number);
    nodes_.kill(number);
    nodes_.announce();
  }
  void restart(int number) {
    nodes_.start(number);
    nodes_.announce();
  }

  trial& run_;
  virtual_gossip& nodes_;
  random_source random_;
  std::map<int, notebook> notes_;
  int count_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(state_turbulence)

BOOST_AUTO_TEST_CASE(whatever_happens_all_end_with_what_was_written_last,
                     *description("S2.4.3 S2.5.1 S2.5.2 S2.5.3 S2.5.5 S2.7.3 S2.10.2 S4.8 S4.15")) {
  for_state_seeds("random mix", 100, [](trial& run, virtual_gossip& nodes) {
    turbulence test{run, nodes};
    test.begin(6);
    for (int step = 0; step < 80; ++step) {
      test.act();
      test.wait();
    }
    test.make_whole();
    run.require(nodes.converges_within(120s), "all have the same");
    test.require_what_was_written();
    nodes.run_for(40s);
    run.require(nodes.converged(), "it stays so");
    test.require_what_was_written();
    for (const auto number : nodes.living())
      run.require(nodes.at(number).core->metrics().tombstones == 0, "removed keys are forgotten");
  });
}

BOOST_AUTO_TEST_CASE(of_twenty_quick_restarts_the_last_one_stays,
                     *description("S2.7.1 S2.7.3 S5.2.6")) {
  for_state_seeds("quick restarts", 10, [](trial& run, virtual_gossip& nodes) {
    nodes.frames = 2;
    nodes.start_all(6);
    run.require(nodes.converges_within(30s), "all have all");
    nodes.topology_delay = 2s;
    std::string last;
    for (int restarts = 0; restarts < 20; ++restarts) {
      nodes.kill(3);
      nodes.run_for(60ms);
      nodes.start(3);
      nodes.announce();
      last = nodes.set(3, "life");
      nodes.set(3, "life " + std::to_string(restarts));
      nodes.run_for(std::chrono::milliseconds{40 + 60 * (restarts % 5)});
    }
    run.require(nodes.converges_within(40s), "all have the same");
    run.require(nodes.holders_of(3, "life", last) == 6, "the newest state");
    for (int reader = 1; reader <= 6; ++reader)
      run.require(shown(nodes, reader, 3).size() == 2, "and nothing of the lives before");
  });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
