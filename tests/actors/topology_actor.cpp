// The topology as the membership coordinator publishes it, and as others hand it in.
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/actors/started_node.hpp"

namespace caf_gossip::test {

namespace {

topology topology_of(std::vector<member_ref> members) {
  topology result;
  result.joined = members;
  result.hash = topology_hash(members);
  result.members = std::move(members);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(topology_actor)

// S1.3.2, S3.4.1, S3.5.4
BOOST_FIXTURE_TEST_CASE(publishes_one_topology_after_the_emit_interval, started_node) {
  add(peer);
  all.forget();
  auto late = node.subscribed();
  arrive(peer, delta{0, 1, {record_of(other, member_status::up)}});
  world.advance(99ms);
  BOOST_TEST(late.told<topology_updated>().empty());
  world.advance(1ms);
  BOOST_REQUIRE(late.told<topology_updated>().size() == 1U);
  const auto told = late.told<topology_updated>().front();
  BOOST_TEST(told.update.joined == std::vector{other});
  BOOST_TEST(told.update.members.size() == 3U);
  world.advance(2s);
  BOOST_TEST(late.told<topology_updated>().size() == 1U);
}

// S3.4.4
BOOST_FIXTURE_TEST_CASE(refuses_a_topology_that_contradicts_itself, started_node) {
  add(peer);
  const auto before = node.facade().members();
  all.forget();
  auto wrong = topology_of({other});
  wrong.left = {other};
  BOOST_TEST(tell(apply_topology{wrong}).code() == errc::invalid_topology);
  BOOST_REQUIRE(all.told<topology_apply_failed>().size() == 1U);
  BOOST_TEST(!all.told<topology_apply_failed>().front().reason.empty());
  BOOST_TEST((all.told<topology_apply_failed>().front().stamp.observed_at > unix_time{}));
  BOOST_TEST(node.facade().members() == before);
  BOOST_TEST(tell(heard_member{peer.address}).code() == errc::none);
}

// S3.4.4
BOOST_AUTO_TEST_CASE(refuses_a_topology_before_the_start_and_after_a_failed_one) {
  deterministic_actors world;
  auto& node = world.add("self");
  auto all = node.subscribed();
  const auto whom = node.facade().membership();
  const apply_topology update{topology_of({peer})};
  BOOST_TEST(node.ask<void>(whom, update).code() == errc::invalid_topology);
  const start_membership wrong{{"", 0, {}}, {}, node_mode::member};
  BOOST_TEST(node.ask<void>(whom, wrong).code() == errc::invalid_config);
  BOOST_TEST(node.ask<void>(whom, update).code() == errc::invalid_topology);
  BOOST_TEST(all.told<topology_apply_failed>().size() == 2U);
  BOOST_TEST(node.facade().members().empty());
}

// S3.4.5
BOOST_FIXTURE_TEST_CASE(applies_a_foreign_topology_without_publishing_it_again, started_node) {
  add(peer);
  all.forget();
  const auto sorted = topology_of({other, peer});
  BOOST_TEST(tell(apply_topology{sorted}).code() == errc::none);
  BOOST_TEST(node.facade().members() == sorted.members);
  const auto applied = node.owner().view()->applied();
  BOOST_TEST(tell(apply_topology{sorted}).code() == errc::none);
  BOOST_TEST((node.owner().view()->applied() == applied));
  BOOST_TEST(all.told<topology_updated>().empty());
  BOOST_TEST(all.told<topology_apply_failed>().empty());
}

// S3.4.5: whoever hears of a topology finds it in the view already.
BOOST_FIXTURE_TEST_CASE(applies_a_topology_before_subscribers_see_it, started_node) {
  std::vector<bool> was_applied;
  const auto facade = node.facade();
  auto witness = spawn_role(node.sys(), [&](caf::event_based_actor* self) -> caf::behavior {
    self->set_default_handler(caf::drop);
    return {[&, facade](const topology_updated& what) {
      was_applied.push_back(facade.members() == what.update.members
                            && facade.snapshot()->members.size() == what.update.members.size());
    }};
  });
  facade.subscribe(caf::actor_cast<caf::strong_actor_ptr>(witness), start_with::live);
  world.settle();
  add(peer);
  arrive(peer, delta{0, 1, {record_of(other, member_status::up)}});
  world.advance(1s);
  BOOST_TEST(was_applied == (std::vector<bool>{true, true}), boost::test_tools::per_element());
  caf::anon_send_exit(witness, caf::exit_reason::kill);
  world.settle();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
