// The shared core: its lock, whom it wakes, and waiting for it from threads.
#include "actors/shared_gossiper.hpp"

#include <future>
#include <thread>

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

using boost::unit_test::description;

namespace {

using namespace std::chrono_literals;

struct running_core {
  config cfg;
  std::atomic<int> outcomes{0};
  std::atomic<int> changes{0};
  std::shared_ptr<doorbell> outcome_bell = std::make_shared<doorbell>([this] { ++outcomes; });
  std::shared_ptr<doorbell> change_bell = std::make_shared<doorbell>([this] { ++changes; });
  time_point now{1h};
  shared_gossiper sut{cfg, 1, [this] { return now; }};

  running_core() {
    sut.on_outcome(outcome_bell);
    sut.on_change(change_bell);
    (void)sut.drive([](gossiper& core, time_point at) { (void)core.start("self", at); });
    change_bell->come();
    outcomes = 0;
    changes = 0;
  }

  expected<void> set(std::string_view key) {
    return sut.with([&](gossiper& core, time_point at) { return core.set_state(key, {}, at); });
  }

  bool has(std::string_view key) {
    return !sut.read([&](const gossiper& core) { return core.get_state(key); })->empty();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(shared_gossiper)

BOOST_FIXTURE_TEST_CASE(rings_once_until_somebody_comes, running_core) {
  BOOST_TEST(set("one").has_value());
  BOOST_TEST(set("two").has_value());
  BOOST_TEST(changes == 1);
  change_bell->come();
  BOOST_TEST(set("three").has_value());
  BOOST_TEST(changes == 2);
  // The first write has to be passed on; nobody has come to do so.
  BOOST_TEST(outcomes == 1);
}

BOOST_FIXTURE_TEST_CASE(rings_for_outcomes_and_earlier_deadlines, running_core) {
  // Reading has nothing to carry out.
  (void)sut.with([](gossiper& core, time_point) { return core.get_state("key").has_value(); });
  BOOST_TEST(outcomes == 0);
  sut.with([](gossiper& core, time_point at) { core.report("what", "reason", at); });
  sut.with([](gossiper& core, time_point at) { core.report("what", "again", at); });
  BOOST_TEST(outcomes == 1);
  BOOST_TEST(sut.drive([](gossiper&, time_point) {}).events.size() == 2U);
  BOOST_TEST(outcomes == 1);
  (void)sut.with([](gossiper& core, time_point at) {
    return core.set_state("brief", {}, at, std::optional{milliseconds{1}});
  });
  BOOST_TEST(outcomes == 2);
}

BOOST_FIXTURE_TEST_CASE(gives_up_on_a_busy_store, running_core, *description("S2.4.5")) {
  std::promise<void> is_held;
  std::promise<void> release;
  std::thread holder{[&] {
    sut.with([&](gossiper&, time_point) {
      is_held.set_value();
      release.get_future().wait();
    });
  }};
  is_held.get_future().wait();
  const auto write = [](gossiper& core, time_point at) { return core.set_state("key", {}, at); };
  const auto refused = sut.try_with(write, 5ms);
  release.set_value();
  holder.join();
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == errc::timeout));
  BOOST_TEST(refused.error().text.find("5ms") != std::string::npos);
  BOOST_TEST(!has("key"));
  BOOST_TEST(sut.try_with(write, 5ms).has_value());
  BOOST_TEST(has("key"));
}

BOOST_FIXTURE_TEST_CASE(lets_threads_wait_for_a_change, running_core) {
  auto waiting = std::async(std::launch::async,
                            [&] { return sut.wait_until([&] { return has("key"); }, 1h); });
  BOOST_TEST(set("other").has_value());
  BOOST_TEST(set("key").has_value());
  BOOST_TEST(waiting.get());
  BOOST_TEST(sut.wait_until([&] { return has("key"); }, 0ms));
  BOOST_TEST(!sut.wait_until([&] { return has("never"); }, 1ms));
  BOOST_TEST(sut.wait_until([] { return true; }, milliseconds::max()));
}

// The predicate may use the store itself, and may throw.
BOOST_FIXTURE_TEST_CASE(calls_the_predicate_without_the_lock, running_core) {
  BOOST_TEST(sut.wait_until([&] { return set("key").has_value(); }, 0ms));
  BOOST_CHECK_THROW(sut.wait_until([]() -> bool { throw std::runtime_error{"no"}; }, 1h),
                    std::runtime_error);
  BOOST_TEST(set("key").has_value());
}

BOOST_FIXTURE_TEST_CASE(counts_every_write_of_many_threads, running_core, *description("S2.1.6")) {
  constexpr int threads = 8;
  constexpr int writes = 500;
  std::vector<std::thread> all;
  std::atomic<int> done{0};
  for (int i = 0; i < threads; ++i)
    all.emplace_back([&, i] {
      for (int n = 0; n < writes; ++n) {
        done += set("key" + std::to_string(i)).has_value() ? 1 : 0;
        (void)sut.blocks();
      }
    });
  for (auto& one : all)
    one.join();
  BOOST_TEST(done == threads * writes);
  BOOST_TEST(sut.read([](const gossiper& core) { return core.own_sequence(); })
             == static_cast<std::uint64_t>(threads * writes));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
