/// Dadgar, Phillips, Currey: Lifeguard, DSN-W 2018. One case per rule that is implemented. Not
/// implemented: the local health multiplier (IV-A) and timeouts that shrink with confirmations
/// (IV-B).
#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;
using boost::unit_test::description;

namespace {

using fixture = watching_fixture;

} // namespace

BOOST_FIXTURE_TEST_SUITE(lifeguard, fixture)

BOOST_AUTO_TEST_CASE(a_suspect_that_is_heard_from_is_told_at_once,
                     *description("Lifeguard, Buddy System: whoever suspects a member tells it at "
                                  "the first opportunity")) {
  (void)tell(b, record_of(a, suspect, 1));
  forget();
  (void)hear(a);
  BOOST_REQUIRE(sent<delta>(a).size() == 1U);
  BOOST_TEST(sent<delta>(a)[0].records == std::vector{record_of(a, suspect, 1)});
  // It is alive for us, but only its own higher number clears it for everybody.
  BOOST_TEST(status(a) == std::optional{up});
  BOOST_TEST(core->table().find("a")->rec.status == suspect);
  (void)tell(b, record_of(a, up, 2));
  forget();
  now += 1s;
  (void)hear(a, 2);
  BOOST_TEST(sent<delta>(a).empty());
}

BOOST_AUTO_TEST_CASE(own_slowness_is_not_blamed_on_others,
                     *description("Lifeguard, Local Health: a member that was slow itself does not "
                                  "suspect others for it")) {
  now += 30s; // this process was asleep
  tick();
  BOOST_TEST(status(a) == std::optional{up});
  BOOST_TEST(status(b) == std::optional{up});
  pass(900ms);
  BOOST_TEST(status(a) == std::optional{up});
  pass(200ms);
  BOOST_TEST(status(a) == std::optional{suspect}); // this silence is its own
}

BOOST_AUTO_TEST_CASE(own_slowness_does_not_shorten_the_time_to_refute,
                     *description("Lifeguard, Local Health: a refutation may wait among messages "
                                  "that a slow member has not read")) {
  (void)tell(b, record_of(a, suspect, 1));
  pass(1s);
  now += 30s;
  tick();
  BOOST_TEST(status(a) == std::optional{suspect});
  (void)tell(b, record_of(a, up, 2));
  BOOST_TEST(status(a) == std::optional{up});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
