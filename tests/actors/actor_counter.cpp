// The counts of actors in the heartbeats: spawned by name, from the application, and wrong ones.
#include "actors/actor_counter.hpp"

#include <limits>

#include "tests/actors/started_nodes.hpp"

namespace caf_gossip::test {

using boost::unit_test::description;

namespace {

using counts = std::map<std::string, std::int64_t>;

caf::behavior worker(caf::event_based_actor*) {
  return {[](int) {}};
}

/// A system with two kinds of actors and the module.
struct factory_system {
  net::memory_network network;
  caf::actor_system_config cfg;
  std::optional<caf::actor_system> sys;

  factory_system() {
    cfg.set("scheduler.policy", caf::atom("testing"));
    cfg.add_actor_type("worker", worker);
    cfg.add_actor_type("clerk", worker);
    load(cfg, [this](const config&) { return std::make_shared<net::memory_transport>(network); });
    sys.emplace(cfg);
  }

  ~factory_system() { run(); }

  void run() { dynamic_cast<caf::scheduler::test_coordinator&>(sys->scheduler()).run(); }

  caf::actor spawn(const std::string& kind) {
    auto result = sys->spawn<caf::actor>(kind, caf::make_message());
    BOOST_REQUIRE(!!result);
    return *result;
  }

  counts now() { return caf_gossip::module::of(*sys)->counter()->read().actor_counts; }
};

/// What node `reader` hears of the member `whose`.
counts heard(started_nodes& nodes, std::size_t reader, const node_id& whose) {
  const auto value = nodes.facade(reader).get_state(whose, heartbeat_key);
  if (!value)
    return {};
  return decode_heartbeat(value->value).value().actor_counts;
}

} // namespace

BOOST_AUTO_TEST_SUITE(actor_counter)

BOOST_FIXTURE_TEST_CASE(counts_the_actors_that_were_spawned_by_name, factory_system,
                        *description("S2.6.2")) {
  BOOST_TEST((now() == counts{}));
  auto first = spawn("worker");
  auto second = spawn("worker");
  auto third = spawn("clerk");
  BOOST_TEST((now() == counts{{"clerk", 1}, {"worker", 2}}));
  caf::anon_send_exit(first, caf::exit_reason::kill);
  caf::anon_send_exit(third, caf::exit_reason::kill);
  run();
  BOOST_TEST((now() == counts{{"clerk", 0}, {"worker", 1}}));
  caf::anon_send_exit(second, caf::exit_reason::kill);
  run();
  BOOST_TEST((now() == counts{{"clerk", 0}, {"worker", 0}}));
}

// Neither this library's own actors nor a spawn that failed.
BOOST_FIXTURE_TEST_CASE(counts_nothing_else, factory_system) {
  BOOST_TEST(!!sys->spawn<gossiper_handle>("gossip", caf::make_message()));
  BOOST_TEST(!sys->spawn<caf::actor>("worker", caf::make_message(5)));
  BOOST_TEST((now() == counts{}));
}

// A configuration may serve one system after the other: nobody is counted twice.
BOOST_FIXTURE_TEST_CASE(counts_once_in_a_second_system, factory_system) {
  run();
  sys.reset();
  sys.emplace(cfg);
  auto only = spawn("worker");
  BOOST_TEST((now() == counts{{"worker", 1}}));
  caf::anon_send_exit(only, caf::exit_reason::kill);
  run();
}

BOOST_FIXTURE_TEST_CASE(is_bounded, factory_system) {
  const auto counter = std::make_shared<caf_gossip::actor_counter>();
  const auto who = caf::actor_cast<caf::strong_actor_ptr>(spawn("worker"));
  for (std::size_t i = 0; i < actor_kinds_max; ++i)
    counter->count("kind" + std::to_string(i), who);
  BOOST_TEST(counter->uncounted() == 0U);
  counter->count("one more", who);
  counter->count("", who);
  counter->count(std::string(256, 'x'), who);
  BOOST_TEST(counter->uncounted() == 3U);
  counter->count("kind0", who);
  BOOST_TEST(counter->read().actor_counts.size() == actor_kinds_max);
  BOOST_TEST(counter->read().actor_counts.at("kind0") == 2);
  BOOST_TEST(encode_heartbeat(counter->read()).has_value());
  caf::anon_send_exit(who, caf::exit_reason::kill);
  run();
  BOOST_TEST(counter->read().actor_counts.at("kind0") == 0);
}

BOOST_FIXTURE_TEST_CASE(takes_the_counts_of_the_application, two_nodes,
                        *description("S2.6.2 S2.2.2 S5.2.5")) {
  const counts own{{"A", 2}, {"B", 0}, {"C", std::numeric_limits<std::int64_t>::min()}};
  facade(0).set_actor_counter([own] { return member_heartbeat{own}; });
  world.advance(1s);
  BOOST_TEST((heard(*this, 0, "a") == own));
  BOOST_TEST((heard(*this, 1, "a") == own));
  facade(0).set_actor_counter({});
  world.advance(1s);
  BOOST_TEST((heard(*this, 1, "a") == counts{}));
}

BOOST_FIXTURE_TEST_CASE(keeps_the_last_counts_when_the_application_fails, two_nodes,
                        *description("S2.6.2")) {
  auto all = nodes[0]->subscribed();
  facade(0).set_actor_counter([] { return member_heartbeat{{{"A", 1}}}; });
  world.advance(1s);
  facade(0).set_actor_counter([]() -> member_heartbeat { throw std::runtime_error{"broken"}; });
  const auto ticks = nodes[0]->status().ticks;
  world.advance(3s);
  BOOST_TEST(nodes[0]->status().ticks == ticks + 6);
  BOOST_TEST((heard(*this, 1, "a") == counts{{"A", 1}}));
  const auto told = all.told<gossip_input_refused>();
  BOOST_REQUIRE(told.size() == 1U); // once, not with every tick
  BOOST_TEST(told.front().what == "actor counts");
  BOOST_TEST(told.front().reason == "broken");
  BOOST_TEST(told.front().member_id.empty());
  facade(0).set_actor_counter([] { return member_heartbeat{{{"", 1}}}; });
  world.advance(1s);
  BOOST_TEST(all.told<gossip_input_refused>().size() == 2U);
  facade(0).set_actor_counter([]() -> member_heartbeat { throw 5; }); // NOLINT
  world.advance(1s);
  BOOST_TEST(all.told<gossip_input_refused>().size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
