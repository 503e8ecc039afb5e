/// Whose accusations are believed, how long a suspect lives, and who may judge at all.
#include <algorithm>
#include <variant>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;

namespace {

struct fixture : probing_fixture {
  duration lives_after_suspicion(duration at_most) {
    const auto since = core->table().find(subject.id)->how->since;
    const auto end = now + at_most;
    while (now < end && status(subject) == std::optional{suspect})
      live(50ms);
    return now - since;
  }

  /// Nothing arrives from the first `count` peers; the others hear them and say so when asked.
  void live_out_of_hearing(std::size_t count, duration span) {
    const auto is_heard = [&](const node_id& id) {
      return std::none_of(peers.begin(), peers.begin() + static_cast<std::ptrdiff_t>(count),
                          [&](const member_ref& peer) { return peer.id == id; });
    };
    for (const auto end = now + span; now < end;) {
      const auto known = outbounds.size();
      pass(50ms);
      const auto asked =
          std::vector(outbounds.begin() + static_cast<std::ptrdiff_t>(known), outbounds.end());
      for (const auto& peer : peers) {
        if (!is_heard(peer.id))
          continue;
        (void)receive(peer, ack{});
        for (const auto& message : asked)
          if (const auto* request = std::get_if<probe_request>(&message.payload);
              request != nullptr && message.target == peer.address)
            (void)receive(peer, probe_report{request->subject, true, 1}, message.head.correlation);
      }
    }
  }

  bool only_asked() const {
    return std::all_of(outbounds.begin(), outbounds.end(), [](const auto& message) {
      return std::holds_alternative<ping>(message.payload)
             || std::holds_alternative<probe_request>(message.payload);
    });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(judging, fixture)

BOOST_AUTO_TEST_CASE(two_refused_connections_are_a_verdict_at_once) { // S3.2.4
  streams_fail = errc::connection_refused;
  until_widened();
  (void)accuse(jury[0], subject, evidence::refused);
  tick();
  BOOST_TEST(status(subject) == std::optional{dead});
  BOOST_TEST(told<member_status_changed>().back().why.kind == cause_kind::refused);
}

BOOST_AUTO_TEST_CASE(one_refused_connection_is_one_accuser_like_any_other) {
  streams_fail = errc::connection_refused;
  until_widened();
  BOOST_TEST((lives_after_suspicion(20s) >= cfg.suspicion_timeout));
}

BOOST_AUTO_TEST_CASE(one_accuser_alone_is_not_believed_while_others_could_confirm_it) {
  cfg.probe_helpers = 0; // silent ones would be bad for the local health
  begin();
  streams_fail = errc::unreachable;
  until_widened();
  live(700ms);
  BOOST_TEST((lives_after_suspicion(30s) >= 29s));
  BOOST_TEST(status(subject) == std::optional{suspect});
  (void)accuse(jury[0], subject);
  live(100ms);
  BOOST_TEST(status(subject) == std::optional{dead}); // its time was long up
}

BOOST_AUTO_TEST_CASE(accusers_that_are_suspect_themselves_are_not_believed) {
  streams_fail = errc::unreachable;
  until_widened();
  live(700ms);
  for (const auto& accuser : {jury[0], jury[1]}) {
    (void)accuse(accuser, subject);
    (void)tell(jury[2], record_of(accuser, suspect));
  }
  BOOST_TEST((lives_after_suspicion(500ms) < 1s));
  BOOST_TEST(status(subject) == std::optional{suspect});
}

BOOST_AUTO_TEST_CASE(a_node_that_is_not_well_accuses_nobody) { // Lifeguard 4.1
  for (std::uint64_t version = 1; version < 20 && health() < local_health::unsound; ++version)
    (void)tell(jury[0], record_of(self, suspect, core->table().find(self.id)->rec->version));
  BOOST_REQUIRE(health() == local_health::unsound);
  streams_fail = errc::unreachable;
  until_widened();
  live(5s);
  BOOST_TEST(core->metrics()->probes_failed >= 1U);
  BOOST_TEST(status(subject) == std::optional{up});
  for (const auto& other : jury)
    BOOST_TEST(sent<accusation>(other).empty());
}

BOOST_AUTO_TEST_CASE(who_only_asks_shows_no_sign_of_life) {
  const auto before = core->metrics()->probes;
  for (int i = 0; i < 30; ++i) {
    live(50ms);
    (void)receive(subject, ping{1});
    (void)receive(subject, probe_request{jury[0]}, 7);
    (void)accuse(subject, jury[0]);
  }
  BOOST_TEST(core->metrics()->probes > before);
  BOOST_TEST(!sent<ping>(subject).empty());
}

BOOST_AUTO_TEST_CASE(a_node_that_hears_nobody_at_all_only_asks) {
  isolate(5s);
  forget();
  isolate(10s);
  BOOST_TEST(!outbounds.empty());
  BOOST_TEST(only_asked());
  live(1s);
  forget();
  live(2s);
  BOOST_TEST(!only_asked());
}

BOOST_AUTO_TEST_CASE(a_node_that_hears_several_through_others_only_is_silent_until_it_hears_them) {
  live_out_of_hearing(3, 60s);
  for (const auto& peer : peers)
    BOOST_TEST(status(peer) == std::optional{up}); // it blames nobody
  forget();
  live_out_of_hearing(3, 10s);
  BOOST_TEST(!outbounds.empty());
  BOOST_TEST(only_asked());
  live_out_of_hearing(0, 60s);
  forget();
  live_out_of_hearing(0, 10s);
  BOOST_TEST(!only_asked());
}

BOOST_AUTO_TEST_CASE(one_member_that_is_heard_through_others_only_is_no_reason_to_be_silent) {
  live_out_of_hearing(1, 60s);
  for (int second = 0; second < 10; ++second) {
    forget();
    live_out_of_hearing(1, 2s);
    BOOST_TEST(!only_asked());
  }
}

// RFC 2439 4.2: from the cut-off on a route is suppressed as soon as it fails. The last time one
// finds it silent, or is refused a connection, which alone is no proof.
BOOST_DATA_TEST_CASE(a_flapping_member_is_dead_as_soon_as_three_accuse_it_again,
                     boost::unit_test::data::make({false, true}), is_last_refused) {
  const auto last = is_last_refused ? evidence::refused : evidence::silent;
  cfg.flap_cut_off = 2.5;
  cfg.probe_helpers = 0;
  cfg.suspicion_timeout_min = 5s;
  begin();
  streams_fail = errc::unreachable;
  for (std::uint64_t version = 1; version <= 4; ++version) {
    until_widened();
    live(700ms);
    BOOST_REQUIRE(status(subject) == std::optional{suspect});
    (void)accuse(jury[0], subject, evidence::silent, version);
    live(50ms);
    BOOST_TEST(status(subject) == std::optional{suspect}); // two may both have bad links
    (void)accuse(jury[2], subject, version <= 3 ? evidence::silent : last, version);
    live(50ms);
    BOOST_TEST((status(subject) == (version <= 3 ? suspect : dead)));
    (void)tell(jury[1], record_of(subject, up, version + 1));
  }
  BOOST_TEST(told<member_status_changed>().back().why.kind == cause_kind::flapping);
}

BOOST_AUTO_TEST_CASE(one_accuser_alone_where_there_are_few_has_to_wait_longest) {
  cfg.heartbeat_observers = 2;
  begin();
  streams_fail = errc::unreachable;
  until_widened();
  live(700ms);
  const auto lived = lives_after_suspicion(20s);
  BOOST_TEST((lived >= cfg.suspicion_timeout && lived <= cfg.suspicion_timeout + 50ms));
  BOOST_TEST(status(subject) == std::optional{dead});
}

BOOST_AUTO_TEST_CASE(two_others_that_find_the_same_make_it_the_shortest_time) {
  streams_fail = errc::unreachable;
  until_widened();
  live(700ms);
  (void)accuse(jury[0], subject);
  (void)accuse(jury[1], subject);
  const auto lived = lives_after_suspicion(20s);
  BOOST_TEST((lived >= cfg.suspicion_timeout_min && lived <= cfg.suspicion_timeout_min + 50ms));
  BOOST_TEST(told<member_status_changed>().back().why.kind == cause_kind::suspicion_timeout);
}

BOOST_AUTO_TEST_CASE(a_host_that_lives_gives_its_process_the_longest_time) {
  streams_fail = errc::unreachable;
  until_widened();
  live(700ms);
  (void)accuse(jury[0], subject);
  (void)accuse(jury[1], subject, evidence::unresponsive);
  (void)accuse(jury[2], subject);
  BOOST_TEST((lives_after_suspicion(20s) >= cfg.suspicion_timeout));
  BOOST_TEST(status(subject) == std::optional{dead});
}

BOOST_AUTO_TEST_CASE(a_refutation_closes_the_case) {
  streams_fail = errc::unreachable;
  until_widened();
  live(700ms);
  (void)accuse(jury[0], subject);
  (void)tell(jury[1], record_of(subject, up, 2));
  BOOST_TEST(status(subject) == std::optional{up});
  // What was said of the version before counts no more: one accuser alone, the longest time.
  (void)accuse(jury[0], subject, evidence::silent, 1);
  until_widened();
  live(700ms);
  BOOST_REQUIRE(status(subject) == std::optional{suspect});
  BOOST_TEST((lives_after_suspicion(20s) >= cfg.suspicion_timeout));
}

BOOST_AUTO_TEST_CASE(who_is_heard_again_is_no_suspect_here_and_accusations_begin_anew) {
  streams_fail = errc::unreachable;
  until_widened();
  live(700ms);
  (void)accuse(jury[0], subject);
  (void)hear(subject);
  BOOST_TEST(status(subject) == std::optional{up});
  (void)accuse(jury[1], subject);
  live(3s);
  BOOST_TEST(status(subject) == std::optional{suspect}); // two accusers, not three
}

// -- an isolated node ---------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(who_hears_nobody_holds_its_verdicts_back_for_a_while) {
  streams_fail = errc::unreachable;
  const auto since = now;
  isolate(cfg.isolation_patience);
  BOOST_TEST(status(subject) == std::optional{suspect});
  BOOST_TEST(core->metrics()->dead == 0U);
  isolate(2s);
  BOOST_TEST(status(subject) == std::optional{dead});
  BOOST_TEST((now - since < cfg.isolation_patience + 3s));
}

BOOST_AUTO_TEST_CASE(so_it_is_where_members_take_turns) {
  cfg.detector = "swim";
  begin();
  streams_fail = errc::unreachable;
  isolate(cfg.isolation_patience);
  BOOST_TEST(!told<member_status_changed>().empty()); // some are suspected
  BOOST_TEST(core->metrics()->dead == 0U);
  isolate(20s);
  BOOST_TEST(core->metrics()->dead > 0U);
}

BOOST_AUTO_TEST_CASE(where_members_take_turns_one_that_is_gone_is_found_as_ever) {
  cfg.detector = "swim";
  begin();
  streams_fail = errc::unreachable;
  live(20s);
  BOOST_TEST(status(subject) == std::optional{dead});
  BOOST_TEST(core->metrics()->dead == 1U);
}

BOOST_AUTO_TEST_CASE(a_sign_of_life_ends_the_isolation) {
  cfg.probe_helpers = 0;
  begin();
  streams_fail = errc::unreachable;
  isolate(20s);
  BOOST_TEST(status(subject) == std::optional{suspect});
  live(300ms);
  BOOST_TEST(status(subject) == std::optional{suspect}); // there are others to ask again
  for (const auto& other : jury)
    (void)accuse(other, subject);
  live(100ms);
  BOOST_TEST(status(subject) == std::optional{dead});
}

BOOST_AUTO_TEST_CASE(a_refused_connection_counts_for_an_isolated_node_too) {
  streams_fail = errc::connection_refused;
  isolate(cfg.suspicion_timeout + 2s);
  BOOST_TEST(status(subject) == std::optional{dead});
}

BOOST_AUTO_TEST_CASE(without_patience_nothing_is_held_back) {
  cfg.isolation_patience = 0ms;
  begin();
  streams_fail = errc::unreachable;
  isolate(cfg.suspicion_timeout + 2500ms);
  BOOST_TEST(status(subject) == std::optional{dead});
}

BOOST_AUTO_TEST_CASE(a_pause_is_no_verdict_about_one_that_only_this_node_accuses) {
  streams_fail = errc::unreachable;
  until_widened();
  live(2s);
  BOOST_REQUIRE((status(subject) == std::optional{suspect}));
  now += 30s; // this process was asleep
  tick();
  BOOST_TEST(status(subject) == std::optional{suspect});
}

BOOST_AUTO_TEST_CASE(a_full_queue_of_its_own_counts_against_this_node,
                     *boost::unit_test::description("Lifeguard 4.1: what could not be sent says "
                                                    "nothing about the other side")) {
  const auto target = jury.front().address;
  const auto fails = [&](errc why) { core->delivery_failed(0, target, {why, "test"}, now); };
  for (int i = 0; i < 3; ++i) { // one cause, many messages
    fails(errc::limit_reached);
    BOOST_TEST(health() == 1U);
  }
  now += cfg.detector_poll_interval;
  fails(errc::network_error);
  BOOST_TEST(health() == 2U);
  now += cfg.detector_poll_interval;
  fails(errc::send_failed);
  BOOST_TEST(health() == 2U);
}

BOOST_AUTO_TEST_CASE(not_reading_fast_enough_counts_once_per_poll_interval,
                     *boost::unit_test::description("Lifeguard 4.1")) {
  for (std::uint32_t polls = 1; polls <= 3; ++polls) {
    for (int i = 0; i < 5; ++i) {
      core->overloaded(now);
      BOOST_TEST(health() == polls);
    }
    core->overloaded(now + cfg.detector_poll_interval - 1ms);
    BOOST_TEST(health() == polls);
    now += cfg.detector_poll_interval;
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
