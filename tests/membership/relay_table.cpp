#include "caf_gossip/membership/relay_table.hpp"

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

struct fixture {
  caf_gossip::relay_table sut;
  time_point now{1h};
  member_ref asker{"asker", 1, {"asker", 1}};
  member_ref subject{"subject", 1, {"subject", 1}};

  relay request(std::uint64_t number) const {
    return {asker, number, subject, now + 400ms, now + 500ms};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(relay_table, fixture)

BOOST_AUTO_TEST_CASE(keeps_what_it_was_asked_until_it_is_answered) {
  BOOST_TEST(sut.add(1, request(11)));
  BOOST_TEST(sut.add(2, request(12)));
  const auto taken = sut.take(1);
  BOOST_REQUIRE(taken.has_value());
  BOOST_TEST(taken->request == 11U);
  BOOST_TEST((taken->asker == asker));
  BOOST_TEST((taken->subject == subject));
  BOOST_TEST(!sut.take(1).has_value()); // answered twice is answered once
  BOOST_TEST(!sut.take(3).has_value());
  BOOST_TEST(sut.size() == 1U);
}

// Lifeguard 4.1: nack.
BOOST_AUTO_TEST_CASE(says_once_that_there_is_no_answer_yet_and_still_takes_one) {
  (void)sut.add(1, request(11));
  BOOST_TEST((sut.next_deadline() == now + 400ms));
  BOOST_TEST(sut.take_late(now + 400ms - 1ns).empty());
  const auto late = sut.take_late(now + 400ms);
  BOOST_REQUIRE(late.size() == 1U);
  BOOST_TEST(late[0].request == 11U);
  BOOST_TEST(sut.take_late(now + 450ms).empty());
  BOOST_TEST((sut.next_deadline() == now + 500ms));
  BOOST_TEST(sut.take(1).has_value());
}

BOOST_AUTO_TEST_CASE(forgets_what_nobody_waits_for_any_more) {
  (void)sut.add(1, request(11));
  BOOST_TEST(sut.take_late(now + 500ms).size() == 1U); // late for the nack, but not silent
  BOOST_TEST(sut.size() == 0U);
  BOOST_TEST(!sut.take(1).has_value());
  BOOST_TEST((sut.next_deadline() == never));
}

BOOST_AUTO_TEST_CASE(refuses_more_than_its_bound_and_counts_them) {
  for (std::uint64_t i = 1; i <= caf_gossip::relay_table::relays_max; ++i)
    BOOST_REQUIRE(sut.add(i, request(i)));
  BOOST_TEST(!sut.add(4711, request(4711)));
  BOOST_TEST(sut.refused() == 1U);
  BOOST_TEST(sut.size() == caf_gossip::relay_table::relays_max);
  (void)sut.take(1);
  BOOST_TEST(sut.add(4711, request(4711)));
  sut.clear();
  BOOST_TEST(sut.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
