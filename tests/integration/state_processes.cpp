// The key/value plane of nodes that are processes of their own.
#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/integration/nodes.hpp"

using namespace caf_gossip::test;

namespace {

node_process::condition update(std::string member, std::string key, line value) {
  return [member = std::move(member), key = std::move(key),
          value = std::move(value)](const line& said) {
    return is("update", member)(said) && said.at("key") == key && said.contains("value")
           && said.at("value") == value;
  };
}

line ask(node& whom, const std::string& command, const std::string& event) {
  const auto before = whom.process().line_count();
  whom.process().send(command);
  return whom.expect(command, is(event), before);
}

} // namespace

BOOST_AUTO_TEST_SUITE(state_processes)

// S2.8.1, S2.4.1, S2.5.5
BOOST_AUTO_TEST_CASE(everybody_hears_what_a_member_sets) {
  nodes cluster{3, quick};
  cluster.come_together();
  cluster[0].process().send("set color dark blue");
  for (std::size_t i = 1; i < 3; ++i) {
    cluster[i].expect("the update", update("n01", "color", "dark blue"));
    const auto state = ask(cluster[i], "get color", "state");
    BOOST_TEST(state.at("values").at("n01").at("value") == "dark blue");
    BOOST_TEST(state.at("values").size() == 1U);
  }
  BOOST_TEST(ask(cluster[0], "get colour", "state").at("values").empty());
  cluster[0].process().send("remove color");
  cluster[2].expect("the removal", [](const line& said) {
    return is("update", "n01")(said) && said.at("key") == "color" && said.at("removed") == true;
  });
  BOOST_TEST(ask(cluster[2], "get color", "state").at("values").empty());
  cluster.expect_no_suspicion();
}

// S5.1.1
BOOST_AUTO_TEST_CASE(maps_travel_entry_by_entry) {
  nodes cluster{2, quick};
  cluster.come_together();
  cluster[0].process().send("map-set topics orders 7");
  cluster[0].process().send("map-set topics bills 8");
  cluster[1].expect("an entry", update("n01", "topics", "8"));
  cluster[1].expect("an entry", update("n01", "topics", "7"));
  const auto whole = ask(cluster[1], "get topics", "state").at("values").at("n01").at("value");
  BOOST_TEST(whole.dump() == R"({"bills":"8","orders":"7"})");
  BOOST_TEST(ask(cluster[0], "map-get topics orders", "map_entry").at("value") == "7");
  BOOST_TEST(ask(cluster[1], "map-get topics orders", "map_entry").at("value").is_null());
  cluster[0].process().send("map-del topics orders");
  cluster[1].expect("the removal", [](const line& said) {
    return is("update", "n01")(said) && said.at("removed") == true
           && said.at("map_key") == "orders";
  });
}

BOOST_AUTO_TEST_CASE(a_node_waits_for_what_others_say) {
  nodes cluster{2, quick};
  cluster.come_together();
  cluster[1].process().send("await ready yes");
  cluster[0].process().send("set ready yes");
  BOOST_TEST(cluster[1].expect("the end of the wait", is("done")).at("command") == "await");
}

// S2.9.2, S2.10.1, S2.10.3. That others have it before the stop returns is shown in virtual time:
// here, a line may be printed later than what it tells of.
BOOST_AUTO_TEST_CASE(a_leaver_says_so_and_is_blocked) {
  nodes cluster{3, quick};
  cluster.come_together();
  const auto leaver = cluster.take(2);
  leaver->process().send("leave");
  for (auto& one : cluster.all) {
    one->expect("the goodbye", [](const line& said) {
      return is("update", "n03")(said) && said.at("key") == "gracefully_left";
    });
    BOOST_TEST(one->expect("blocked", "n03").at("reason") == "gracefully left");
    BOOST_TEST(ask(*one, "blocked", "blocked_members").at("members") == words{"n03"});
  }
  leaver->expect("done", "");
  leaver->quit();
}

// S2.6.3, S4.9, D9: back within a moment, as another incarnation, twenty times.
BOOST_AUTO_TEST_CASE(quick_restarts_leave_one_state_the_newest) {
  nodes cluster{2, quick};
  cluster.come_together();
  const words seeds{cluster[0].address()};
  auto restless = std::make_unique<node>("restless", seeds, quick);
  const words port{"--gossip.port=" + restless->port()};
  for (int life = 1; life <= 20; ++life) {
    restless->expect("alive", "restless");
    restless->process().send("set life " + std::to_string(life));
    if (life % 4 == 0) // others have heard of some lives and not of all
      cluster[0].expect("life", update("restless", "life", std::to_string(life)));
    restless->process().signal(SIGKILL);
    BOOST_REQUIRE(restless->process().wait_for_exit(patience).has_value());
    restless = std::make_unique<node>("restless", seeds, quick + port);
  }
  restless->process().send("set life last");
  for (auto& one : cluster.all) {
    one->expect("the last life", update("restless", "life", "last"));
    const auto state = ask(*one, "get life", "state").at("values");
    BOOST_TEST(state.size() == 1U);
    BOOST_TEST(state.at("restless").at("value") == "last");
    BOOST_TEST(ask(*one, "members", "members").at("members").size() == 3U);
  }
  restless->quit();
}

// S5.1.2: bad input is answered with what is wrong and what is allowed.
BOOST_AUTO_TEST_CASE(bad_input_is_explained) {
  node one{"n01", {}};
  one.address();
  const auto refusal = [&one](const std::string& command) {
    return ask(one, command, "error").at("reason").get<std::string>();
  };
  BOOST_TEST(refusal("set heartbeat 1").find("invalid_argument") == 0U);
  BOOST_TEST(refusal("set key").find("usage: set KEY VALUE") == 0U);
  BOOST_TEST(refusal("set " + std::string(256, 'k') + " 1").find("255") != std::string::npos);
  BOOST_TEST(refusal("set key " + std::string(70'000, 'v')).find("65536") != std::string::npos);
  ask(one, "set key 1", "done");
  BOOST_TEST(refusal("map-set key entry 1").find("invalid_state") == 0U);
  BOOST_TEST(refusal("unblock nobody").find("unknown_authority") == 0U);
  ask(one, "leave", "done");
  BOOST_TEST(refusal("set key 1").find("already_stopped") == 0U);
  BOOST_TEST(refusal("get key").find("already_stopped") == 0U);
  one.quit();
}

BOOST_AUTO_TEST_SUITE_END()
