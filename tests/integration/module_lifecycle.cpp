// Whole actor systems with the module, on real sockets and CAF's own scheduler, in one process.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>

#include "actors/cluster.hpp"
#include "actors/error.hpp"
#include "tests/integration/host.hpp"

namespace {

using namespace caf_gossip;
using namespace caf_gossip::test;
using steady = std::chrono::steady_clock;

std::vector<std::string> ids_of(const std::vector<member_ref>& members) {
  std::vector<std::string> result;
  for (const auto& who : members)
    result.push_back(who.id);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(module_lifecycle)

// S1.4.1, S3.1.4
BOOST_AUTO_TEST_CASE(three_systems_in_one_process_become_one_cluster) {
  host first{{{"node-id", caf::config_value{"a"}}}};
  BOOST_REQUIRE(first.facade().start().has_value());
  BOOST_REQUIRE(first.facade().await_joined(patience).has_value());
  const options through_first{{"seeds", list({first.address()})}};
  std::vector<std::unique_ptr<host>> others;
  for (const auto* id : {"b", "c"}) {
    auto settings = through_first;
    settings.emplace_back("node-id", caf::config_value{id});
    others.push_back(std::make_unique<host>(settings));
    BOOST_REQUIRE(others.back()->facade().start().has_value());
  }
  const std::vector<std::string> all{"a", "b", "c"};
  for (const auto& one : others)
    BOOST_TEST(one->facade().await_joined(patience).has_value());
  const auto knows_all = [&](const host& one) {
    return eventually([&] { return ids_of(one.facade().members()) == all; });
  };
  BOOST_TEST(knows_all(first));
  for (const auto& one : others)
    BOOST_TEST(knows_all(*one));
  BOOST_TEST(first.facade().await_converged(patience).has_value());
  for (const auto& one : others)
    BOOST_TEST(one->facade().await_converged(patience).has_value());
  BOOST_TEST(first.facade().metrics().value().members == 3U);
  BOOST_TEST(first.facade().network().value().frames_sent > 0U);

  // A graceful goodbye: the others need no timeout of the failure detector to know it.
  BOOST_TEST(others.back()->facade().stop().has_value());
  BOOST_TEST(others.back()->facade().members().empty());
}

// S1.2.5
BOOST_AUTO_TEST_CASE(a_node_is_a_gossiper_for_those_who_know_only_the_interface) { // S2.1.1
  host node;
  auto facade = node.facade();
  gossiper_interface& gossiper = facade;
  BOOST_TEST((gossiper.stop().error().code == errc::not_started));
  BOOST_TEST(gossiper.start().has_value());
  BOOST_TEST((gossiper.start().error().code == errc::already_started));
  BOOST_TEST(facade.await_joined(patience).has_value());
  BOOST_TEST(gossiper.stop().has_value());
  BOOST_TEST((gossiper.stop().error().code == errc::already_stopped));
}

BOOST_AUTO_TEST_CASE(a_system_without_the_module_says_so) {
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  auto facade = cluster::of(sys);
  BOOST_TEST((facade.start().error().code == errc::not_started));
  BOOST_TEST(facade.members().empty());
  BOOST_TEST(facade.snapshot()->members.empty());
}

BOOST_AUTO_TEST_CASE(waiting_ends_at_its_limit) {
  host one;
  const auto joined = one.facade().await_joined(10ms);
  BOOST_REQUIRE(!joined.has_value());
  BOOST_TEST((joined.error().code == errc::timeout));
  BOOST_TEST((one.facade().await_converged(10ms).error().code == errc::timeout));
  BOOST_TEST((one.facade().stop().error().code == errc::not_started));
}

// design: the gossiper of another system, through the middleman
BOOST_AUTO_TEST_CASE(a_gossiper_can_be_had_from_another_system) {
  host server{{{"node-id", caf::config_value{"served"}}}, true};
  host client{{}, true};
  const auto port = server.sys().middleman().open(0, "127.0.0.1");
  BOOST_REQUIRE(!!port);
  const auto node = client.sys().middleman().connect("127.0.0.1", *port);
  BOOST_REQUIRE(!!node);
  auto far = client.sys().middleman().remote_spawn<gossiper_handle>(*node, "gossip",
                                                                    caf::make_message(), patience);
  BOOST_REQUIRE(!!far);
  caf::scoped_actor self{client.sys(), true};
  const auto failed = [&](const caf::error& why) { BOOST_ERROR(client.sys().render(why)); };
  self->request(*far, patience, start_gossip{}).receive([] {}, failed);
  self->request(*far, patience, get_gossiper_status{})
      .receive(
          [](const gossiper_status& status) {
            BOOST_TEST((status.state == gossiper_state::running));
            BOOST_TEST(status.self.id == "served");
          },
          failed);
  BOOST_TEST(server.facade().await_joined(patience).has_value());
  // Errors travel too.
  self->request(*far, patience, start_gossip{})
      .receive([] { BOOST_ERROR("started twice"); },
               [](const caf::error& why) { BOOST_TEST((why == errc::already_started)); });
  self->request(*far, patience, stop_gossip{}).receive([] {}, failed);
}

// S2.9.4: whatever the network is like, the end of the system comes.
BOOST_AUTO_TEST_CASE(a_system_ends_in_time) {
  const std::vector<options> all_kinds{
      {},
      {{"autostart", caf::config_value{true}}},
      {{"autostart", caf::config_value{true}}, {"leave-timeout", span(0ms)}},
      // Nobody listens at the seed; a name that does not resolve; a host that does not answer.
      {{"autostart", caf::config_value{true}}, {"seeds", list({"127.0.0.1:1"})}},
      {{"autostart", caf::config_value{true}}, {"seeds", list({"no-such-host.invalid:1"})}},
      {{"autostart", caf::config_value{true}}, {"seeds", list({"192.0.2.1:9"})}},
      {{"autostart", caf::config_value{true}}, {"fan-out", caf::config_value{0}}},
  };
  for (const auto& settings : all_kinds) {
    host one{settings};
    BOOST_TEST((one.end() < 10s));
  }
  for (const auto& settings : all_kinds) {
    host one{settings};
    (void)one.facade().await_joined(100ms);
    BOOST_TEST((one.end() < 10s));
  }
}

// S2.9.4, S4.18: it says goodbye on its way out.
BOOST_AUTO_TEST_CASE(the_end_of_a_system_is_a_goodbye) {
  host stays;
  BOOST_REQUIRE(stays.facade().start().has_value());
  BOOST_REQUIRE(stays.facade().await_joined(patience).has_value());
  std::atomic<int> left = 0;
  std::atomic<int> dead = 0;
  auto witness = stays.sys().spawn(
      [&](caf::event_based_actor* self, const caf::group& events) -> caf::behavior {
        self->set_default_handler(caf::drop);
        self->join(events);
        return {[&](const topology_updated& what) {
          left += static_cast<int>(what.update.left.size());
          dead += static_cast<int>(what.update.dead.size());
        }};
      },
      stays.facade().events());
  host goes{{{"seeds", list({stays.address()})}}};
  BOOST_REQUIRE(goes.facade().start().has_value());
  BOOST_REQUIRE(goes.facade().await_joined(patience).has_value());
  // Who comes and goes within one window of the topology is never announced.
  BOOST_REQUIRE(eventually([&] { return stays.facade().members().size() == 2; }));
  BOOST_TEST((goes.end() < 10s));
  BOOST_TEST(eventually([&] { return left > 0; }));
  BOOST_TEST(left == 1);
  BOOST_TEST(dead == 0);
  caf::anon_send_exit(witness, caf::exit_reason::kill);
}

// S2.9.4, D4
BOOST_AUTO_TEST_CASE(sixty_starts_and_stops_leave_nothing_behind) {
  host one;
  const auto cycle = [&] {
    BOOST_REQUIRE(one.facade().start().has_value());
    BOOST_REQUIRE(one.facade().await_joined(patience).has_value());
    BOOST_REQUIRE(one.facade().stop().has_value());
  };
  cycle();
  const auto descriptors_before = count_in(descriptors);
  const auto threads_before = count_in(threads);
  for (int i = 0; i < 60; ++i)
    cycle();
  BOOST_TEST(falls_to(descriptors, descriptors_before));
  BOOST_TEST(falls_to(threads, threads_before));
}

// S2.9.4
BOOST_AUTO_TEST_CASE(sixty_systems_leave_nothing_behind) {
  const options settings{{"autostart", caf::config_value{true}}};
  const auto cycle = [&] {
    host one{settings};
    BOOST_REQUIRE(one.facade().await_joined(patience).has_value());
  };
  cycle();
  const auto descriptors_before = count_in(descriptors);
  const auto threads_before = count_in(threads);
  for (int i = 0; i < 60; ++i)
    cycle();
  BOOST_TEST(falls_to(descriptors, descriptors_before));
  BOOST_TEST(falls_to(threads, threads_before));
}

// S2.1.6: whoever wins, every call is answered and the node can be used afterwards.
BOOST_AUTO_TEST_CASE(many_threads_may_start_and_stop_at_once) {
  host one;
  std::atomic<int> started = 0;
  std::atomic<int> stopped = 0;
  std::atomic<int> odd = 0;
  const auto is_one_of = [](errc code, std::initializer_list<errc> allowed) {
    return std::find(allowed.begin(), allowed.end(), code) != allowed.end();
  };
  const auto race = [&](bool is_starter) {
    const auto facade = one.facade();
    auto commands = facade;
    for (int i = 0; i < 25; ++i) {
      const auto result = is_starter ? commands.start() : commands.stop();
      if (result)
        ++(is_starter ? started : stopped);
      else if (!is_one_of(result.error().code, {errc::already_started, errc::not_started,
                                                errc::already_stopped, errc::invalid_state}))
        ++odd;
      (void)facade.snapshot();
      (void)facade.members();
      (void)facade.phase();
      if (!facade.status())
        ++odd;
    }
  };
  std::vector<std::thread> racers;
  for (int i = 0; i < 8; ++i)
    racers.emplace_back(race, i % 2 == 0);
  for (auto& racer : racers)
    racer.join();
  BOOST_TEST(odd == 0);
  BOOST_TEST(started > 0);
  const auto open = started - stopped;
  BOOST_TEST((open == 0 || open == 1));
  auto facade = one.facade();
  BOOST_TEST(facade.stop().has_value() == (open == 1));
  BOOST_TEST(facade.start().has_value());
  BOOST_TEST(facade.await_joined(patience).has_value());
}

// S2.1.6: the handler of an event may look, since looking never waits.
BOOST_AUTO_TEST_CASE(the_observers_may_be_called_from_event_handlers) {
  host one;
  std::atomic<bool> agreed = false;
  auto facade = one.facade();
  auto witness = one.sys().spawn(
      [&agreed](caf::event_based_actor* self, cluster view) -> caf::behavior {
        self->set_default_handler(caf::drop);
        self->join(view.events());
        return {[&agreed, view](const topology_updated& what) {
          agreed = view.members() == what.update.members && view.snapshot()->joined
                   && view.self().address.port != 0;
        }};
      },
      facade);
  BOOST_REQUIRE(facade.start().has_value());
  BOOST_TEST(eventually([&] { return agreed.load(); }));
  caf::anon_send_exit(witness, caf::exit_reason::kill);
}

// S1.2.4
BOOST_AUTO_TEST_CASE(an_address_in_use_is_reported_and_can_be_taken_later) {
  host first;
  BOOST_REQUIRE(first.facade().start().has_value());
  BOOST_REQUIRE(first.facade().await_joined(patience).has_value());
  const auto port = first.facade().self().address.port;
  host second{{{"port", caf::config_value{static_cast<int>(port)}}}};
  const auto refused = second.facade().start();
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == errc::network_error));
  BOOST_REQUIRE(first.facade().stop().has_value());
  BOOST_TEST(second.facade().start().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
