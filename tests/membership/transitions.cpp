#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;

namespace {

/// A coordinator with a witness that tells it what the test wants.
struct fixture : coordinator_fixture {
  member_ref a = named("a");
  member_ref witness = named("w");

  fixture() {
    cfg.quarantine_ttl = 0ms; // so that only the matrix refuses
    cfg.suspicion_timeout = 1h;
    cfg.leaving_timeout = 1h;
    start();
    add(witness);
    forget();
  }

  /// Brings a new incarnation of `a` into the status `to`.
  void bring(member_status to) {
    a = named("a", a.incarnation + 1);
    (void)tell(witness, record_of(a, joining));
    if (to != joining)
      (void)tell(witness, record_of(a, to));
    BOOST_REQUIRE(status(a) == (is_final(to) && !status(a) ? std::nullopt : std::optional{to}));
    forget();
  }

  expected<void> attempt(member_status to) {
    return call([&](auto& sut) -> expected<void> {
      switch (to) {
        case joining:
          return sut.join(record_of(a, joining), now);
        case up:
          return sut.heard(a.address, now);
        case leaving:
          return sut.leave(a.address, now);
        default:
          return sut.down(a.address, now);
      }
    });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(transitions, fixture)

BOOST_AUTO_TEST_CASE(an_accepted_join_makes_a_joining_member_and_a_delta) { // S3.2.1
  for (int i = 0; i < 20; ++i)
    round(); // what the witness lacks so far
  forget();
  const auto version = core->table().version();
  BOOST_TEST(join(a).has_value());
  BOOST_TEST(status(a) == std::optional{joining});
  BOOST_TEST(core->table().version() == version + 1);
  const auto changes = told<member_status_changed>();
  BOOST_REQUIRE(changes.size() == 1U);
  BOOST_TEST(changes[0].from == std::optional<member_status>{});
  BOOST_TEST(changes[0].to == joining);
  BOOST_TEST(changes[0].why.kind == cause_kind::join_accepted);
  round();
  BOOST_REQUIRE(sent<ping>(witness).size() == 1U);
  BOOST_TEST(sent<ping>(witness)[0].news == shared_records{record_of(a, joining)});
}

BOOST_AUTO_TEST_CASE(a_heartbeat_confirms_joining_and_suspect_members) { // S3.2.2
  bring(joining);
  BOOST_TEST(hear(a).has_value());
  BOOST_TEST(status(a) == std::optional{up});
  BOOST_TEST(told<member_status_changed>().size() == 1U);
  bring(suspect);
  BOOST_TEST(hear(a).has_value());
  BOOST_TEST(status(a) == std::optional{up});
  BOOST_REQUIRE(told<member_status_changed>().size() == 1U);
  BOOST_TEST(told<member_status_changed>()[0].from == std::optional{suspect});
  forget();
  BOOST_TEST(hear(a).has_value());
  BOOST_TEST(told<member_status_changed>().empty());
}

BOOST_AUTO_TEST_CASE(silence_makes_a_suspect_with_the_right_from_once) { // S3.2.3
  for (const auto from : {joining, up}) {
    cfg.detector_timeout = 1s;
    start();
    add(witness);
    bring(from);
    pass(900ms);
    (void)hear(witness);
    forget();
    pass(400ms); // It is being probed.
    BOOST_TEST(told<member_status_changed>().empty());
    fail_stream(a, errc::unreachable);
    (void)hear(witness);
    pass(700ms);
    const auto changes = told<member_status_changed>();
    BOOST_REQUIRE(changes.size() == 1U);
    BOOST_TEST(changes[0].from == std::optional{from});
    BOOST_TEST(changes[0].to == suspect);
    BOOST_TEST(changes[0].why.kind == cause_kind::silence);
    BOOST_TEST(changes[0].why.suspicion >= 1.0);
    BOOST_TEST((changes[0].why.silent_for >= 1s));
    BOOST_TEST(is_member(a));
  }
}

BOOST_AUTO_TEST_CASE(who_is_downed_is_out_of_everything) { // S3.2.4
  for (const auto from : {joining, up, suspect}) {
    bring(from);
    BOOST_TEST(attempt(dead).has_value());
    BOOST_TEST(status(a) == std::optional{dead});
    BOOST_TEST(!is_member(a));
    BOOST_TEST(core->engine().peers() == std::vector{witness});
    forget();
    for (int i = 0; i < 20; ++i) {
      pass(500ms);
      round();
    }
    BOOST_TEST(sent<delta>(a).empty());
    BOOST_TEST(sent<heartbeat>(a).empty());
  }
}

BOOST_AUTO_TEST_CASE(local_inputs_obey_the_matrix) { // S3.2.5
  for (const auto from : all_statuses)
    for (const auto to : {joining, up, leaving, dead}) {
      bring(from);
      const auto version = core->table().version();
      const auto result = attempt(to);
      const bool nothing_to_do = is_active(from) && (to == joining || (from == up && to == up));
      if (is_transition(from, to) || nothing_to_do) {
        BOOST_TEST(result.has_value(), describe(from) << " to " << describe(to));
        BOOST_TEST(status(a) == std::optional{nothing_to_do ? from : to});
        BOOST_TEST(told<member_status_changed>().size() == (nothing_to_do ? 0U : 1U));
        continue;
      }
      BOOST_REQUIRE(!result.has_value());
      BOOST_TEST(result.error().code == errc::invalid_transition);
      for (const auto& part : {describe(a.address), describe(from), describe(to)})
        BOOST_TEST(result.error().text.find(part) != std::string::npos, result.error().text);
      BOOST_TEST(status(a) == std::optional{from});
      BOOST_TEST(core->table().version() == version);
      BOOST_TEST(told<member_status_changed>().empty());
      BOOST_REQUIRE(told<transition_refused>().size() == 1U);
      BOOST_TEST(told<transition_refused>()[0].from == from);
      BOOST_TEST(told<transition_refused>()[0].to == to);
      BOOST_TEST(core->refusals().back().member == a);
    }
}

BOOST_AUTO_TEST_CASE(received_records_obey_the_paths_of_the_matrix) { // S3.2.5
  for (const auto from : all_statuses)
    for (const auto to : all_statuses) {
      bring(from);
      const auto refused_before = core->metrics()->transitions_refused;
      (void)tell(witness, record_of(a, to, 2));
      if (is_reachable(from, to)) {
        BOOST_TEST(status(a) == std::optional{to}, describe(from) << " to " << describe(to));
        BOOST_TEST(told<member_status_changed>().size() == (from == to ? 0U : 1U));
        continue;
      }
      BOOST_TEST(status(a) == std::optional{from}, describe(from) << " to " << describe(to));
      BOOST_TEST(told<member_status_changed>().empty());
      BOOST_REQUIRE(told<transition_refused>().size() == 1U);
      BOOST_TEST(told<transition_refused>()[0].informant == witness.id);
      BOOST_TEST(core->metrics()->transitions_refused == refused_before + 1);
    }
}

BOOST_AUTO_TEST_CASE(the_log_of_refusals_is_bounded) { // S3.2.5
  bring(dead);
  for (int i = 0; i < 200; ++i)
    (void)attempt(leaving);
  BOOST_TEST(core->refusals().size() == 64U);
  BOOST_TEST(core->metrics()->transitions_refused == 200U);
}

BOOST_AUTO_TEST_CASE(every_change_by_any_way_is_told_once) { // S3.5.2
  bring(up);
  (void)tell(witness, record_of(a, suspect, 1));
  (void)tell(witness, record_of(a, up, 2));
  (void)attempt(leaving);
  (void)tell(witness, record_of(a, removed, 2));
  std::vector<member_status> path;
  for (const auto& event : told<member_status_changed>())
    path.push_back(event.to);
  BOOST_TEST(path == (std::vector{suspect, up, leaving, removed}));
  BOOST_TEST(violations.empty());
}

BOOST_AUTO_TEST_CASE(stale_and_doubled_records_tell_nothing) { // S3.5.2
  bring(up);
  (void)tell(witness, record_of(a, up, 5));
  forget();
  (void)tell(witness, record_of(a, up, 5));
  (void)tell(witness, record_of(a, suspect, 4));
  (void)tell(witness, record_of(named("a", a.incarnation - 1), up, 9));
  BOOST_TEST(events.empty());
  BOOST_TEST(core->metrics()->records_stale == 2U);
}

BOOST_AUTO_TEST_CASE(events_carry_the_moment_of_their_input) { // S3.5.4, D16
  now += 1234ms;
  (void)join(a);
  BOOST_TEST((told<member_status_changed>().back().stamp.observed_at == clock.at(now)));
  // A clock that goes back does not take the events with it.
  const auto late = now;
  now -= 10s;
  (void)hear(a);
  BOOST_TEST((told<member_status_changed>().back().stamp.observed_at == clock.at(late)));
}

BOOST_AUTO_TEST_CASE(a_leaving_member_is_removed_when_its_time_is_up) { // S4.10
  cfg.leaving_timeout = 3s;
  start();
  add(witness);
  bring(up);
  (void)attempt(leaving);
  pass(3s - 1ns);
  BOOST_TEST(status(a) == std::optional{leaving});
  pass(1ns);
  BOOST_TEST(status(a) == std::optional{removed});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
