/// Dadgar, Phillips, Currey: Lifeguard, DSN-W 2018. One case per rule that is implemented. Another
/// way is taken in one point: a probe that fails although helpers have answered does not count
/// against the local health, since then only the member is silent.
#include <algorithm>
#include <variant>

#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;
using boost::unit_test::description;

namespace {

using fixture = watching_fixture;

} // namespace

// -- 4.1: local health --------------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(lifeguard, fixture)

BOOST_AUTO_TEST_CASE(a_suspect_that_is_heard_from_is_told_at_once,
                     *description("Lifeguard 4.3, buddy: whoever suspects a member tells it at "
                                  "the first opportunity")) {
  (void)tell(b, record_of(a, suspect, 1));
  forget();
  (void)hear(a);
  BOOST_REQUIRE(sent<delta>(a).size() == 1U);
  BOOST_TEST(sent<delta>(a)[0].records == shared_records{record_of(a, suspect, 1)});
  // It is alive for us, but only its own higher number clears it for everybody.
  BOOST_TEST(status(a) == std::optional{up});
  BOOST_TEST(core->table().find("a")->rec->status == suspect);
  (void)tell(b, record_of(a, up, 2));
  forget();
  now += 1s;
  (void)hear(a, 2);
  BOOST_TEST(sent<delta>(a).empty());
}

BOOST_AUTO_TEST_CASE(a_suspect_is_told_by_every_message_to_it_that_carries_news,
                     *description("Lifeguard 4.3, Buddy System: a ping to a suspect tells it")) {
  cfg.heartbeat_interval = 400ms;
  start();
  add(a);
  add(b);
  const auto suspicion = record_of(a, suspect, 1);
  (void)tell(b, suspicion);
  forget();
  (void)receive(b, probe_request{a}, 77); // a ping on behalf of another
  round();
  pass(4 * cfg.heartbeat_interval);
  BOOST_TEST(!sent<ping>(a).empty());
  BOOST_TEST(!sent<heartbeat>(a).empty());
  const auto tells = [&](const shared_records& news) {
    return std::find(news.begin(), news.end(), suspicion) != news.end();
  };
  for (const auto& message : sent<ping>(a))
    BOOST_TEST(tells(message.news));
  for (const auto& message : sent<heartbeat>(a))
    BOOST_TEST(tells(message.news));
  for (const auto& message : sent<delta>(a))
    BOOST_TEST(tells(message.records));
}

BOOST_AUTO_TEST_CASE(own_slowness_is_not_blamed_on_others,
                     *description("Lifeguard 4.1: a member that was slow itself does not "
                                  "suspect others for it")) {
  now += 30s; // this process was asleep
  tick();
  BOOST_TEST(status(a) == std::optional{up});
  BOOST_TEST(status(b) == std::optional{up});
  pass(2s);
  BOOST_TEST(status(a) == std::optional{up});
  pass(1s);
  BOOST_TEST(status(a) == std::optional{suspect}); // this silence is its own
}

BOOST_AUTO_TEST_CASE(own_slowness_does_not_shorten_the_time_to_refute,
                     *description("Lifeguard 4.1: a refutation may wait among messages "
                                  "that a slow member has not read")) {
  (void)tell(b, record_of(a, suspect, 1));
  pass(1s);
  now += 30s;
  tick();
  BOOST_TEST(status(a) == std::optional{suspect});
  (void)tell(b, record_of(a, up, 2));
  BOOST_TEST(status(a) == std::optional{up});
}

BOOST_FIXTURE_TEST_CASE(a_helper_without_answer_says_so_before_its_time_is_up, fixture,
                        *description("Lifeguard 4.1, nack: at 80 % of the time the helper says "
                                     "that it is alive itself")) {
  (void)receive(b, probe_request{a}, 77);
  pass(2 * cfg.probe_timeout - 1ns); // it was given 2.5 of them
  BOOST_TEST(sent<probe_report>(b).empty());
  pass(1ns);
  BOOST_REQUIRE(sent<probe_report>(b).size() == 1U);
  BOOST_TEST((sent<probe_report>(b)[0] == probe_report{a, false, 0}));
  pass(1s);
  BOOST_TEST(sent<probe_report>(b).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(helpers_that_do_not_even_say_no_lower_the_local_health, probing_fixture,
                        *description("Lifeguard 4.1: a missed nack raises the local health "
                                     "multiplier")) {
  until_widened();
  live(700ms);
  BOOST_TEST(health() == 1U);
}

BOOST_FIXTURE_TEST_CASE(helpers_that_say_no_leave_the_local_health_alone, probing_fixture,
                        *description("Lifeguard 4.1, nack: the member is silent, not we")) {
  until_widened();
  for (const auto& message : std::vector{outbounds})
    if (std::holds_alternative<probe_request>(message.payload))
      (void)receive(jury[0], probe_report{subject, false, 0}, message.head.correlation);
  live(700ms);
  BOOST_TEST(status(subject) == std::optional{suspect});
  BOOST_TEST(health() == 0U);
}

BOOST_FIXTURE_TEST_CASE(having_to_refute_lowers_the_local_health_and_a_good_probe_raises_it,
                        probing_fixture,
                        *description("Lifeguard 4.1: refuting +1, a successful probe -1")) {
  (void)tell(jury[0], record_of(self, suspect, 5));
  BOOST_TEST(health() == 1U);
  until_probed();
  (void)receive(subject, ping_ack{1}, outbounds.back().head.correlation);
  BOOST_TEST(health() == 0U);
  (void)tell(jury[0], record_of(self, suspect, 15));
  (void)hear(subject); // a heartbeat in time is what an answer to a ping is to SWIM
  BOOST_TEST(health() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_late_timer_lowers_the_local_health_and_drops_the_probes, probing_fixture,
                        *description("Lifeguard 3: a slow member must not accuse others of its own "
                                     "slowness")) {
  until_probed();
  now += 10s;
  tick();
  BOOST_TEST(health() == 1U);
  forget();
  live(900ms);
  BOOST_TEST(told<member_status_changed>().empty());
}

BOOST_FIXTURE_TEST_CASE(
    with_a_bad_local_health_members_are_probed_less_often, fixture,
    *description("Lifeguard 4.1: the probe interval is multiplied by LHM + 1")) {
  cfg.detector = "swim";
  start();
  add(a);
  add(b);
  const auto time_to_next_probe = [&] {
    const auto begun = now;
    const auto before = core->metrics()->probes;
    for (int i = 0; i < 1000 && core->metrics()->probes == before; ++i)
      pass(10ms);
    for (const auto& peer : {a, b}) // ends the probe, and says nothing about the local health
      (void)receive(peer, ack{});
    return std::chrono::round<std::chrono::milliseconds>(now - begun);
  };
  (void)time_to_next_probe();
  BOOST_TEST((time_to_next_probe() == cfg.probe_interval));
  (void)tell(b, record_of(self, suspect, 5));
  BOOST_REQUIRE(core->metrics()->local_health == 1U);
  (void)time_to_next_probe(); // the moment of this one was known before
  BOOST_TEST((time_to_next_probe() == 2 * cfg.probe_interval));
}

BOOST_FIXTURE_TEST_CASE(with_a_bad_local_health_others_are_given_more_time, probing_fixture,
                        *description("Lifeguard 4.1: timeouts are multiplied by LHM + 1")) {
  (void)tell(jury[0], record_of(self, suspect, 5));
  BOOST_REQUIRE(health() == 1U);
  until_probed();
  live(cfg.probe_timeout);
  BOOST_TEST(all_of(channel::new_stream).empty());
  live(cfg.probe_timeout);
  BOOST_TEST(all_of(channel::new_stream).size() == 1U);
  live(3 * cfg.probe_timeout);
  BOOST_TEST(status(subject) == std::optional{up});
  live(3 * cfg.probe_timeout + 100ms);
  BOOST_TEST(status(subject) == std::optional{suspect});
}

BOOST_FIXTURE_TEST_CASE(an_accusation_after_own_slowness_does_not_shorten_the_time_to_refute,
                        probing_fixture,
                        *description("Lifeguard 3: a refutation may wait among messages that a "
                                     "slow member has not read")) {
  streams_fail = errc::unreachable;
  until_widened();
  live(700ms);
  BOOST_REQUIRE(status(subject) == std::optional{suspect});
  now += 30s;
  tick();
  (void)accuse(jury[0], subject);
  tick();
  BOOST_TEST(status(subject) == std::optional{suspect});
}

// -- 4.2: dynamic suspicion ---------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(
    each_independent_accuser_shortens_the_suspicion, probing_fixture,
    *description("Lifeguard 4.2: max - (max - min) * log(C + 1) / log(K + 1)")) {
  streams_fail = errc::unreachable;
  const auto lived_with = [&](std::size_t confirmations) {
    begin();
    until_widened();
    live(700ms);
    const auto since = core->table().find(subject.id)->how->since;
    for (std::size_t i = 0; i < confirmations; ++i)
      (void)accuse(jury[i], subject);
    while (status(subject) == std::optional{suspect})
      live(50ms);
    return now - since;
  };
  const auto with_one = lived_with(1);
  const auto with_two = lived_with(2);
  const auto formula =
      cfg.suspicion_timeout
      - (cfg.suspicion_timeout - cfg.suspicion_timeout_min) * 631 / 1000; // log(2) / log(3) = 0.631
  BOOST_TEST((with_one - formula >= -10ms && with_one - formula <= 60ms));
  BOOST_TEST(
      (with_two - cfg.suspicion_timeout_min >= 0s && with_two - cfg.suspicion_timeout_min <= 50ms));
}

BOOST_FIXTURE_TEST_CASE(the_same_accuser_twice_is_one, probing_fixture,
                        *description("Lifeguard 4.2: confirmations come from different members")) {
  streams_fail = errc::unreachable;
  until_widened();
  live(700ms);
  for (int i = 0; i < 10; ++i)
    (void)accuse(jury[0], subject);
  live(cfg.suspicion_timeout_min + 500ms);
  BOOST_TEST(status(subject) == std::optional{suspect});
}

// -- 4.3: buddy system --------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_ping_tells_the_suspect_and_so_does_the_answer_to_its_own, fixture,
                        *description("Lifeguard 4.3: a ping to a suspected member says that it is "
                                     "suspected")) {
  const auto said = record_of(a, suspect, 1);
  (void)tell(b, said);
  forget();
  (void)receive(a, ping{1}, 3);
  BOOST_REQUIRE(sent<ping_ack>(a).size() == 1U);
  BOOST_TEST(sent<ping_ack>(a)[0].news.front() == said);
  forget();
  (void)accuse(b, a); // so that it is probed
  BOOST_REQUIRE(!sent<ping>(a).empty());
  const auto direct = sent<ping>(a).back();
  BOOST_REQUIRE(!direct.news.empty());
  BOOST_TEST(direct.news.front() == said);
}

BOOST_FIXTURE_TEST_CASE(who_is_found_failed_is_told_in_the_same_moment, probing_fixture,
                        *description("Lifeguard 4.3: the suspect learns of it first")) {
  cfg.dissemination_bursts = 0; // so that it is not told by chance
  begin();
  streams_fail = errc::unreachable;
  until_widened();
  forget();
  live(700ms);
  const auto told_it = sent<delta>(subject);
  BOOST_REQUIRE(!told_it.empty());
  BOOST_TEST(told_it[0].records == shared_records{record_of(subject, suspect)});
}

BOOST_FIXTURE_TEST_CASE(an_accused_member_refutes, fixture,
                        *description("Lifeguard 4.3 and SWIM 4.2: whoever hears that it is accused "
                                     "raises its number")) {
  const auto before = core->table().find("self")->rec->version;
  (void)accuse(a, self, evidence::silent, before);
  BOOST_TEST(core->table().find("self")->rec->version == before + 1);
  BOOST_TEST(core->metrics()->refuted == 1U);
  (void)accuse(b, self, evidence::silent, before); // refuted already
  BOOST_TEST(core->table().find("self")->rec->version == before + 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
