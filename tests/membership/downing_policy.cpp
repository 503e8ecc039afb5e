#include "caf_gossip/membership/downing_policy.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;

namespace {

struct fixture : coordinator_fixture {
  const suspicion_timeout sut{{8s, 1200ms, 2}};

  duration wait(const testimony& said, std::size_t observers = 4) const {
    return sut.down_at(record{}, now, said, {observers, 0, false}) - now;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(downing_policy, fixture)

BOOST_AUTO_TEST_CASE(without_an_accusation_it_is_the_longest_time) { // D8
  BOOST_TEST((wait({}) == 8s));
  BOOST_TEST((wait({}, 0) == 8s));
}

BOOST_AUTO_TEST_CASE(the_first_accuser_gives_the_longest_time_and_enough_of_them_the_shortest) {
  BOOST_TEST((wait({1, 0, false}) == 8s));
  BOOST_TEST((wait({3, 0, false}) == 1200ms));
  BOOST_TEST((wait({32, 0, false}) == 1200ms));
}

BOOST_AUTO_TEST_CASE(each_further_accuser_takes_less_off_than_the_one_before) {
  const suspicion_timeout patient{{9s, 1s, 7}};
  const auto at = [&](std::size_t accusers) {
    return patient.down_at(record{}, now, {accusers, 0, false}, {9, 0, false}) - now;
  };
  // log(1 + 1) / log(7 + 1) is 1/3, log(3 + 1) / log(7 + 1) is 2/3.
  BOOST_TEST((std::chrono::abs(at(2) - (9s - duration{8s} / 3)) < 1us));
  BOOST_TEST((std::chrono::abs(at(4) - (9s - duration{16s} / 3)) < 1us));
  for (std::size_t accusers = 2; accusers < 8; ++accusers)
    BOOST_TEST((at(accusers - 1) - at(accusers) > at(accusers) - at(accusers + 1)));
  BOOST_TEST((at(8) == 1s));
}

BOOST_AUTO_TEST_CASE(a_host_that_takes_connections_gives_the_longest_time) {
  BOOST_TEST((wait({4, 0, true}) == 8s));
  BOOST_TEST((wait({4, 1, true}) == 8s));
}

BOOST_AUTO_TEST_CASE(two_refusals_are_proof_and_one_where_only_one_can_look) {
  BOOST_TEST((wait({2, 2, false}) == 0s));
  BOOST_TEST((wait({3, 2, true}) == 0s));
  BOOST_TEST((wait({1, 1, false}) == 8s));
  BOOST_TEST((wait({1, 1, false}, 1) == 0s));
}

BOOST_AUTO_TEST_CASE(nobody_who_could_confirm_need_be_waited_for) {
  BOOST_TEST((wait({1, 0, false}, 1) == 1200ms));
  BOOST_TEST((wait({1, 0, false}, 2) == 8s));
  BOOST_TEST((wait({2, 0, false}, 2) == 1200ms)); // one other is all there is
  const suspicion_timeout hasty{{8s, 1200ms, 0}};
  BOOST_TEST((hasty.down_at(record{}, now, {1, 0, false}, {4, 0, false}) == now + 1200ms));
}

BOOST_AUTO_TEST_CASE(one_who_is_alone_is_not_believed_while_two_others_could_confirm_it) {
  const auto at = [&](const testimony& said, std::size_t witnesses) {
    return sut.down_at(record{}, now, said, {4, witnesses, false});
  };
  BOOST_TEST((at({1, 0, false}, 2) == never));
  BOOST_TEST((at({1, 1, false}, 3) == never));
  BOOST_TEST((at({}, 2) == never)); // nor is hearsay
  BOOST_TEST((at({1, 0, false}, 1) == now + 8s));
  BOOST_TEST((at({3, 0, false}, 3) == now + 1200ms));
  BOOST_TEST((at({0, 2, false}, 3) == now)); // proof is proof, whoever brings it
}

BOOST_AUTO_TEST_CASE(a_flapping_member_has_had_its_time_when_three_accuse_it) { // RFC 2439 4.2
  const auto wait = [&](const testimony& said, std::size_t observers = 4) {
    return sut.down_at(record{}, now, said, {observers, 0, true}) - now;
  };
  BOOST_TEST((wait({3, 0, false}) == 0s));
  BOOST_TEST((wait({2, 0, false}) > 0s));
  BOOST_TEST((wait({1, 0, false}) == 8s));
  BOOST_TEST((wait({2, 0, false}, 2) == 0s)); // there are no more
  BOOST_TEST((wait({3, 0, true}) == 8s));     // a paused process is not damped
}

BOOST_AUTO_TEST_CASE(the_shortest_time_is_never_more_than_the_longest) {
  const suspicion_timeout crossed{{1s, 5s, 2}};
  for (std::size_t accusers = 0; accusers < 5; ++accusers)
    BOOST_TEST((crossed.down_at(record{}, now, {accusers, 0, false}, {4, 0, false}) == now + 1s));
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
