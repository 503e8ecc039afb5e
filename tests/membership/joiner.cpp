#include "caf_gossip/membership/joiner.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/printing.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

struct fixture {
  caf_gossip::joiner sut{200ms, 5s};
  random_source random{3};
  time_point now{1h};
  authority a{"a", 1};
  authority b{"b", 1};
  std::uint64_t correlation = 0;

  std::optional<authority> attempt() { return sut.next_attempt(++correlation, random, now); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(joiner, fixture)

BOOST_AUTO_TEST_CASE(without_seeds_there_is_nothing_to_do) {
  sut.start({}, now);
  BOOST_TEST(!sut.active());
  BOOST_TEST((sut.next_deadline() == never));
  BOOST_TEST(!attempt().has_value());
}

BOOST_AUTO_TEST_CASE(asks_all_seeds_in_turn) {
  sut.start({a, b}, now);
  BOOST_TEST(attempt() == std::optional{a});
  BOOST_TEST(!attempt().has_value());
  now += 200ms;
  BOOST_TEST(attempt() == std::optional{b});
}

BOOST_AUTO_TEST_CASE(who_is_added_is_asked_in_turn_and_once_a_round) {
  sut.add(a, now);
  BOOST_TEST(attempt() == std::optional{a});
  sut.add(b, now);
  sut.add(b, now);
  BOOST_TEST(!attempt().has_value()); // the pause holds
  now += 1s;
  BOOST_TEST(attempt() == std::optional{a});
  BOOST_TEST(sut.seeds() == (std::vector{a, b}));
}

BOOST_AUTO_TEST_CASE(who_was_only_added_is_not_asked_for_ever) {
  sut.add(a, now);
  for (int round = 1; round <= 8; ++round) {
    BOOST_TEST(attempt() == std::optional{a});
    now += 1min;
  }
  BOOST_TEST(!sut.active());
  BOOST_TEST(!attempt().has_value());
  BOOST_TEST(sut.is_open(8)); // it may still answer
  sut.add(b, now);
  BOOST_TEST(attempt() == std::optional{b});
}

BOOST_AUTO_TEST_CASE(seeds_of_its_own_are_asked_for_ever_whoever_is_added) {
  sut.start({a}, now);
  sut.add(b, now);
  for (int i = 0; i < 100; ++i) {
    BOOST_TEST(attempt().has_value());
    now += 1min;
  }
}

BOOST_AUTO_TEST_CASE(only_a_few_can_be_added) {
  for (std::uint16_t port = 1; port <= 17; ++port)
    sut.add({"many", port}, now);
  BOOST_TEST(sut.seeds().size() == 16U);
  sut.stop();
  sut.add(b, now);
  BOOST_TEST(sut.seeds() == std::vector{b});
}

BOOST_AUTO_TEST_CASE(a_failure_lets_it_ask_the_next_seed_at_once) {
  sut.start({a, b}, now);
  (void)attempt();
  sut.failed(1, now);
  BOOST_TEST(!sut.is_open(1));
  BOOST_TEST(attempt() == std::optional{b});
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_whole_round_does_not_shorten_the_pause) {
  sut.start({a}, now);
  (void)attempt();
  sut.failed(1, now);
  BOOST_TEST(!attempt().has_value());
}

BOOST_AUTO_TEST_CASE(pauses_double_up_to_their_bound_and_vary_by_a_quarter) {
  sut.start({a}, now);
  auto expected_pause = duration{200ms};
  for (int round = 0; round < 12; ++round) {
    BOOST_TEST(attempt().has_value());
    const auto pause = sut.next_deadline() - now;
    BOOST_TEST((pause >= expected_pause * 3 / 4 && pause <= expected_pause * 5 / 4));
    expected_pause = std::min(expected_pause * 2, duration{5s});
    now = sut.next_deadline();
  }
}

BOOST_AUTO_TEST_CASE(a_postponement_holds) {
  sut.start({a}, now);
  sut.postpone(now + 3s);
  BOOST_TEST((sut.next_deadline() == now + 3s));
  now += 3s;
  BOOST_TEST(attempt() == std::optional{a});
}

BOOST_AUTO_TEST_CASE(stopping_closes_open_requests) {
  sut.start({a}, now);
  (void)attempt();
  BOOST_TEST(sut.is_open(1));
  sut.stop();
  BOOST_TEST(!sut.is_open(1));
  BOOST_TEST(!sut.active());
  sut.postpone(now);
  BOOST_TEST(!sut.active());
}

BOOST_AUTO_TEST_CASE(open_requests_are_bounded) {
  sut.start({a}, now);
  for (int i = 0; i < 65; ++i) {
    (void)attempt();
    now += 10s;
  }
  BOOST_TEST(!sut.is_open(1));
  BOOST_TEST(sut.is_open(65));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
