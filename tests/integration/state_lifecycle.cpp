// The key/value plane under many threads and many lives, in whole nodes on real sockets.
#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include "tests/integration/host.hpp"

namespace {

using namespace caf_gossip;
using namespace caf_gossip::test;

byte_buffer bytes(const std::string& text) {
  return {text.begin(), text.end()};
}

/// Two nodes that know each other.
struct pair_of_hosts {
  host first{{{"node-id", caf::config_value{"a"}}}};
  std::unique_ptr<host> second;

  pair_of_hosts() {
    start(first);
    second = std::make_unique<host>(
        options{{"node-id", caf::config_value{"b"}}, {"seeds", list({first.address()})}});
    start(*second);
    BOOST_REQUIRE(eventually([this] { return first.facade().members().size() == 2; }));
    BOOST_REQUIRE(eventually([this] { return second->facade().members().size() == 2; }));
  }

  static void start(host& one) {
    auto facade = one.facade();
    BOOST_REQUIRE(facade.start().has_value());
    BOOST_REQUIRE(facade.await_joined(patience).has_value());
  }
};

/// Resident memory of this process in KiB.
std::size_t resident() {
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;) {
    std::size_t result = 0;
    if (word == "VmRSS:" && status >> result)
      return result;
  }
  return 0;
}

} // namespace

BOOST_AUTO_TEST_SUITE(state_lifecycle)

// S2.1.6, S2.4.3: no call is lost, whoever else calls, and the last value of each key arrives.
BOOST_AUTO_TEST_CASE(sixteen_threads_lose_nothing) {
  constexpr int threads_count = 16;
  constexpr int calls = 1000;
  pair_of_hosts nodes;
  std::atomic<std::uint64_t> writes = 0;
  std::atomic<int> odd = 0;
  const auto work = [&](int thread) {
    auto facade = nodes.first.facade();
    const auto own_key = "key-" + std::to_string(thread);
    const auto note = [&](const auto& result, bool is_write) {
      if (!result)
        ++odd;
      else if (is_write)
        ++writes;
    };
    for (int i = 0; i < calls; ++i) {
      const auto text = std::to_string(i);
      switch (i % 8) {
        case 0:
          note(facade.set_state("shared", bytes(text)), true);
          break;
        case 1:
          note(facade.set_state_request(own_key, bytes(text)), true);
          break;
        case 2:
          note(facade.set_map_state("map", own_key, bytes(text)), true);
          break;
        case 3:
          note(facade.get_map_state("map", own_key), false);
          break;
        case 4:
          note(facade.remove_map_state("map", own_key), true);
          break;
        case 5:
          note(facade.get_map_keys("map"), false);
          break;
        case 6:
          note(facade.get_state("shared"), false);
          break;
        default:
          note(facade.get_blocked_members(), false);
      }
    }
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < threads_count; ++i)
    workers.emplace_back(work, i);
  for (auto& worker : workers)
    worker.join();

  BOOST_TEST(odd == 0);
  BOOST_TEST(writes == threads_count * calls / 2);
  const auto facade = nodes.first.facade();
  const auto heartbeats = facade.status().value().ticks;
  const auto sequence = facade.own_sequence();
  BOOST_TEST(sequence >= writes + heartbeats);
  BOOST_TEST(sequence <= writes + facade.status().value().ticks);
  BOOST_TEST(facade.await_converged(patience).has_value());
  const auto far = nodes.second->facade();
  for (int i = 0; i < threads_count; ++i)
    BOOST_TEST((far.get_state("a", "key-" + std::to_string(i)).value().value == bytes("993")));
  BOOST_TEST((far.get_state("a", "shared").value().value
              == facade.get_state("a", "shared").value().value));
}

// S2.1.6: reads and writes race with start and stop; each call gets an answer that fits.
BOOST_AUTO_TEST_CASE(calls_may_race_with_starts_and_stops) {
  host one;
  std::atomic<bool> ended = false;
  std::atomic<int> odd = 0;
  const auto call = [&] {
    auto facade = one.facade();
    while (!ended) {
      const auto set = facade.set_state("key", {1});
      const auto read = facade.get_state("key");
      for (const auto code :
           {set ? errc::none : set.error().code, read ? errc::none : read.error().code})
        if (code != errc::none && code != errc::not_started && code != errc::already_stopped)
          ++odd;
    }
  };
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i)
    callers.emplace_back(call);
  auto facade = one.facade();
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(facade.start().has_value());
    BOOST_TEST(facade.stop().has_value());
  }
  ended = true;
  for (auto& caller : callers)
    caller.join();
  BOOST_TEST(odd == 0);
}

// S2.1.6: even where every worker of the scheduler is in a handler that calls the facade.
BOOST_AUTO_TEST_CASE(handlers_of_events_may_write) {
  pair_of_hosts nodes;
  std::atomic<int> answered = 0;
  const auto role = [&answered](caf::event_based_actor* self, cluster view) -> caf::behavior {
    self->set_default_handler(caf::drop);
    self->join(view.events());
    return {[&answered, view](const gossip_update& what) mutable {
      if (what.key != "question")
        return;
      if (view.set_state("answer", what.value) && view.get_state("answer")
          && view.set_map_state("answers", "last", what.value))
        ++answered;
    }};
  };
  std::vector<caf::actor> witnesses;
  for (int i = 0; i < 8; ++i)
    witnesses.push_back(nodes.second->sys().spawn(role, nodes.second->facade()));
  auto first = nodes.first.facade();
  BOOST_REQUIRE(first.set_state("question", bytes("why")).has_value());
  BOOST_TEST(eventually([&] { return answered == 8; }));
  BOOST_TEST(first
                 .await_state(
                     [](const cluster& now) {
                       const auto values = now.get_state("answer");
                       return values && values->count("b") > 0;
                     },
                     patience)
                 .has_value());
  for (const auto& witness : witnesses)
    caf::anon_send_exit(witness, caf::exit_reason::kill);
}

// S2.9.4, S2.7.4, D4: two hundred lives leave no descriptor, thread, subscription or memory behind.
BOOST_AUTO_TEST_CASE(two_hundred_lives_leave_nothing_behind) {
  host one;
  auto facade = one.facade();
  const auto live = [&] {
    BOOST_REQUIRE(facade.start().has_value());
    for (int i = 0; i < 10; ++i)
      BOOST_REQUIRE(facade.set_state("key-" + std::to_string(i), byte_buffer(1000)).has_value());
    BOOST_REQUIRE(facade.stop().has_value());
  };
  for (int i = 0; i < 50; ++i)
    live();
  const auto descriptors_before = count_in(descriptors);
  const auto threads_before = count_in(threads);
  const auto memory_before = resident();
  for (int i = 0; i < 200; ++i)
    live();
  BOOST_TEST(falls_to(descriptors, descriptors_before));
  BOOST_TEST(falls_to(threads, threads_before));
  BOOST_TEST(facade.state_metrics().entries == 0U);
#ifdef __SANITIZE_ADDRESS__
  constexpr std::size_t slack = 64U << 10U; // freed memory is kept in quarantine
#else
  constexpr std::size_t slack = 4U << 10U;
#endif
  BOOST_TEST(resident() <= memory_before + slack);
}

BOOST_AUTO_TEST_SUITE_END()
