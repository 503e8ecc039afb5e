/// Das, Gupta, Motivala: SWIM, DSN 2002. One case per rule that is implemented. Not implemented:
/// indirect probes (4.1) and piggybacking on probes (4.1); news travels in deltas of its own.
#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;
using boost::unit_test::description;

namespace {

using fixture = watching_fixture;

} // namespace

BOOST_FIXTURE_TEST_SUITE(swim, fixture)

BOOST_AUTO_TEST_CASE(a_silent_member_is_suspected_first_and_stays_a_member,
                     *description("SWIM 4.2: a failed probe marks the member as suspected; it is "
                                  "treated like a non-faulty member")) {
  pass(1s);
  BOOST_TEST(status(a) == std::optional{suspect});
  BOOST_TEST(is_member(a));
  bool spread = false;
  for (const auto& news : sent<delta>(b))
    for (const auto& what : news.records)
      spread = spread || what == record_of(a, suspect);
  BOOST_TEST(spread);
}

BOOST_AUTO_TEST_CASE(
    a_suspected_member_refutes_with_a_raised_number,
    *description("SWIM 4.2: only the member itself raises its incarnation, when it "
                 "learns that it is suspected")) {
  const auto before = core->table().find("self")->rec.version;
  (void)tell(a, record_of(self, suspect, before + 4));
  const auto& own = core->table().find("self")->rec;
  BOOST_TEST(own.status == up);
  BOOST_TEST(own.version == before + 5);
  (void)tell(a, record_of(self, suspect, before));
  BOOST_TEST(core->table().find("self")->rec.version == before + 5);
  pass(1s);
  bool told_it = false;
  for (const auto& news : sent<delta>(b))
    for (const auto& what : news.records)
      told_it = told_it || what.id == "self";
  BOOST_TEST(told_it);
}

BOOST_AUTO_TEST_CASE(alive_with_a_higher_number_overrides_suspect,
                     *description("SWIM 4.2: {Alive, i} overrides {Suspect, j} when i > j")) {
  (void)tell(b, record_of(a, suspect, 3));
  (void)tell(b, record_of(a, up, 3));
  BOOST_TEST(status(a) == std::optional{suspect});
  (void)tell(b, record_of(a, up, 4));
  BOOST_TEST(status(a) == std::optional{up});
}

BOOST_AUTO_TEST_CASE(suspect_overrides_alive_with_the_same_number,
                     *description("SWIM 4.2: {Suspect, i} overrides {Alive, j} when i >= j")) {
  (void)tell(b, record_of(a, up, 3));
  (void)tell(b, record_of(a, suspect, 2));
  BOOST_TEST(status(a) == std::optional{up});
  (void)tell(b, record_of(a, suspect, 3));
  BOOST_TEST(status(a) == std::optional{suspect});
}

BOOST_AUTO_TEST_CASE(a_suspicion_that_is_not_refuted_becomes_a_confirmation,
                     *description("SWIM 4.2: the suspicion times out and the member is declared "
                                  "faulty")) {
  (void)tell(b, record_of(a, suspect, 1));
  const auto end = now + 3s;
  while (now < end) {
    (void)hear(b);
    pass(100ms);
  }
  BOOST_TEST(status(a) == std::optional{dead});
  BOOST_TEST(status(b) == std::optional{up});
}

BOOST_AUTO_TEST_CASE(a_confirmation_overrides_everything,
                     *description("SWIM 4.2: {Confirm} overrides {Alive} and {Suspect} of any "
                                  "number")) {
  (void)tell(b, record_of(a, up, 9));
  (void)tell(b, record_of(a, dead, 1));
  BOOST_TEST(status(a) == std::optional{dead});
  (void)tell(b, record_of(a, up, 99));
  (void)tell(b, record_of(a, suspect, 99));
  BOOST_TEST(status(a) == std::optional{dead});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
