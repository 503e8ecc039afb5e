// Whom whole nodes exchange no state with: the silent, the leaving, the removed and the unwanted.
#include "tests/actors/started_nodes.hpp"

namespace caf_gossip::test {

using boost::unit_test::description;

namespace {

/// Suspects stay members for an hour, so that their heartbeats can expire.
const settings patient{{"suspicion-timeout", caf::config_value{caf::timespan{1h}}}};

settings patient_for(std::chrono::milliseconds expiration) {
  auto result = patient;
  result.emplace_back("heartbeat-expiration", caf::config_value{caf::timespan{expiration}});
  return result;
}

struct patient_nodes : started_nodes {
  patient_nodes() : started_nodes(3, patient) {}
};

/// State frames that went from one node to another since `from`.
std::size_t requests_to(virtual_node& node, const authority& target, std::size_t from) {
  const auto& sent = node.network().sent;
  return static_cast<std::size_t>(std::count_if(
      sent.begin() + static_cast<std::ptrdiff_t>(from), sent.end(), [&](const net::outbound& what) {
        return what.target == target && std::holds_alternative<state_payload>(what.message.body);
      }));
}

using ids = std::vector<node_id>;

} // namespace

BOOST_AUTO_TEST_SUITE(state_blocking)

BOOST_FIXTURE_TEST_CASE(blocks_a_suspect_that_stays_silent, patient_nodes,
                        *description("S2.6.3 S2.2.3 S5.2.6")) {
  auto all = nodes[0]->subscribed();
  (void)facade(2).set_state("key", bytes_of("v"));
  world.advance(2s);
  BOOST_TEST(seen(0, "c", "key") == "v");
  cut_off(2);
  world.advance(9s);
  BOOST_TEST(facade(0).get_blocked_members()->empty());
  world.advance(5s);
  BOOST_TEST(*facade(0).get_blocked_members() == (ids{"c"}), boost::test_tools::per_element());
  BOOST_TEST(*facade(1).get_blocked_members() == (ids{"c"}), boost::test_tools::per_element());
  const auto told = all.told<member_blocked>();
  BOOST_REQUIRE(told.size() == 1U);
  BOOST_TEST(told.front().id == "c");
  BOOST_TEST(to_string(told.front().reason) == "expired heartbeat");
  BOOST_TEST(seen(0, "c", "key") == "-");
  world.advance(30s);
  BOOST_TEST(all.told<member_blocked>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(blocks_after_the_time_of_the_configuration, *description("S2.6.4")) {
  started_nodes group{2, patient_for(4000ms)};
  group.cut_off(1);
  BOOST_TEST(group.world.advance_until([&] { return !group.facade(0).blocks().empty(); }, 9s));
}

// Without news nothing but the failure detector speaks for a member.
BOOST_FIXTURE_TEST_CASE(never_blocks_the_healthy_or_itself, patient_nodes,
                        *description("S2.6.3 S2.6.5")) {
  world.advance(300s);
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(facade(i).get_blocked_members()->empty());
    BOOST_TEST(facade(i).state_holders().peers == 2U);
  }
  cut_off(0);
  world.advance(100s);
  BOOST_TEST(*facade(0).get_blocked_members() == (ids{"b", "c"}), boost::test_tools::per_element());
  BOOST_TEST((facade(0).block_members({"a"}).error().code == errc::invalid_argument));
}

BOOST_FIXTURE_TEST_CASE(blocks_whoever_leaves_in_the_next_tick, three_nodes,
                        *description("S2.9.2 S2.2.4 S2.10.3 S5.2.8")) {
  auto all = nodes[0]->subscribed();
  bool was_seen_before = false;
  const auto stopping = nodes[2]->stop();
  const auto knows_goodbye = [&] {
    return facade(0).get_state("c", gracefully_left_key).has_value()
           || facade(0).get_state("c", "any").error().code == errc::unknown_authority;
  };
  BOOST_TEST(world.advance_until(
      [&] {
        was_seen_before = was_seen_before || knows_goodbye();
        return stopping.arrived();
      },
      10s));
  BOOST_TEST(stopping.code() == errc::none);
  BOOST_TEST(was_seen_before);
  world.advance(1s);
  const auto told = all.told<member_blocked>();
  BOOST_REQUIRE(told.size() == 1U);
  BOOST_TEST(told.front().id == "c");
  BOOST_TEST((told.front().reason == block_reason::gracefully_left));
  BOOST_TEST(*facade(0).get_blocked_members() == (ids{"c"}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(follows_the_topology_of_the_bus, three_nodes,
                        *description("S2.7.1 S2.7.3 S5.2.7")) {
  BOOST_TEST(nodes[0]->status().peers == 2U);
  (void)facade(2).set_state("key", bytes_of("v"));
  world.advance(2s);
  cut_off(2);
  BOOST_TEST(world.advance_until([&] { return nodes[0]->status().peers == 1U; }, 30s));
  const auto from = nodes[0]->network().sent.size();
  (void)facade(0).set_state("key", bytes_of("v"));
  world.advance(10s);
  BOOST_TEST(requests_to(*nodes[0], nodes[2]->where(), from) == 0U);
  BOOST_TEST(seen(0, "c", "key") == "-");
  BOOST_TEST(facade(0).get_blocked_members()->empty()); // removed, not blocked
}

BOOST_FIXTURE_TEST_CASE(sends_nothing_to_whom_it_blocks, three_nodes,
                        *description("S2.10.1 S2.10.2 S2.10.4 S2.8.2")) {
  auto all = nodes[0]->subscribed();
  BOOST_TEST(facade(0).block_members({"b"}).has_value());
  BOOST_TEST(facade(0).block_members({"b"}).has_value());
  const auto first = facade(0).blocks();
  BOOST_REQUIRE(first.size() == 1U);
  BOOST_TEST((first.front().reason == block_reason::requested));
  const auto from = nodes[0]->network().sent.size();
  (void)facade(0).set_state("key", bytes_of("v"));
  (void)facade(1).set_state("key", bytes_of("unwanted"));
  world.advance(50s);
  // Answers that reject are all it gets.
  std::size_t requests = 0;
  for (std::size_t i = from; i < nodes[0]->network().sent.size(); ++i) {
    const auto& what = nodes[0]->network().sent[i];
    const auto* body = std::get_if<state_payload>(&what.message.body);
    if (what.target == nodes[1]->where() && body != nullptr)
      requests += std::holds_alternative<gossip_request>(*body) ? 1 : 0;
  }
  BOOST_TEST(requests == 0U);
  BOOST_TEST(seen(2, "a", "key") == "v");
  BOOST_TEST(seen(0, "b", "key") == "-");
  BOOST_TEST(all.told<member_blocked>().size() == 1U);
  BOOST_TEST((facade(0).blocks() == first));
  BOOST_TEST(nodes[1]->facade().state_metrics().requests_rejected > 0U);

  BOOST_TEST(facade(0).unblock_member("b").has_value());
  world.settle();
  BOOST_TEST(all.told<member_unblocked>().size() == 1U);
  BOOST_TEST(world.advance_until([&] { return seen(0, "b", "key") == "unwanted"; }, 20s));
  BOOST_TEST((facade(0).unblock_member("b").error().code == errc::unknown_authority));
  BOOST_TEST((facade(0).block_members({"nobody"}).error().code == errc::unknown_authority));
}

// D9: the block ends with the incarnation.
BOOST_FIXTURE_TEST_CASE(welcomes_a_new_run_of_a_blocked_member, two_nodes) {
  BOOST_TEST(facade(0).block_members({"b"}).has_value());
  const auto stopping = nodes[1]->stop();
  BOOST_TEST(world.advance_until([&] { return stopping.arrived(); }, 20s));
  world.advance(1s);
  BOOST_TEST(nodes[1]->start().code() == errc::none);
  (void)facade(1).set_state("key", bytes_of("again"));
  BOOST_TEST(world.advance_until([&] { return seen(0, "b", "key") == "again"; }, 30s));
  BOOST_TEST(facade(0).get_blocked_members()->empty());
}

BOOST_FIXTURE_TEST_CASE(keeps_its_values_when_it_comes_back_from_the_dead, three_nodes) {
  (void)facade(2).set_state("key", bytes_of("v"));
  world.advance(2s);
  const auto before = facade(2).self().incarnation;
  // It hears the others, but they do not hear it.
  for (auto* other : {nodes[0], nodes[1]})
    world.network.cut(nodes[2]->where(), other->where());
  BOOST_TEST(world.advance_until([&] { return facade(0).members().size() == 2U; }, 30s));
  for (auto* other : {nodes[0], nodes[1]})
    world.network.mend(nodes[2]->where(), other->where());
  BOOST_TEST(world.advance_until([&] { return facade(2).self().incarnation > before; }, 60s));
  BOOST_TEST(world.advance_until([&] { return seen(0, "c", "key") == "v"; }, 60s));
  (void)facade(0).set_state("key", bytes_of("new"));
  BOOST_TEST(world.advance_until([&] { return seen(2, "a", "key") == "new"; }, 30s));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
