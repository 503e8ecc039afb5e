// The module inside its actor system: from loading it to the end of the system.
#include "actors/module.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/deterministic_actors.hpp"

namespace caf_gossip::test {

namespace {

struct world_fixture {
  deterministic_actors world;
};

const settings autostarting{{"autostart", caf::config_value{true}}};
const settings broken{{"fan-out", caf::config_value{0}}, {"autostart", caf::config_value{true}}};

} // namespace

BOOST_AUTO_TEST_SUITE(module)

BOOST_FIXTURE_TEST_CASE(is_found_while_its_system_lives, world_fixture) {
  auto& with = world.add("a");
  auto& without = world.add("b", {}, false);
  BOOST_TEST(caf_gossip::module::of(with.sys()) != nullptr);
  BOOST_TEST(with.owner().status().has_value());
  BOOST_TEST(caf_gossip::module::of(without.sys()) == nullptr);
}

// A system without the module can ask all the same.
BOOST_FIXTURE_TEST_CASE(is_missed_politely, world_fixture) {
  auto facade = world.add("a", {}, false).facade();
  BOOST_TEST((facade.start().error().code == errc::not_started));
  BOOST_TEST((facade.stop().error().text.find("load") != std::string::npos));
  BOOST_TEST((facade.await_joined(1h).error().code == errc::not_started));
  BOOST_TEST(facade.members().empty());
  BOOST_TEST((*facade.snapshot() == membership_snapshot{}));
  BOOST_TEST((facade.events() == caf::group{}));
  facade.subscribe(nullptr, start_with::replay);
}

BOOST_FIXTURE_TEST_CASE(ends_cleanly_without_ever_starting, world_fixture) {
  auto& node = world.add("a");
  world.remove(node);
}

BOOST_FIXTURE_TEST_CASE(ends_cleanly_while_running, world_fixture) {
  auto& first = world.add("a");
  auto& second = world.add("b", {deterministic_actors::through_first()});
  (void)first.start();
  (void)second.start();
  world.advance(3s);
  const auto where = second.where();
  world.remove(second);
  net::memory_transport next{world.network};
  BOOST_TEST(next.start(where).has_value());
  world.advance(1s);
}

BOOST_FIXTURE_TEST_CASE(ends_cleanly_in_the_middle_of_a_stop, world_fixture) {
  auto& first = world.add("a");
  auto& second = world.add("b", {deterministic_actors::through_first()});
  (void)first.start();
  (void)second.start();
  world.advance(3s);
  world.network.cut(second.where(), first.where());
  const auto stopping = second.stop();
  BOOST_TEST(!stopping.arrived());
  world.remove(second);
  BOOST_TEST(stopping.arrived());
}

BOOST_FIXTURE_TEST_CASE(ends_cleanly_with_subscribers_left, world_fixture) {
  auto& node = world.add("a");
  (void)node.start();
  auto all = node.subscribed();
  world.advance(1s);
  BOOST_TEST(!all.events().empty());
  world.remove(node);
}

BOOST_FIXTURE_TEST_CASE(starts_by_itself_when_told_so, world_fixture) {
  auto& node = world.add("a", autostarting);
  world.advance(1s);
  BOOST_TEST((node.status().state == gossiper_state::running));
  BOOST_TEST(node.facade().snapshot()->joined);
  BOOST_TEST(node.start().code() == errc::already_started);
}

// S2.12.3: nothing is spawned, and everybody who asks learns why.
BOOST_FIXTURE_TEST_CASE(stays_inert_with_an_invalid_configuration, world_fixture) {
  auto& node = world.add("a", broken);
  const auto& status = node.owner().status();
  BOOST_REQUIRE(!status.has_value());
  BOOST_TEST(status.error().code == errc::invalid_config);
  BOOST_TEST(status.error().text.find("gossip.fan-out") != std::string::npos);
  BOOST_TEST((node.facade().start().error() == status.error()));
  BOOST_TEST((node.facade().status().error() == status.error()));
  BOOST_TEST(!node.facade().gossiper());
  auto late = node.subscribed(start_with::replay);
  const auto failures = late.told<startup_failed>();
  BOOST_REQUIRE(failures.size() == 1U);
  BOOST_TEST(failures.front().code == errc::invalid_config);
  BOOST_TEST(failures.front().reason == status.error().text);
  BOOST_TEST((failures.front().stamp.observed_at > unix_time{}));
}

BOOST_FIXTURE_TEST_CASE(lets_its_gossiper_be_spawned_by_name, world_fixture) {
  auto& node = world.add("a");
  auto spawned = node.sys().spawn<gossiper_handle>("gossip", caf::make_message());
  BOOST_REQUIRE(!!spawned);
  BOOST_TEST((*spawned == node.facade().gossiper()));
  BOOST_TEST(node.ask<void>(*spawned, start_gossip{}).code() == errc::none);
  // A part of the interface will do.
  using starter = caf::typed_actor<caf::replies_to<start_gossip>::with<void>>;
  BOOST_TEST(!!node.sys().spawn<starter>("gossip", caf::make_message()));
}

BOOST_FIXTURE_TEST_CASE(refuses_to_spawn_what_it_is_not, world_fixture) {
  auto& node = world.add("a");
  BOOST_TEST(!node.sys().spawn<gossiper_handle>("gossip", caf::make_message(5)));
  BOOST_TEST(!node.sys().spawn<event_stream_handle>("gossip", caf::make_message()));
  auto& inert = world.add("b", broken);
  BOOST_TEST(!inert.sys().spawn<gossiper_handle>("gossip", caf::make_message()));
  auto& without = world.add("c", {}, false);
  BOOST_TEST(!without.sys().spawn<gossiper_handle>("gossip", caf::make_message()));
}

BOOST_FIXTURE_TEST_CASE(gives_a_node_without_a_name_a_random_one, world_fixture) {
  const settings nameless{{"node-id", caf::config_value{""}}};
  auto& first = world.add("a", nameless);
  auto& second = world.add("b", nameless);
  (void)first.start();
  (void)second.start();
  BOOST_TEST(first.status().self.id.starts_with("node-"));
  BOOST_TEST(first.status().self.id != second.status().self.id);
}

BOOST_FIXTURE_TEST_CASE(advertises_what_it_is_told, world_fixture) {
  auto& whole = world.add("a", {{"advertise", caf::config_value{"public:80"}}});
  (void)whole.start();
  BOOST_TEST((whole.status().self.address == authority{"public", 80}));
}

// Every system has its own module, although all are in one process.
BOOST_FIXTURE_TEST_CASE(keeps_systems_apart, world_fixture) {
  auto& first = world.add("a");
  auto& second = world.add("b");
  auto heard = second.subscribed();
  (void)first.start();
  world.advance(2s);
  BOOST_TEST(heard.events().empty());
  BOOST_TEST((second.status().state == gossiper_state::created));
  BOOST_TEST(second.start().code() == errc::none);
}

namespace {

struct plain_system {
  explicit plain_system(caf::actor_system_config& cfg) : sys(cfg) {}

  ~plain_system() {
    // ~actor_system runs the rest.
    dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler()).run();
  }

  caf::actor_system sys;
};

} // namespace

BOOST_AUTO_TEST_CASE(may_be_loaded_twice) {
  net::memory_network network;
  caf::actor_system_config cfg;
  cfg.set("scheduler.policy", caf::atom("testing"));
  int made = 0;
  const auto factory = [&](const config&) {
    ++made;
    return std::make_shared<net::memory_transport>(network);
  };
  load(cfg, factory);
  load(cfg, factory);
  plain_system host{cfg};
  BOOST_REQUIRE(caf_gossip::module::of(host.sys) != nullptr);
  BOOST_TEST(made == 1);
}

// A configuration outlives its system and may serve the next one.
BOOST_AUTO_TEST_CASE(lets_one_configuration_serve_two_systems) {
  net::memory_network network;
  caf::actor_system_config cfg;
  cfg.set("scheduler.policy", caf::atom("testing"));
  load(cfg, [&](const config&) { return std::make_shared<net::memory_transport>(network); });
  for (int i = 0; i < 2; ++i) {
    plain_system host{cfg};
    auto spawned = host.sys.spawn<gossiper_handle>("gossip", caf::make_message());
    BOOST_REQUIRE(!!spawned);
    BOOST_TEST((*spawned == cluster::of(host.sys).gossiper()));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
