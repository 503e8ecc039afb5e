// What threads share: the store behind its lock and the board of consensus checks. Nothing here
// links CAF, so the thread sanitizer sees everything.
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/consensus_board.hpp"
#include "actors/shared_gossiper.hpp"

namespace caf_gossip::test {

using boost::unit_test::description;

namespace {

using namespace std::chrono_literals;

byte_buffer bytes(const std::string& text) {
  return {text.begin(), text.end()};
}

time_point now() {
  return std::chrono::steady_clock::now();
}

/// Runs the same function in some threads until all have returned.
template <class Work>
void in_threads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i)
    threads.emplace_back(work, i);
  for (auto& one : threads)
    one.join();
}

/// Does to a shared gossiper what its actor does, in a thread of its own.
class tireless_actor {
public:
  explicit tireless_actor(shared_gossiper& what) : thread_([this, &what] { run(what); }) {}
  ~tireless_actor() {
    ended_ = true;
    thread_.join();
  }

private:
  void run(shared_gossiper& what) {
    while (!ended_) {
      const auto outcome = what.drive([](gossiper& core, time_point at) { core.tick(at); });
      for (const auto& request : outcome.requests)
        (void)what.drive([&](gossiper& core, time_point at) {
          core.answered(request.token, gossip_response{}, at);
        });
      std::this_thread::yield();
    }
  }

  std::atomic<bool> ended_{false};
  std::thread thread_;
};

config quick() {
  config result;
  result.gossip_interval = 1ms;
  result.heartbeat_expiration.reset();
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(shared_gossiper_threads)

BOOST_AUTO_TEST_CASE(sixteen_threads_of_mixed_calls_lose_nothing,
                     *description("S2.1.6 S2.4.3 S2.10.1")) {
  constexpr int calls = 1000;
  shared_gossiper sut{quick(), 1, now};
  (void)sut.drive([](gossiper& core, time_point at) {
    (void)core.start("a", at);
    core.set_self({"a", 1, {"h", 1}}, at);
    core.set_topology({{"a", 1, {"h", 1}}, {"b", 1, {"h", 2}}}, at);
  });
  // Boost.Test is not for several threads.
  std::atomic<std::uint64_t> writes{0};
  std::atomic<int> refused{0};
  {
    const tireless_actor actor{sut};
    in_threads(16, [&](int thread) {
      const auto key = std::to_string(thread);
      for (int i = 0; i < calls; ++i) {
        const auto done = sut.with([&](gossiper& core, time_point at) -> expected<void> {
          switch (i % 4) {
            case 0:
              return core.set_state("shared", bytes(key), at);
            case 1:
              return core.set_map_state("map", key, bytes(key), at);
            case 2:
              return core.remove_map_state("map", key, at);
            default:
              return core.blocked_members().map([](const auto&) {});
          }
        });
        writes += done && i % 4 != 3 ? 1 : 0;
        refused += done ? 0 : 1;
        (void)sut.read([](const gossiper& core) { return core.get_state("map"); });
      }
    });
  }
  BOOST_TEST(refused == 0);
  BOOST_TEST(writes == 16U * calls * 3 / 4);
  sut.read([&](const gossiper& core) {
    BOOST_TEST(core.own_sequence() == writes + core.ticks());
    BOOST_TEST(core.get_map_keys("map").value().empty());
    return true;
  });
}

BOOST_AUTO_TEST_CASE(waiting_threads_see_the_change_they_wait_for, *description("S2.4.5")) {
  shared_gossiper sut{quick(), 1, now};
  (void)sut.drive([](gossiper& core, time_point at) { (void)core.start("a", at); });
  std::atomic<int> seen{0};
  in_threads(9, [&](int thread) {
    if (thread == 0) {
      // Not try_with: this sanitizer does not know pthread_mutex_clocklock.
      (void)sut.with(
          [](gossiper& core, time_point at) { return core.set_state("ready", {1}, at); });
      return;
    }
    const auto is_ready = [&] {
      return !sut.read([](const gossiper& core) { return core.get_state("ready"); })->empty();
    };
    seen += sut.wait_until(is_ready, 30s) ? 1 : 0;
  });
  BOOST_TEST(seen == 8);
}

BOOST_AUTO_TEST_CASE(checks_may_come_and_go_while_they_are_evaluated,
                     *description("S2.11.1 S2.11.4")) {
  const auto state = std::make_shared<shared_gossiper>(quick(), 1, now);
  (void)state->drive([](gossiper& core, time_point at) { (void)core.start("a", at); });
  consensus_board sut{state};
  sut.on_change(std::make_shared<doorbell>([] {}));
  std::atomic<bool> ended{false};
  std::atomic<int> told{0};
  std::atomic<int> failed{0};
  std::thread evaluating{[&] {
    while (!ended)
      for (const auto& [id, check] : sut.take().added)
        if (const auto tell = sut.set(id, std::make_shared<const std::any>(1)))
          (*tell)(1);
  }};
  in_threads(8, [&](int) {
    for (int i = 0; i < 200; ++i) {
      const auto check = make_consensus_check<int>(std::vector<std::string>{"key"},
                                                   [](const consensus_values&) { return 1; });
      const auto id = sut.add(check, [&told](const std::any&) { ++told; });
      if (!id || (i % 2 == 0 && sut.wait(*id, 30s) == nullptr))
        ++failed;
      sut.remove(id.value_or(0));
    }
  });
  ended = true;
  evaluating.join();
  BOOST_TEST(failed == 0);
  BOOST_TEST(told >= 8 * 100);
  BOOST_TEST(sut.stats().checks == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
