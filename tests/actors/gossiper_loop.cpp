// What happens in one tick, and what the membership has to say in it.
#include <boost/test/unit_test.hpp>

#include "tests/actors/lonely_gossiper.hpp"

namespace caf_gossip::test {

using boost::unit_test::description;

namespace {

/// A running gossiper whose membership shows what the test says.
struct with_membership : lonely_gossiper {
  with_membership() { (void)start(); }

  member_ref self() {
    return state->read([](const gossiper& core) { return core.self(); });
  }

  void show(std::vector<std::pair<member_ref, member_status>> members, std::uint64_t incarnation) {
    membership_snapshot now;
    now.mode = node_mode::member;
    now.self = self();
    now.self.incarnation = incarnation;
    for (const auto& [who, status] : members)
      now.members.push_back({{who.id, who.address, who.incarnation, 1, status, {}}, {}, {}});
    view->set_snapshot(now);
  }

  std::vector<node_id> blocked() {
    return *state->read([](const gossiper& core) { return core.blocked_members(); });
  }

  void reply_to_all() {
    for (std::size_t i = 0; i < seen->asked.size(); ++i)
      reply(i, {});
    seen->asked.clear();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(gossiper_loop)

BOOST_FIXTURE_TEST_CASE(sends_one_request_per_interval, with_membership,
                        *description("S2.2.1 S2.2.2")) {
  set_members({self(), peer(1)});
  reply_to_all();
  for (std::uint64_t tick = 1; tick <= 20; ++tick) {
    (void)state->with([&](gossiper& core, time_point now) {
      return core.set_state("key", bytes(std::to_string(tick)), now);
    });
    world.advance(500ms);
    BOOST_REQUIRE(seen->asked.size() == 1U);
    const auto& request =
        std::get<gossip_request>(std::get<state_payload>(seen->asked[0].what.message.body));
    // The heartbeat of this very tick goes with it.
    const auto& own = request.state.members.at("alone").entries;
    BOOST_TEST(own.at("heartbeat").sequence_number == 2 * tick);
    BOOST_TEST(own.at("key").sequence_number == 2 * tick - 1);
    reply_to_all();
  }
}

BOOST_FIXTURE_TEST_CASE(takes_the_failure_detector_for_a_sign_of_life, with_membership,
                        *description("S2.6.3 S2.2.3")) {
  set_members({self(), peer(1), peer(2)});
  show({{self(), member_status::up},
        {peer(1), member_status::up},
        {peer(2), member_status::suspect}},
       7);
  world.advance(10s);
  BOOST_TEST(blocked().empty());
  seen->asked.clear();
  world.advance(500ms);
  BOOST_TEST(blocked() == (std::vector<node_id>{"peer-2"}), boost::test_tools::per_element());
  // It is blocked before the round of the same tick.
  for (const auto& asked : seen->asked)
    BOOST_TEST((asked.what.target != peer(2).address));
  world.advance(100s);
  BOOST_TEST(blocked().size() == 1U);
  BOOST_TEST(told<member_blocked>().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(speaks_as_the_incarnation_of_the_membership, with_membership) {
  set_members({self(), peer(1)});
  world.advance(500ms);
  show({{self(), member_status::up}, {peer(1), member_status::up}}, 99);
  seen->asked.clear();
  world.advance(500ms);
  BOOST_TEST(self().incarnation == 99U);
  BOOST_REQUIRE(seen->asked.size() == 1U);
  BOOST_TEST(seen->asked[0].what.message.head.sender.incarnation == 99U);
  // What an older run has shown does not count.
  show({}, 98);
  world.advance(500ms);
  BOOST_TEST(self().incarnation == 99U);
}

BOOST_FIXTURE_TEST_CASE(reads_the_counts_outside_the_lock, with_membership,
                        *description("S2.6.2")) {
  int calls = 0;
  counter->replace([&] {
    ++calls;
    // This would wait for ever under the lock.
    (void)state->read([](const gossiper& core) { return core.ticks(); });
    return member_heartbeat{{{"kind", calls}}};
  });
  world.advance(1s);
  BOOST_TEST(calls == 2);
  const auto value =
      state->read([](const gossiper& core) { return core.get_state("alone", heartbeat_key); });
  BOOST_TEST(decode_heartbeat(value->value)->actor_counts.at("kind") == 2);
}

// Somebody else has called the core: what comes out of it is carried out all the same.
BOOST_FIXTURE_TEST_CASE(carries_out_what_others_have_caused, with_membership) {
  set_members({self(), peer(1)});
  (void)state->with(
      [&](gossiper& core, time_point now) { return core.block_members({"peer-1"}, now); });
  BOOST_TEST(told<member_blocked>().empty());
  world.settle();
  BOOST_TEST(told<member_blocked>().size() == 1U);
}

// A key may have to go before the next tick.
BOOST_FIXTURE_TEST_CASE(wakes_up_for_an_earlier_deadline, with_membership) {
  world.advance(100ms);
  (void)state->with([&](gossiper& core, time_point now) {
    return core.set_state("brief", {}, now, milliseconds{50});
  });
  const auto has_key = [&] {
    return !state->read([](const gossiper& core) { return core.get_state("brief"); })->empty();
  };
  world.advance(49ms);
  BOOST_TEST(has_key());
  world.advance(1ms);
  BOOST_TEST(!has_key());
  BOOST_TEST(seen->rounds.empty());
  world.advance(350ms);
  BOOST_TEST(seen->rounds.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
