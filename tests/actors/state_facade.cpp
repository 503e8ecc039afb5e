// The facade's calls for state: typed values, waiting, and being called from everywhere.
#include "tests/actors/started_nodes.hpp"

namespace caf_gossip::test {

using boost::unit_test::description;

namespace {

struct load_report {
  std::int32_t users = 0;
  std::vector<std::string> rooms;

  friend bool operator==(const load_report&, const load_report&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, load_report& x) {
  return f(x.users, x.rooms);
}

struct one_node : started_nodes {
  one_node() : started_nodes(1) {}
};

} // namespace

BOOST_AUTO_TEST_SUITE(state_facade)

BOOST_FIXTURE_TEST_CASE(brings_typed_values_over, two_nodes) {
  const load_report report{7, {"kitchen", "hall"}};
  BOOST_TEST(facade(0).set("load", report).has_value());
  BOOST_TEST(facade(1).set("load", load_report{}).has_value());
  world.advance(1s);
  const auto all = facade(1).get<load_report>("load");
  BOOST_REQUIRE(all.has_value());
  BOOST_TEST(all->size() == 2U);
  BOOST_TEST((all->at("a") == report));
  BOOST_TEST((*facade(1).get<load_report>("load", "a") == report));
  BOOST_TEST((*facade(0).get<load_report>("load", "b") == load_report{}));
  BOOST_TEST(facade(0).set("text", std::string{"plain"}).has_value());
  BOOST_TEST(*facade(0).get<std::string>("text", "a") == "plain");
}

// One member with other bytes hides nobody.
BOOST_FIXTURE_TEST_CASE(leaves_out_whose_bytes_are_of_another_type, two_nodes) {
  (void)facade(0).set("load", load_report{7, {}});
  (void)facade(1).set_state("load", bytes_of("no"));
  world.advance(1s);
  auto reader = facade(0);
  const auto all = reader.get<load_report>("load");
  BOOST_TEST(all->size() == 1U);
  BOOST_TEST(all->contains("a"));
  BOOST_TEST(reader.undecodable() == 1U);
  const auto bad = reader.get<load_report>("load", "b");
  BOOST_REQUIRE(!bad.has_value());
  BOOST_TEST((bad.error().code == errc::invalid_argument));
  BOOST_TEST(bad.error().text.find("b: ") == 0U);
  BOOST_TEST(reader.undecodable() == 2U);
  BOOST_TEST((reader.get<load_report>("none", "a").error().code == errc::state_not_found));
  BOOST_TEST((reader.get<load_report>("load", "z").error().code == errc::unknown_authority));
}

BOOST_FIXTURE_TEST_CASE(takes_exactly_one_value, one_node) {
  auto& sys = nodes[0]->sys();
  const auto whole = *to_bytes(sys, load_report{7, {"kitchen", "hall"}});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const byte_buffer part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    BOOST_TEST(!from_bytes<load_report>(sys, part).has_value(), "after " << length << " bytes");
  }
  auto more = whole;
  more.push_back(0);
  const auto refused = from_bytes<load_report>(sys, more);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().text.find("1 bytes are left over") != std::string::npos);
  // A declared length that nothing stands behind.
  const byte_buffer endless(9, 0xff);
  BOOST_TEST(!from_bytes<std::string>(sys, endless).has_value());
  BOOST_TEST(!from_bytes<std::vector<std::string>>(sys, endless).has_value());
}

BOOST_FIXTURE_TEST_CASE(answers_at_once_when_the_state_is_as_awaited, two_nodes) {
  auto node = facade(0);
  (void)node.set_state("key", {});
  const auto has_key = [](const cluster& now) { return !now.get_state("key")->empty(); };
  BOOST_TEST(node.await_state(has_key, 0ms).has_value());
  const auto missed = node.await_state([](const cluster&) { return false; }, 1ms);
  BOOST_REQUIRE(!missed.has_value());
  BOOST_TEST((missed.error().code == errc::timeout));
  BOOST_TEST(missed.error().text.find("1ms") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(converges_when_all_peers_hold_its_state, three_nodes,
                        *description("S5.3.2")) {
  auto node = facade(0);
  BOOST_TEST(world.advance_until([&] { return node.await_converged(0ms).has_value(); }, 20s));
  (void)node.set_state("key", bytes_of("v"));
  const auto early = node.await_converged(1ms);
  BOOST_REQUIRE(!early.has_value());
  BOOST_TEST((early.error().code == errc::timeout));
  BOOST_TEST(early.error().text == "0 of 2 peers hold this node's state after 1ms");
  world.advance(1s);
  BOOST_TEST(node.await_converged(0ms).has_value());
  BOOST_TEST((node.state_holders() == state_holders{2, 2}));
}

BOOST_AUTO_TEST_CASE(does_not_converge_before_it_has_joined) {
  deterministic_actors world;
  auto& node = world.add("a");
  const auto early = node.facade().await_converged(1ms);
  BOOST_REQUIRE(!early.has_value());
  BOOST_TEST(early.error().text == "0 of 0 peers have this node's view after 1ms");
}

// With one thread for all actors, a call that waited for another actor would wait for ever.
BOOST_FIXTURE_TEST_CASE(may_be_called_from_the_handlers_of_events, two_nodes,
                        *description("S2.1.6")) {
  int calls = 0;
  const auto handler = spawn_role(nodes[1]->sys(), [&](caf::event_based_actor* self) {
    self->join(cluster::of(self->system()).events());
    return caf::behavior{[&calls, self](const gossip_update& what) {
      auto node = cluster::of(self->system());
      if (what.key != "question")
        return;
      ++calls;
      BOOST_TEST(node.get_state("question")->count("a") == 1U);
      BOOST_TEST(node.set_state("answer", what.value).has_value());
      BOOST_TEST(node.set_state_request("answer", what.value).has_value());
      BOOST_TEST(node.set_map_state("answers", "one", what.value).has_value());
      BOOST_TEST(node.get_map_keys("answers")->size() == 1U);
      BOOST_TEST(node.get_blocked_members()->empty());
      BOOST_TEST(node.state_metrics().members == 2U);
    }};
  });
  world.settle();
  (void)facade(0).set_state("question", bytes_of("42"));
  BOOST_TEST(world.advance_until([&] { return seen(0, "b", "answer") == "42"; }, 5s));
  BOOST_TEST(calls == 1);
  caf::anon_send_exit(handler, caf::exit_reason::kill);
  world.settle();
}

namespace {

/// The code that all calls return.
errc code_of_all(cluster node) {
  std::vector<errc> codes;
  const auto note = [&](const auto& result) {
    codes.push_back(result ? errc::none : result.error().code);
  };
  note(node.get_state("key"));
  note(node.get_state("a", "key"));
  note(node.set_state("key", {}));
  note(node.set_state("key", {}, 1000ms));
  note(node.set_state_request("key", {}));
  note(node.remove_state("key"));
  note(node.set_map_state("map", "key", {}));
  note(node.get_map_state("map", "key"));
  note(node.remove_map_state("map", "key"));
  note(node.get_map_keys("map"));
  note(node.get_merged_map_state("map"));
  note(node.get_blocked_members());
  note(node.block_members({"b"}));
  note(node.unblock_member("b"));
  note(node.set("key", 1));
  note(node.get<int>("key"));
  for (const auto code : codes)
    BOOST_TEST((code == codes.front()));
  return codes.front();
}

} // namespace

BOOST_AUTO_TEST_CASE(says_why_it_does_not_run, *description("S2.4.2 S2.4.5 S2.9.3 S2.1.5")) {
  deterministic_actors world;
  auto& node = world.add("a");
  BOOST_TEST((code_of_all(node.facade()) == errc::not_started));
  (void)node.start();
  (void)node.facade().set_state("key", {});
  BOOST_TEST(node.stop().code() == errc::none);
  BOOST_TEST((code_of_all(node.facade()) == errc::already_stopped));
  BOOST_TEST(node.facade().blocks().empty());
  BOOST_TEST(node.start().code() == errc::none);
  BOOST_TEST(node.facade().get_state("key")->empty()); // D4: it begins anew
}

BOOST_AUTO_TEST_CASE(misses_the_module_politely) {
  deterministic_actors world;
  auto node = world.add("a", {}, false).facade();
  BOOST_TEST((code_of_all(node) == errc::not_started));
  BOOST_TEST((node.state_metrics() == state_metrics{}));
  BOOST_TEST((node.state_holders() == state_holders{}));
  BOOST_TEST(node.own_sequence() == 0U);
  BOOST_TEST(node.undecodable() == 0U);
  BOOST_TEST((node.subscribe_state(nullptr, "key", false, start_with::live).error().code
              == errc::not_started));
  node.unsubscribe_state(nullptr);
  node.set_actor_counter({});
  auto& broken = world.add("b", {{"fan-out", caf::config_value{0}}});
  BOOST_TEST((code_of_all(broken.facade()) == errc::invalid_config));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
