/// Defects of earlier implementations, one case each, so that they do not come back.
#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"
#include "tests/support/virtual_cluster.hpp"

namespace caf_gossip::test {

using enum member_status;

namespace {

struct fixture : coordinator_fixture {
  member_ref a = named("a");
  member_ref b = named("b");

  fixture() {
    start();
    add(a);
    add(b);
    pass(200ms);
    forget();
  }

  /// It still does everything: admits, tells, sends.
  void expect_alive() {
    const auto c = named("c");
    forget();
    add(c);
    pass(cfg.heartbeat_interval * cfg.heartbeat_observers); // it is everybody's turn
    BOOST_TEST(status(c) == std::optional{up});
    BOOST_TEST(told<topology_updated>().size() == 1U);
    BOOST_TEST(!sent<heartbeat>(c).empty());
    BOOST_TEST(violations.empty());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(earlier_defects, fixture)

BOOST_AUTO_TEST_CASE(a_graceful_leave_does_not_kill_the_loop) {
  BOOST_TEST(call([&](auto& sut) { return sut.leave(a.address, now); }).has_value());
  (void)hear(a);
  (void)tell(b, record_of(a, up, 7));
  pass(10s);
  BOOST_TEST(status(a) == std::optional{removed});
  expect_alive();
}

BOOST_AUTO_TEST_CASE(a_leave_while_suspect_does_not_kill_the_loop) {
  (void)tell(b, record_of(a, suspect));
  BOOST_TEST(call([&](auto& sut) { return sut.leave(a.address, now); }).has_value());
  pass(10s);
  BOOST_TEST(status(a) == std::optional{removed});
  expect_alive();
}

BOOST_AUTO_TEST_CASE(a_stale_delta_neither_quarantines_nor_announces) {
  (void)tell(b, record_of(a, up, 5));
  forget();
  (void)tell(b, record_of(a, suspect, 2));
  (void)tell(b, record_of(named("a", a.incarnation - 1), dead, 9));
  pass(1s);
  BOOST_TEST(is_member(a));
  BOOST_TEST(told<member_quarantined>().empty());
  BOOST_TEST(told<topology_updated>().empty());
  BOOST_TEST(told<member_status_changed>().empty());
}

BOOST_AUTO_TEST_CASE(a_conflicting_delta_does_not_quarantine_a_live_member) {
  auto conflicting = record_of(a, up);
  conflicting.attrs = {{"role", "impostor"}};
  (void)tell(b, conflicting);
  pass(1s);
  BOOST_TEST(is_member(a));
  BOOST_TEST(told<conflict_detected>().size() == 1U);
  BOOST_TEST(told<member_quarantined>().empty());
  BOOST_TEST(told<topology_updated>().empty());
}

BOOST_AUTO_TEST_CASE(two_nodes_that_change_at_an_equal_version_both_keep_their_change) {
  virtual_cluster cluster{1};
  cluster.start(1);
  cluster.start(2);
  BOOST_REQUIRE(cluster.converges_within(10s));
  cluster.cut_both(1, 2);
  const auto admit = [&](int at, const member_ref& who) {
    (void)cluster.call(at, [&](auto& sut, time_point moment) {
      return sut.join(record_of(who, joining), moment);
    });
  };
  admit(1, named("x"));
  admit(2, named("y"));
  cluster.run_for(100ms);
  cluster.heal();
  cluster.run_for(3s);
  for (const int number : {1, 2})
    for (const auto& id : {"x", "y"})
      BOOST_TEST(cluster.at(number).core->table().find(node_id{id}) != nullptr);
}

BOOST_AUTO_TEST_CASE(a_join_and_leave_in_one_window_is_not_in_both_sets) {
  const auto c = named("c");
  add(c);
  (void)call([&](auto& sut) { return sut.leave(c.address, now); });
  (void)call([&](auto& sut) { return sut.leave(a.address, now); });
  pass(1s);
  BOOST_REQUIRE(told<topology_updated>().size() == 1U);
  BOOST_TEST(told<topology_updated>()[0].update.joined.empty());
  BOOST_TEST(told<topology_updated>()[0].update.left == std::vector{a});
}

BOOST_AUTO_TEST_CASE(a_quarantined_member_is_no_member) {
  (void)call([&](auto& sut) { return sut.quarantine_authority(a.address, "r", now); });
  BOOST_TEST(!is_member(a));
  pass(200ms);
  BOOST_TEST(told<topology_updated>().back().update.members == (std::vector{b, self}));
}

BOOST_AUTO_TEST_CASE(an_expired_quarantine_does_not_block_until_a_poll) {
  (void)call([&](auto& sut) { return sut.down(a.address, now); });
  now += cfg.quarantine_ttl;
  BOOST_TEST(join(named("a", a.incarnation + 1)).has_value());
}

BOOST_AUTO_TEST_CASE(it_never_gossips_to_itself) {
  start({self.address, a.address});
  auto shadow = named("shadow", 1);
  shadow.address = self.address;
  (void)join(shadow);
  add(a);
  pass(5s);
  round();
  for (const auto& message : outbounds)
    BOOST_TEST(message.target != self.address);
  BOOST_TEST(!outbounds.empty());
}

BOOST_AUTO_TEST_CASE(a_peer_has_everything_only_when_it_shows_it) {
  (void)join(named("c"));
  round();
  pass(10s);
  BOOST_TEST(!sent<delta>(a).empty());
  BOOST_TEST(core->engine().confirmed_count() == 0U);
  (void)receive_agreeing(a, ack{core->table().version()});
  BOOST_TEST(core->engine().confirmed_count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_lagging_peer_does_not_bring_removed_members_back) {
  (void)call([&](auto& sut) { return sut.leave(a.address, now); });
  pass(10s);
  BOOST_REQUIRE(status(a) == std::optional{removed});
  for (std::uint64_t version = 1; version < 5; ++version)
    for (const auto late : {joining, up, suspect, leaving})
      (void)tell(b, record_of(a, late, version));
  BOOST_TEST(status(a) == std::optional{removed});
  BOOST_TEST(!is_member(a));
}

BOOST_AUTO_TEST_CASE(the_loop_survives_errors) {
  (void)hear(named("stranger"));
  (void)call([&](auto& sut) { return sut.down({"nowhere", 1}, now); });
  (void)call([&](auto& sut) { return sut.leave({"nowhere", 1}, now); });
  (void)receive(a, join_response{}, 4711);
  call([&](auto& sut) {
    sut.delivery_failed(4711, a.address, {errc::send_failed, "test"}, now);
    sut.rejected(4711, a.address, {errc::wrong_cluster, "test", 0, {}}, now);
    return 0;
  });
  expect_alive();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
