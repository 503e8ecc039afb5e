#include "caf_gossip/membership/downing_policy.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;

BOOST_FIXTURE_TEST_SUITE(downing_policy, coordinator_fixture)

BOOST_AUTO_TEST_CASE(the_default_is_a_fixed_time) { // D8
  const suspicion_timeout sut{3s};
  BOOST_TEST((sut.down_at(record{}, now) == now + 3s));
}

BOOST_AUTO_TEST_CASE(a_suspect_is_dead_exactly_when_its_time_is_up) { // S3.2.4
  cfg.suspicion_timeout = 3s;
  start();
  const auto a = named("a");
  const auto b = named("b");
  add(a);
  add(b);
  (void)tell(b, record_of(a, suspect));
  pass(3s - 1ns);
  BOOST_TEST(status(a) == std::optional{suspect});
  pass(1ns);
  BOOST_TEST(status(a) == std::optional{dead});
  BOOST_TEST(told<member_status_changed>().back().why.kind == cause_kind::suspicion_timeout);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
