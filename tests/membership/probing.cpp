/// How a member is probed, in which ways, and how others help.
#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;

BOOST_FIXTURE_TEST_SUITE(probing, probing_fixture)

BOOST_AUTO_TEST_CASE(silence_is_only_a_reason_to_look) { // S3.2.3
  until_probed();
  const auto direct = sent<ping>(subject);
  BOOST_TEST(direct.size() == 1U);
  for (const auto& helper : peers)
    BOOST_TEST(sent<probe_request>(helper).empty());
  BOOST_TEST(status(subject) == std::optional{up});
  BOOST_TEST(core->metrics()->probes == 1U);
}

BOOST_AUTO_TEST_CASE(an_answer_ends_the_probe) {
  until_probed();
  (void)receive(subject, ping_ack{1}, outbounds.back().head.correlation);
  forget();
  live(900ms);
  BOOST_TEST(outbounds.size() <= 3U); // heartbeats
  BOOST_TEST(status(subject) == std::optional{up});
  BOOST_TEST(core->metrics()->probes_failed == 0U);
}

BOOST_AUTO_TEST_CASE(a_probe_without_answer_asks_others_and_opens_a_stream) {
  until_widened();
  std::size_t asked = 0;
  std::uint64_t number = 0;
  for (const auto& message : outbounds)
    if (const auto* request = std::get_if<probe_request>(&message.payload)) {
      BOOST_TEST(request->subject == subject);
      BOOST_TEST((number == 0 || number == message.head.correlation));
      number = message.head.correlation;
      ++asked;
    }
  BOOST_TEST(asked == cfg.probe_helpers);
  std::size_t observers = 0;
  for (const auto& observer : jury)
    observers += sent<probe_request>(observer).size();
  BOOST_TEST(observers == asked - 1); // those that watch it too, and one that does not
  const auto streams = all_of(channel::new_stream);
  BOOST_REQUIRE(streams.size() == 1U);
  BOOST_TEST(streams[0].target == subject.address);
  BOOST_TEST(streams[0].expects_reply);
  BOOST_TEST(streams[0].head.correlation != number);
  BOOST_TEST(status(subject) == std::optional{up});
}

BOOST_AUTO_TEST_CASE(no_helpers_are_asked_where_none_are_wanted) {
  cfg.probe_helpers = 0;
  begin();
  until_widened();
  for (const auto& peer : peers)
    BOOST_TEST(sent<probe_request>(peer).empty());
  live(700ms);
  BOOST_TEST(status(subject) == std::optional{suspect});
  BOOST_TEST(health() == 0U); // nobody was asked, so nobody failed to answer
}

BOOST_AUTO_TEST_CASE(a_helper_that_reaches_it_ends_the_probe) {
  until_widened();
  const auto number = outbounds[outbounds.size() - 2].head.correlation;
  BOOST_REQUIRE(std::holds_alternative<probe_request>(outbounds[outbounds.size() - 2].payload));
  (void)receive(jury[0], probe_report{subject, true, 1}, number);
  BOOST_TEST(core->metrics()->probes_relayed == 1U);
  live(800ms);
  BOOST_TEST(core->metrics()->probes == 1U); // that was a sign of life
  BOOST_TEST(status(subject) == std::optional{up});
  BOOST_TEST(told<member_status_changed>().empty());
}

BOOST_AUTO_TEST_CASE(a_report_about_somebody_else_or_of_no_probe_changes_nothing) {
  until_widened();
  const auto number = outbounds[outbounds.size() - 2].head.correlation;
  (void)receive(jury[0], probe_report{jury[1], true, 1}, number);
  (void)receive(jury[0], probe_report{subject, true, 1}, number + 1);
  (void)receive(jury[0], probe_report{subject, true, 1}, 0);
  live(700ms);
  BOOST_TEST(status(subject) == std::optional{suspect});
}

BOOST_AUTO_TEST_CASE(the_way_a_probe_fails_is_the_evidence) {
  const std::vector<std::tuple<std::optional<errc>, cause_kind, evidence>> ways{
      {errc::unreachable, cause_kind::silence, evidence::silent},
      {errc::timeout, cause_kind::unresponsive, evidence::unresponsive},
      {std::nullopt, cause_kind::unresponsive, evidence::unresponsive},
      {errc::connection_refused, cause_kind::refused, evidence::refused}};
  for (const auto& [failure, kind, found] : ways) {
    streams_fail = failure;
    begin();
    until_widened();
    live(700ms);
    BOOST_TEST(status(subject) == std::optional{suspect});
    const auto changes = told<member_status_changed>();
    BOOST_REQUIRE(changes.size() == 1U);
    BOOST_TEST(changes[0].why.kind == kind);
    BOOST_TEST((changes[0].why.silent_for >= 1s));
    BOOST_TEST(core->metrics()->probes_failed >= 1U);
    for (const auto& other : jury) {
      BOOST_REQUIRE(!sent<accusation>(other).empty());
      BOOST_TEST((sent<accusation>(other)[0] == accusation{subject, 1, found}));
    }
  }
}

// Who has lost the accusation that says so would take silence for a lost host.
BOOST_AUTO_TEST_CASE(that_a_host_was_found_alive_goes_on_with_every_accusation) {
  streams_fail = errc::unreachable;
  until_probed();
  (void)accuse(jury[0], subject, evidence::unresponsive);
  live(1s);
  BOOST_TEST_REQUIRE(status(subject) == std::optional{suspect});
  for (const auto& other : jury) {
    BOOST_TEST_REQUIRE(!sent<accusation>(other).empty());
    BOOST_TEST((sent<accusation>(other)[0] == accusation{subject, 1, evidence::unresponsive}));
  }
}

BOOST_AUTO_TEST_CASE(an_own_finding_that_a_host_is_alive_is_not_taken_back_by_silence) {
  streams_fail = errc::timeout;
  until_probed();
  live(1s);
  streams_fail = errc::unreachable;
  forget();
  (void)accuse(jury[0], subject); // so that it looks again
  live(3s);
  BOOST_TEST_REQUIRE(!sent<accusation>(jury[1]).empty());
  for (const auto& said : sent<accusation>(jury[1]))
    BOOST_TEST((said.found == evidence::unresponsive));
}

// A process may end after its pause.
BOOST_AUTO_TEST_CASE(a_refusal_is_told_as_it_is_where_a_host_was_found_alive) {
  streams_fail = errc::connection_refused;
  until_probed();
  (void)accuse(jury[0], subject, evidence::unresponsive);
  live(1s);
  BOOST_TEST_REQUIRE(!sent<accusation>(jury[1]).empty());
  BOOST_TEST((sent<accusation>(jury[1])[0] == accusation{subject, 1, evidence::refused}));
}

BOOST_AUTO_TEST_CASE(a_probe_that_this_node_cannot_send_has_found_nothing) { // Lifeguard 4.1
  for (const auto why : {errc::limit_reached, errc::network_error}) {
    streams_fail = why;
    begin();
    until_widened();
    live(300ms);
    BOOST_TEST(health() == 1U);
    live(500ms);
    BOOST_TEST(status(subject) == std::optional{up});
    BOOST_TEST(core->metrics()->probes_failed == 0U);
    for (const auto& other : jury)
      BOOST_TEST(sent<accusation>(other).empty());
  }
}

BOOST_AUTO_TEST_CASE(a_refused_connection_is_not_waited_for_any_longer) {
  streams_fail = errc::connection_refused;
  until_widened();
  BOOST_TEST(status(subject) == std::optional{suspect});
}

BOOST_AUTO_TEST_CASE(an_accusation_makes_the_others_look_for_themselves) {
  (void)hear(subject);
  forget();
  BOOST_TEST(accuse(jury[0], subject).has_value());
  BOOST_TEST(sent<ping>(subject).size() == 2U); // in all ways at once: over a stream, too
  BOOST_TEST(all_of(channel::new_stream).size() == 1U);
  std::size_t asked = 0;
  for (const auto& peer : peers)
    asked += sent<probe_request>(peer).size();
  BOOST_TEST(asked == 1U);                          // its own link may be as bad as the accuser's
  BOOST_TEST(status(subject) == std::optional{up}); // hearsay alone suspects nobody
  BOOST_TEST(accuse(jury[0], subject).has_value()); // twice is once
  BOOST_TEST(accuse(jury[1], subject).has_value());
  BOOST_TEST(core->metrics()->probes == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_asked_for_help_with_a_member_that_it_watches_looks_for_itself) {
  (void)hear(subject);
  forget();
  (void)receive(jury[0], probe_request{subject}, 5);
  BOOST_TEST(core->metrics()->probes == 1U);
  BOOST_TEST(all_of(channel::new_stream).size() == 1U);
}

BOOST_AUTO_TEST_CASE(accusations_of_strangers_and_of_the_gone_are_refused) {
  BOOST_TEST(accuse(jury[0], named("stranger")).error().code == errc::unknown_authority);
  BOOST_TEST(accuse(named("stranger"), subject).error().code == errc::unknown_authority);
  BOOST_TEST(accuse(jury[0], named(subject.id, 999)).error().code == errc::unknown_authority);
  (void)call([&](auto& sut) { return sut.down(subject.address, now); });
  BOOST_TEST(accuse(jury[0], subject).error().code == errc::unknown_authority);
  BOOST_TEST(core->metrics()->probes == 0U);
}

BOOST_AUTO_TEST_CASE(an_accusation_that_is_refuted_already_is_ignored) {
  (void)tell(jury[0], record_of(subject, up, 7));
  (void)accuse(jury[0], subject, evidence::silent, 3);
  BOOST_TEST(core->metrics()->probes == 0U);
}

BOOST_AUTO_TEST_CASE(regular_heartbeats_are_no_reason_to_look_whenever_they_began) {
  cfg.detector = "overdue-heartbeat";
  cfg.probe_timeout = 100ms;
  start();
  add(subject);
  pass(300ms);
  for (int i = 0; i < 20; ++i) {
    (void)hear(subject);
    pass(cfg.heartbeat_interval);
  }
  BOOST_TEST(core->metrics()->probes <= 1U); // the first one may seem late
}

BOOST_AUTO_TEST_CASE(who_leaves_drops_its_probes) {
  until_widened();
  (void)call([&](auto& sut) { return sut.leave_cluster(now); });
  forget();
  live(2s);
  for (const auto& event : told<member_status_changed>())
    BOOST_TEST(event.to != suspect);
  for (const auto& peer : peers)
    BOOST_TEST(sent<accusation>(peer).empty());
}

BOOST_AUTO_TEST_CASE(an_outcast_answers_for_nobody) {
  (void)receive(jury[0], probe_request{subject}, 5);
  (void)tell(jury[0], record_of(self, dead, 9));
  forget();
  pass(5s);
  BOOST_TEST(outbounds.empty());
}

// -- bounds -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(more_probes_than_the_bound_are_refused_and_counted) {
  for (int i = 0; i < 70; ++i) {
    add(named("x" + std::to_string(i)));
    (void)accuse(jury[0], named("x" + std::to_string(i)));
  }
  BOOST_TEST(core->metrics()->probes == prober::probes_max);
  BOOST_TEST(core->metrics()->probes_refused == 70 - prober::probes_max);
}

BOOST_AUTO_TEST_CASE(more_relays_than_the_bound_are_refused_and_counted) {
  for (std::uint64_t i = 1; i <= relay_table::relays_max; ++i)
    BOOST_REQUIRE(receive(jury[0], probe_request{subject}, i).has_value());
  BOOST_TEST(receive(jury[0], probe_request{subject}, 9999).error().code == errc::limit_reached);
  BOOST_TEST(core->metrics()->probes_refused == 1U);
  live(700ms); // by then nobody waits for them any more
  BOOST_TEST(receive(jury[0], probe_request{subject}, 9999).has_value());
}

// -- reunion ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(one_of_the_dead_is_tried_again_in_each_interval) {
  const auto& alive = jury[0];
  for (const auto& peer : peers)
    if (peer != subject && peer != alive)
      (void)call([&](auto& sut) { return sut.down(peer.address, now); });
  const auto pings_to_the_dead = [&] {
    std::size_t count = 0;
    for (const auto& peer : peers)
      count += peer == subject || peer == alive ? 0 : sent<ping>(peer).size();
    return count;
  };
  forget();
  for (int i = 1; i <= 10; ++i) {
    for (auto end = now + cfg.reunion_interval; now < end;) {
      pass(500ms);
      (void)hear(alive);
      (void)hear(subject);
    }
    BOOST_TEST(pings_to_the_dead() == static_cast<std::size_t>(i));
  }
}

BOOST_AUTO_TEST_CASE(whose_place_is_taken_is_not_tried_again) {
  cfg.quarantine_ttl = 0ms;
  begin();
  (void)call([&](auto& sut) { return sut.down(subject.address, now); });
  auto successor = named("successor", 200);
  successor.address = subject.address;
  add(successor);
  (void)call([&](auto& sut) { return sut.leave(jury[0].address, now); });
  forget();
  for (const auto end = now + 3 * cfg.reunion_interval; now < end;) {
    live(500ms);
    (void)hear(successor);
  }
  for (const auto& message : outbounds)
    BOOST_TEST(!(message.head.receiver_incarnation == subject.incarnation
                 && message.target == subject.address));
  BOOST_TEST(sent<ping>(jury[0]).empty()); // who has left is not dead
}

BOOST_AUTO_TEST_CASE(a_client_that_is_accused_has_nothing_to_refute) {
  membership_coordinator client{cfg, 1};
  BOOST_REQUIRE(client.start_client(named("z"), {peers.front().address}, now));
  const auto from = [&](membership_payload payload) {
    membership_message message{{}, std::move(payload)};
    message.head.cluster = cfg.cluster_name;
    message.head.sender = peers.front();
    return client.receive(message, now);
  };
  BOOST_REQUIRE(from(roster_response{}).has_value() == false); // not asked for
  client.disseminate(now);
  const auto asked = client.take_outcome().outbounds;
  BOOST_REQUIRE(asked.size() == 1U);
  membership_message roster{{}, roster_response{{{record_of(peers.front(), up, 1)}, {}}}};
  roster.head.cluster = cfg.cluster_name;
  roster.head.sender = peers.front();
  roster.head.correlation = asked.front().head.correlation;
  BOOST_REQUIRE(client.receive(roster, now).has_value());
  const auto result = from(accusation{named("z"), 1, evidence::silent});
  BOOST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error().code == errc::invalid_state));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
