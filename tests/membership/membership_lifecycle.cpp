#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;

BOOST_FIXTURE_TEST_SUITE(membership_lifecycle, coordinator_fixture)

BOOST_AUTO_TEST_CASE(a_started_member_says_so_and_admits_others) { // S3.1.1
  core = std::make_unique<membership_coordinator>(cfg, 7, clock);
  BOOST_TEST(core->mode() == node_mode::stopped);
  start();
  BOOST_TEST(core->mode() == node_mode::member);
  BOOST_REQUIRE(told<startup>().size() == 1U);
  BOOST_TEST(told<startup>()[0].address == self.address);
  BOOST_TEST(told<startup>()[0].mode == node_mode::member);
  BOOST_TEST(status(self) == std::optional{up});
  BOOST_TEST(core->snapshot().joined);
  BOOST_TEST(join(named("a")).has_value());
}

BOOST_AUTO_TEST_CASE(shutting_down_releases_everything) { // S3.1.2
  start();
  add(named("a"));
  (void)tell(named("a"), record_of(named("b"), suspect));
  (void)call([&](auto& sut) { return sut.quarantine_authority({"bad", 1}, "test", now); });
  forget();
  BOOST_TEST(call([&](auto& sut) { return sut.shut_down(now); }).has_value());
  BOOST_TEST(told<shutdown>().size() == 1U);
  BOOST_TEST(core->mode() == node_mode::stopped);
  BOOST_TEST((core->next_deadline() == never));
  BOOST_TEST(core->quarantined(now).empty());
  BOOST_TEST((core->snapshot() == membership_snapshot{}));
  forget();
  now += 1h;
  tick();
  round();
  BOOST_TEST(events.empty());
  BOOST_TEST(outbounds.empty());
}

BOOST_AUTO_TEST_CASE(every_input_of_a_stopped_one_is_refused_however_often) { // S3.1.3
  core = std::make_unique<membership_coordinator>(cfg, 7, clock);
  const auto a = named("a");
  for (int i = 0; i < 3; ++i) {
    const std::vector<expected<void>> results{core->join(record_of(a, joining), now),
                                              core->leave(a.address, now),
                                              core->leave_cluster(now),
                                              core->down(a.address, now),
                                              core->heard(a.address, now),
                                              core->quarantine_authority(a.address, "r", now),
                                              core->clear_quarantine(a.address, now),
                                              core->receive({head_of(a), heartbeat{1}}, now),
                                              core->shut_down(now)};
    for (const auto& result : results) {
      BOOST_REQUIRE(!result.has_value());
      BOOST_TEST(result.error().code == errc::not_started);
    }
    core->tick(now);
    core->disseminate(now);
  }
  BOOST_TEST(core->take_outcome().empty());
  BOOST_TEST(core->table().version() == 0U);
  BOOST_TEST(core->quarantined(now).empty());
}

BOOST_AUTO_TEST_CASE(a_client_sees_but_does_not_admit) { // S3.1.3
  core = std::make_unique<membership_coordinator>(cfg, 7, clock);
  const auto seed = named("seed");
  BOOST_TEST(core->start_client(self, {seed.address}, now).has_value());
  for (const auto& result : {core->join(record_of(named("a"), joining), now),
                             core->leave(seed.address, now), core->leave_cluster(now)}) {
    BOOST_REQUIRE(!result.has_value());
    BOOST_TEST(result.error().code == errc::invalid_state);
    BOOST_TEST(result.error().text.find("client") != std::string::npos);
  }
  round();
  BOOST_REQUIRE(sent<roster_request>(seed).size() == 1U);
  const auto correlation = outbounds.back().head.correlation;
  roster_response answer{{{record_of(seed, up), record_of(named("a"), suspect)}, {}}};
  BOOST_TEST(receive(seed, answer, correlation).has_value());
  BOOST_TEST(core->table().members().size() == 2U);
  BOOST_TEST(!core->snapshot().joined);
  pass(1min);
  BOOST_TEST(status(named("a")) == std::optional{suspect}); // verdicts are the members' business
  BOOST_TEST(sent<heartbeat>(seed).empty());
}

BOOST_AUTO_TEST_CASE(a_second_start_is_refused_and_disturbs_nothing) {
  start({{"first", 1}});
  const auto again = core->start_member(named("other"), {{"second", 1}}, now);
  BOOST_REQUIRE(!again.has_value());
  BOOST_TEST(again.error().code == errc::already_started);
  BOOST_TEST(core->start_client(self, {{"second", 1}}, now).error().code == errc::already_started);
  BOOST_TEST(core->self() == self);
  (void)call([&](auto& sut) { return sut.leave_cluster(now); });
  BOOST_REQUIRE(!outbounds.empty());
  BOOST_TEST(outbounds.back().target == (authority{"first", 1}));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_a_node_is_not_started) {
  core = std::make_unique<membership_coordinator>(cfg, 7, clock);
  for (const auto& wrong : {member_ref{"", 1, {"h", 1}}, member_ref{"a", 0, {"h", 1}},
                            member_ref{"a", 1, {"h", 0}}, member_ref{"a", 1, {"", 1}}})
    BOOST_TEST(core->start_member(wrong, {}, now).error().code == errc::invalid_config);
  BOOST_TEST(core->start_client(self, {}, now).error().code == errc::invalid_config);
  BOOST_TEST(core->mode() == node_mode::stopped);
}

BOOST_AUTO_TEST_CASE(a_stopped_one_starts_again) { // D4
  start();
  (void)call([&](auto& sut) { return sut.shut_down(now); });
  auto next = self;
  ++next.incarnation;
  BOOST_TEST(core->start_member(next, {}, now).has_value());
  BOOST_TEST(core->snapshot().joined);
}

BOOST_AUTO_TEST_CASE(a_snapshot_is_a_copy_and_always_there) { // S3.1.5
  core = std::make_unique<membership_coordinator>(cfg, 7, clock);
  BOOST_TEST((core->snapshot() == membership_snapshot{}));
  start();
  const auto before = core->snapshot();
  add(named("a"));
  BOOST_TEST(before.members.size() == 1U);
  BOOST_TEST(core->snapshot().members.size() == 2U);
  BOOST_TEST(core->snapshot().version > before.version);
}

BOOST_AUTO_TEST_CASE(with_gossip_disabled_nothing_is_sent) { // S3.1.4
  cfg.gossip_enabled = false;
  start({{"seed", 1}});
  add(named("a"));
  round();
  pass(30s);
  (void)call([&](auto& sut) { return sut.leave_cluster(now); });
  BOOST_TEST(outbounds.empty());
  BOOST_TEST(replies.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
