// The key/value plane through whole nodes: what one sets, the others see.
#include "tests/actors/started_nodes.hpp"

namespace caf_gossip::test {

using boost::unit_test::description;

namespace {

std::vector<std::string> keys_of(const gossip_values& values) {
  std::vector<std::string> result;
  for (const auto& [id, value] : values)
    result.push_back(id);
  return result;
}

using texts = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(state_sharing)

BOOST_FIXTURE_TEST_CASE(offers_all_calls_through_the_interface, two_nodes,
                        *description("S2.1.1 S5.1.1")) {
  auto facade = (*this).facade(0);
  gossiper_interface& node = facade;
  BOOST_TEST(node.set_state("key", bytes_of("1")).has_value());
  BOOST_TEST(node.set_state_request("key", bytes_of("2")).has_value());
  BOOST_TEST((node.get_state("key")->at("a").value == bytes_of("2")));
  BOOST_TEST(node.set_map_state("map", "y", bytes_of("Y")).has_value());
  BOOST_TEST(node.set_map_state("map", "x", bytes_of("X")).has_value());
  BOOST_TEST((*node.get_map_state("map", "x") == bytes_of("X")));
  BOOST_TEST(*node.get_map_keys("map") == (texts{"x", "y"}), boost::test_tools::per_element());
  BOOST_TEST(node.remove_map_state("map", "x").has_value());
  BOOST_TEST(node.remove_map_state("map", "x").has_value());
  BOOST_TEST(!node.get_map_state("map", "x")->has_value());
  BOOST_TEST(*node.get_map_keys("map") == (texts{"y"}), boost::test_tools::per_element());
  BOOST_TEST(node.get_map_keys("unknown")->empty());
  BOOST_TEST(node.get_blocked_members()->empty());
  // Starting and stopping wait for an answer that nobody would give here; without the module there
  // is nobody to wait for.
  auto without_module = world.add("z", {}, false).facade();
  gossiper_interface& absent = without_module;
  BOOST_TEST((absent.start().error().code == errc::not_started));
  BOOST_TEST((absent.stop().error().code == errc::not_started));
}

BOOST_FIXTURE_TEST_CASE(tells_the_order_of_starts_and_stops_apart, two_nodes,
                        *description("S2.1.4 S2.1.5 S5.1.8")) {
  auto& fresh = world.add("z");
  BOOST_TEST(fresh.stop().code() == errc::not_started);
  BOOST_TEST(nodes[1]->start().code() == errc::already_started);
  const auto stopping = nodes[1]->stop();
  BOOST_TEST(world.advance_until([&] { return stopping.arrived(); }, 10s));
  BOOST_TEST(stopping.code() == errc::none);
  BOOST_TEST(nodes[1]->stop().code() == errc::already_stopped);
}

BOOST_FIXTURE_TEST_CASE(shows_every_member_that_has_the_key, three_nodes,
                        *description("S2.4.1 S5.2.3")) {
  (void)facade(0).set_state("key", bytes_of("of a"));
  (void)facade(2).set_state("key", bytes_of("of c"));
  (void)facade(1).set_state("other", {});
  world.advance(2s);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto values = facade(i).get_state("key");
    BOOST_REQUIRE(values.has_value());
    BOOST_TEST(keys_of(*values) == (texts{"a", "c"}), boost::test_tools::per_element());
    BOOST_TEST((values->at("c").value == bytes_of("of c")));
    BOOST_TEST(facade(i).get_state("unknown")->empty());
  }
  BOOST_TEST((facade(0).get_state("b", "key").error().code == errc::state_not_found));
  BOOST_TEST((facade(0).get_state("nobody", "key").error().code == errc::unknown_authority));
}

BOOST_FIXTURE_TEST_CASE(brings_a_value_over_with_the_next_round, two_nodes,
                        *description("S2.4.2 S2.8.1")) {
  (void)facade(0).set_state("key", bytes_of("v"));
  BOOST_TEST(seen(0, "a", "key") == "v");
  BOOST_TEST(seen(1, "a", "key") == "-");
  world.advance(500ms);
  BOOST_TEST(seen(1, "a", "key") == "v");
  (void)facade(0).remove_state("key");
  BOOST_TEST(seen(0, "a", "key") == "-");
  world.advance(500ms);
  BOOST_TEST(seen(1, "a", "key") == "-");
}

BOOST_FIXTURE_TEST_CASE(numbers_the_writes_of_a_member, two_nodes, *description("S2.4.3 S5.2.1")) {
  (void)facade(0).set_state("untouched", {});
  const auto first = facade(0).get_state("a", "untouched")->sequence_number;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    (void)facade(0).set_state("key" + std::to_string(i % 2), {});
    BOOST_TEST(facade(0).own_sequence() == first + i);
  }
  world.advance(600ms); // a heartbeat in between
  const auto before = facade(0).own_sequence();
  (void)facade(0).set_state("key0", {});
  BOOST_TEST(facade(0).get_state("a", "key0")->sequence_number == before + 1);
  BOOST_TEST(facade(0).get_state("a", "untouched")->sequence_number == first);
}

BOOST_FIXTURE_TEST_CASE(stamps_entries_with_the_time_of_this_node, two_nodes,
                        *description("S2.4.4 S2.5.4")) {
  (void)facade(0).set_state("early", {});
  world.advance(1234ms);
  (void)facade(0).set_state("late", {});
  const auto at = [&](const char* key) {
    return facade(0).get_state("a", key)->local_timestamp_unix_milliseconds;
  };
  BOOST_TEST(at("late") - at("early") == 1234);
}

BOOST_FIXTURE_TEST_CASE(refreshes_the_heartbeat_with_every_tick, two_nodes,
                        *description("S2.2.2 S2.6.1")) {
  const auto own = [&] { return *facade(0).get_state("a", heartbeat_key); };
  auto last = own();
  for (int i = 0; i < 5; ++i) {
    world.advance(500ms);
    const auto now = own();
    BOOST_TEST(now.sequence_number > last.sequence_number);
    BOOST_TEST(now.local_timestamp_unix_milliseconds - last.local_timestamp_unix_milliseconds
               == 500);
    BOOST_TEST(decode_heartbeat(now.value).has_value());
    last = now;
  }
}

BOOST_FIXTURE_TEST_CASE(removes_a_key_after_its_time_to_live, two_nodes) {
  (void)facade(0).set_state("brief", bytes_of("v"), 2000ms);
  world.advance(1s);
  BOOST_TEST(seen(1, "a", "brief") == "v");
  world.advance(1s);
  BOOST_TEST(seen(0, "a", "brief") == "-");
  world.advance(500ms);
  BOOST_TEST(seen(1, "a", "brief") == "-");
  BOOST_TEST(
      (facade(0).set_state("brief", {}, milliseconds{0}).error().code == errc::invalid_argument));
}

BOOST_FIXTURE_TEST_CASE(shows_the_maps_of_all_as_one, two_nodes) {
  (void)facade(0).set_map_state("map", "x", bytes_of("of a"));
  (void)facade(1).set_map_state("map", "x", bytes_of("of b"));
  (void)facade(1).set_map_state("map", "y", bytes_of("of b too"));
  world.advance(1s);
  const merged_map whole{{"x", {{"a", bytes_of("of a")}, {"b", bytes_of("of b")}}},
                         {"y", {{"b", bytes_of("of b too")}}}};
  BOOST_TEST((*facade(0).get_merged_map_state("map") == whole));
  BOOST_TEST((*facade(1).get_merged_map_state("map") == whole));
}

BOOST_FIXTURE_TEST_CASE(tells_of_a_change_after_it_can_be_seen, two_nodes,
                        *description("S2.5.5 S5.3.3")) {
  texts read;
  const auto watcher = spawn_role(nodes[1]->sys(), [&](caf::event_based_actor* self) {
    self->join(cluster::of(self->system()).events());
    return caf::behavior{[&](const gossip_update& what) {
      if (what.key == "key")
        read.push_back(seen(1, what.member_id, what.key));
    }};
  });
  world.settle();
  (void)facade(0).set_state("key", bytes_of("v"));
  world.advance(3s);
  BOOST_TEST(read == (texts{"v"}), boost::test_tools::per_element());
  caf::anon_send_exit(watcher, caf::exit_reason::kill);
  world.settle();
}

BOOST_FIXTURE_TEST_CASE(brings_everything_to_a_member_that_joins_later, two_nodes,
                        *description("S5.3.4 S2.7.2")) {
  for (int i = 0; i < 20; ++i)
    (void)facade(0).set_state("key" + std::to_string(i), bytes_of("v"));
  world.advance(3s);
  (void)add();
  BOOST_TEST(world.advance_until([&] { return seen(2, "a", "key19") == "v"; }, 10s));
  BOOST_TEST(seen(2, "a", "key0") == "v");
  world.advance(3s);
  for (std::size_t i = 0; i < 3; ++i)
    BOOST_TEST((facade(i).state_holders() == state_holders{2, 2}));
}

BOOST_FIXTURE_TEST_CASE(asks_again_until_the_peer_is_reached, two_nodes,
                        *description("S2.8.3 S5.3.2")) {
  auto all = nodes[0]->subscribed();
  world.network.cut(nodes[0]->where(), nodes[1]->where());
  (void)facade(0).set_state("key", bytes_of("v"));
  world.advance(2600ms);
  BOOST_REQUIRE(!all.told<gossip_request_failed>().empty());
  BOOST_TEST((all.told<gossip_request_failed>().front().code == errc::timeout));
  BOOST_TEST(seen(1, "a", "key") == "-");
  world.network.mend(nodes[0]->where(), nodes[1]->where());
  BOOST_TEST(world.advance_until([&] { return seen(1, "a", "key") == "v"; }, 20s));
}

// The same calls as messages.
BOOST_FIXTURE_TEST_CASE(answers_the_messages_of_actors, two_nodes,
                        *description("S2.4.1 S2.4.2 S2.10.1")) {
  auto& node = *nodes[0];
  const auto gossip = node.facade().gossiper();
  BOOST_TEST(node.ask<void>(gossip, set_state{"key", bytes_of("v")}).code() == errc::none);
  BOOST_TEST(node.ask<void>(gossip, set_state{"heartbeat", {}}).code() == errc::invalid_argument);
  BOOST_TEST(
      (node.ask<gossip_values>(gossip, get_state{"key"}).value().at("a").value == bytes_of("v")));
  BOOST_TEST(node.ask<void>(gossip, set_map_state{"map", "x", bytes_of("X")}).code() == errc::none);
  BOOST_TEST((node.ask<map_state_value>(gossip, get_map_state{"map", "x"}).value().value
              == bytes_of("X")));
  BOOST_TEST(node.ask<map_state_keys>(gossip, get_map_keys{"map"}).value().keys == (texts{"x"}),
             boost::test_tools::per_element());
  BOOST_TEST(node.ask<merged_map_values>(gossip, get_merged_map{"map"}).value().entries.size()
             == 1U);
  BOOST_TEST(node.ask<void>(gossip, remove_map_state{"map", "x"}).code() == errc::none);
  BOOST_TEST(node.ask<void>(gossip, remove_state{"key"}).code() == errc::none);
  BOOST_TEST(node.ask<gossip_values>(gossip, get_state{"key"}).value().empty());
  BOOST_TEST(node.ask<void>(gossip, block_member{"b"}).code() == errc::none);
  const auto blocked = node.ask<std::vector<blocked_view>>(gossip, get_blocked{}).value();
  BOOST_REQUIRE(blocked.size() == 1U);
  BOOST_TEST((blocked.front().reason == block_reason::requested));
  BOOST_TEST(node.ask<void>(gossip, unblock_member{"b"}).code() == errc::none);
  BOOST_TEST(node.ask<void>(gossip, unblock_member{"b"}).code() == errc::unknown_authority);
  BOOST_TEST(node.ask<state_metrics>(gossip, get_state_metrics{}).value().members == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
