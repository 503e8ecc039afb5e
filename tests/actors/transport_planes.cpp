// The transport actor between two planes: who gets which frames, and what is said of the state.
#include <boost/test/unit_test.hpp>

#include "tests/actors/endpoint.hpp"

namespace caf_gossip::test {

namespace {

/// An endpoint with a second sink and a running core.
struct with_state {
  deterministic_actors world;
  virtual_node& node = world.add("host", {}, false);
  config cfg;
  std::shared_ptr<shared_gossiper> core =
      std::make_shared<shared_gossiper>(cfg, 1, [this] { return node.sys().clock().now(); });
  endpoint here{world, node, core};
  endpoint there{world, node};
  std::shared_ptr<std::vector<net::inbound>> state = std::make_shared<std::vector<net::inbound>>();
  caf::actor state_sink;

  with_state() {
    (void)here.bind();
    (void)there.bind();
    const auto got = state;
    state_sink = spawn_role(node.sys(), [got](caf::event_based_actor*) -> caf::behavior {
      return {[got](inbound_batch& what) {
        std::move(what.items.begin(), what.items.end(), std::back_inserter(*got));
      }};
    });
    core->with([&](gossiper& inner, time_point now) {
      (void)inner.start("here", now);
      inner.set_self({"here", 1, here.where}, now);
      inner.set_topology({member_at(there.where)}, now);
      (void)inner.set_state("key", {}, now);
    });
  }

  ~with_state() {
    caf::anon_send_exit(state_sink, caf::exit_reason::kill);
    world.settle();
  }

  void route_state() {
    caf::anon_send(here.sut, route_frames{caf::actor_cast<frame_sink>(here.sink),
                                          caf::actor_cast<frame_sink>(state_sink)});
    world.settle();
  }

  std::uint64_t hash() {
    return core->read([](const gossiper& inner) { return inner.state_hash(); });
  }

  wire::frame state_frame() const {
    auto result = frame_from(there.where);
    result.body = state_payload{gossip_request{member_at(there.where).id, {}}};
    return result;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(transport_planes)

BOOST_FIXTURE_TEST_CASE(brings_each_plane_to_its_sink, with_state) {
  route_state();
  (void)there.send(to(here.where, frame_from(there.where, heartbeat{1})));
  (void)there.send(to(here.where, state_frame()));
  (void)there.send(to(here.where, frame_from(there.where, heartbeat{2})));
  BOOST_TEST(here.numbers() == (std::vector<std::uint64_t>{1, 2}),
             boost::test_tools::per_element());
  BOOST_REQUIRE(state->size() == 1U);
  BOOST_TEST(std::holds_alternative<state_payload>(std::get<wire::frame>(state->front()).body));
}

// Whoever has no sink for it decides himself what to do with it.
BOOST_FIXTURE_TEST_CASE(brings_everything_to_the_only_sink, with_state) {
  (void)there.send(to(here.where, state_frame()));
  BOOST_TEST(state->empty());
  BOOST_TEST(here.got->size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(tells_the_membership_what_had_no_room, with_state) {
  route_state();
  const auto room = net::transport_config{}.inbound_frames_max;
  for (std::size_t i = 0; i < room + 3; ++i)
    (void)there.network->send(to(here.where, frame_from(there.where)));
  world.settle();
  BOOST_REQUIRE(here.got->size() == room + 1);
  BOOST_TEST((here.got->back() == net::inbound{net::frames_dropped{3}}));
  BOOST_TEST(state->empty());
}

BOOST_FIXTURE_TEST_CASE(stamps_every_frame_with_the_hash_of_the_state, with_state) {
  BOOST_TEST(hash() != 0U);
  (void)here.send(to(there.where, frame_from(here.where)));
  (void)here.request(there.where);
  caf::anon_send(here.sut, outbound_batch{{to(there.where, frame_from(here.where))}});
  world.settle();
  BOOST_REQUIRE(there.got->size() == 3U);
  for (const auto& item : *there.got)
    BOOST_TEST(std::get<wire::frame>(item).head.state_hash == hash());
  // Without a core nothing is said.
  (void)there.send(to(here.where, frame_from(there.where)));
  BOOST_TEST(std::get<wire::frame>(here.got->back()).head.state_hash == 0U);
}

BOOST_FIXTURE_TEST_CASE(reports_the_hash_and_the_life_of_the_sender, with_state) {
  const auto holders = [&] {
    return core->read([](const gossiper& inner) { return inner.holders().holders; });
  };
  BOOST_TEST(holders() == 0U);
  auto frame = frame_from(there.where);
  frame.head.state_hash = hash() + 1;
  (void)there.network->send(to(here.where, frame));
  world.settle();
  BOOST_TEST(holders() == 0U);
  frame.head.state_hash = hash();
  (void)there.network->send(to(here.where, frame));
  world.settle();
  BOOST_TEST(holders() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
