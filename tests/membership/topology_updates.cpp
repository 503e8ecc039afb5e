#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;

namespace {

struct fixture : coordinator_fixture {
  member_ref a = named("a");
  member_ref b = named("b");
  member_ref c = named("c");

  fixture() {
    start();
    add(c);
    pass(100ms);
    forget();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(topology_updates, fixture)

BOOST_AUTO_TEST_CASE(joins_leaves_and_deaths_are_told_with_all_members) { // S3.4.1
  add(a);
  pass(100ms);
  BOOST_REQUIRE(told<topology_updated>().size() == 1U);
  auto update = told<topology_updated>()[0].update;
  BOOST_TEST(update.joined == std::vector{a});
  BOOST_TEST(update.members == (std::vector{a, c, self}));
  BOOST_TEST(update.hash == topology_hash(update.members)); // D17
  BOOST_TEST((told<topology_updated>()[0].stamp.observed_at == clock.at(now)));
  (void)call([&](auto& sut) { return sut.down(a.address, now); });
  (void)call([&](auto& sut) { return sut.leave(c.address, now); });
  forget();
  pass(100ms);
  BOOST_REQUIRE(told<topology_updated>().size() == 1U);
  update = told<topology_updated>()[0].update;
  BOOST_TEST(update.dead == std::vector{a});
  BOOST_TEST(update.left == std::vector{c});
  BOOST_TEST(update.blocked == std::vector<node_id>{"a"}, boost::test_tools::per_element());
  BOOST_TEST(validate(update).has_value());
}

BOOST_AUTO_TEST_CASE(without_a_change_nothing_is_told) { // S3.4.2
  for (int i = 0; i < 100; ++i) {
    pass(100ms);
    (void)hear(c);
  }
  for (std::uint64_t version = 1; version < 20; ++version) {
    (void)tell(c, record_of(c, suspect, version));
    (void)tell(c, record_of(c, up, version + 1));
    pass(200ms);
  }
  BOOST_TEST(told<topology_updated>().empty());
}

BOOST_AUTO_TEST_CASE(one_window_is_one_update) { // S3.4.3
  add(a);
  now += 40ms;
  add(b);
  now += 40ms;
  (void)call([&](auto& sut) { return sut.leave(c.address, now); });
  tick();
  BOOST_TEST(told<topology_updated>().empty());
  pass(1s);
  BOOST_REQUIRE(told<topology_updated>().size() == 1U);
  BOOST_TEST(told<topology_updated>()[0].update.joined == (std::vector{a, b}));
  BOOST_TEST(told<topology_updated>()[0].update.left == std::vector{c});
}

BOOST_AUTO_TEST_CASE(a_join_and_a_leave_in_one_window_cancel_out) { // S3.4.3
  add(a);
  (void)call([&](auto& sut) { return sut.leave(a.address, now); });
  pass(1s);
  BOOST_TEST(told<topology_updated>().empty());
}

BOOST_AUTO_TEST_CASE(the_window_is_measured_in_time_and_not_in_ticks) { // S4.10
  add(a);
  for (int i = 0; i < 99; ++i) {
    now += 1ms;
    tick();
  }
  BOOST_TEST(told<topology_updated>().empty());
  now += 1ms;
  tick();
  BOOST_TEST(told<topology_updated>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_hash_is_equal_on_nodes_with_the_same_members) { // D17
  coordinator_fixture other;
  other.self = c;
  other.start();
  (void)other.join(self);
  (void)other.hear(self);
  other.pass(100ms);
  add(a); // and away again, so that the histories differ
  pass(100ms);
  (void)call([&](auto& sut) { return sut.leave(a.address, now); });
  pass(100ms);
  BOOST_TEST(told<topology_updated>().back().update.hash
             == other.told<topology_updated>().back().update.hash);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
