#include "caf_gossip/state/peer_table.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/gossiper_fixture.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;

namespace caf_gossip::test {

namespace {

struct table_of_two {
  caf_gossip::peer_table sut;
  time_point begin{1h};
  peer& b = sut.add(node("b"), begin);
  peer& c = sut.add(node("c"), begin);

  /// b says that its store is different, at revision 10 of this node.
  bool differs(duration after) { return sut.compare(b, 1, 2, 10, 2s, begin + after); }

  /// The same; if it is to be repaired, it is at once, in vain.
  bool is_repaired(duration after) {
    const bool result = differs(after);
    if (result)
      sut.repaired(b, begin + after);
    return result;
  }

  /// Returns when b, differing all the time and acknowledging at once, is repaired.
  std::vector<duration> repairs(duration until) {
    std::vector<duration> result;
    b.acknowledged = 10;
    for (duration t = 0s; t <= until; t += 1s)
      if (is_repaired(t))
        result.push_back(t);
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(peer_table, table_of_two)

BOOST_AUTO_TEST_CASE(adds_peers_that_have_acknowledged_nothing, *description("S2.7.2")) {
  BOOST_TEST(b.acknowledged == 0U);
  BOOST_TEST((b.last_sign == begin));
  BOOST_TEST(b.source != 0U);
  BOOST_TEST(b.source != c.source);
  const auto before = b.source;
  BOOST_TEST(sut.add(node("b", 2), begin + 1s).source > before, "sources are not reused");
  BOOST_TEST(sut.all().size() == 2U);
}

BOOST_AUTO_TEST_CASE(joins_an_answer_to_its_request_once, *description("S2.8.3")) {
  sut.sent(b, 7, 100);
  BOOST_TEST(sut.in_flight() == 1U);
  BOOST_TEST(sut.ended(8) == nullptr);
  BOOST_TEST(sut.ended(7) == &b);
  BOOST_TEST(b.token == 0U);
  BOOST_TEST(b.in_flight_to == 100U);
  BOOST_TEST(sut.ended(7) == nullptr);
}

BOOST_AUTO_TEST_CASE(forgets_the_requests_of_removed_peers, *description("S2.7.3")) {
  sut.sent(b, 7, 100);
  sut.remove("b");
  sut.remove("unknown");
  BOOST_TEST(sut.ended(7) == nullptr);
  BOOST_TEST(sut.find("b") == nullptr);
  BOOST_TEST(sut.in_flight() == 0U);
  sut.sent(c, 8, 100);
  sut.clear();
  BOOST_TEST(sut.ended(8) == nullptr);
}

BOOST_AUTO_TEST_CASE(starts_over_with_all) {
  sut.sent(b, 7, 100);
  c.acknowledged = 50;
  sut.start_over();
  BOOST_TEST(c.acknowledged == 0U);
  BOOST_TEST(sut.ended(7) == nullptr);
  BOOST_TEST(b.token == 0U);
}

BOOST_AUTO_TEST_CASE(knows_what_all_have_acknowledged) {
  BOOST_TEST(sut.acknowledged_by_all(9) == 0U);
  b.acknowledged = 5;
  c.acknowledged = 7;
  BOOST_TEST(sut.acknowledged_by_all(9) == 5U);
  BOOST_TEST(sut.acknowledged_by_all(3) == 3U);
  sut.clear();
  BOOST_TEST(sut.acknowledged_by_all(9) == 9U, "nobody is waited for");
}

BOOST_AUTO_TEST_CASE(takes_an_equal_hash_for_an_acknowledgement) {
  BOOST_TEST(!sut.compare(b, 2, 2, 10, 2s, begin));
  BOOST_TEST(b.acknowledged == 10U);
  BOOST_TEST(c.acknowledged == 0U);
}

BOOST_AUTO_TEST_CASE(wants_a_repair_when_the_difference_stays) {
  b.acknowledged = 10;
  BOOST_TEST(!differs(0s));
  BOOST_TEST(!differs(2s - 1ns));
  BOOST_TEST(differs(2s));
  BOOST_TEST(differs(3s), "until there was one");
  sut.repaired(b, begin + 3s);
  BOOST_TEST(!differs(4s));
  BOOST_TEST(b.acknowledged == 10U);
}

BOOST_AUTO_TEST_CASE(sends_everything_again_on_request) {
  b.acknowledged = 10;
  const auto source = b.source;
  sut.send_all_again(b);
  BOOST_TEST(b.acknowledged == 0U);
  BOOST_TEST(b.source != source, "also what it sent itself once");
}

BOOST_AUTO_TEST_CASE(puts_its_repair_off_while_the_other_side_repairs) {
  b.acknowledged = 10;
  sut.being_repaired(b, begin);
  BOOST_TEST((b.differs_since == never), "no difference was seen yet");
  BOOST_TEST(!differs(0s));
  sut.being_repaired(b, begin + 1s);
  BOOST_TEST(!differs(3s - 1ns));
  BOOST_TEST(differs(3s));
}

BOOST_AUTO_TEST_CASE(repeats_a_repair_that_has_failed) {
  b.acknowledged = 10;
  BOOST_TEST(!differs(0s));
  BOOST_TEST(differs(2s));
  sut.repair_failed(b, 3s, begin + 2s);
  BOOST_TEST(!differs(5s - 1ns));
  BOOST_TEST(differs(5s));
}

BOOST_AUTO_TEST_CASE(says_nothing_of_a_peer_that_lacks_something) {
  b.acknowledged = 9;
  BOOST_TEST(!differs(0s));
  BOOST_TEST(!differs(1h));
  BOOST_TEST((b.differs_since == never));
}

BOOST_AUTO_TEST_CASE(notices_a_difference_between_changes_that_never_cease) {
  b.acknowledged = 10;
  BOOST_TEST(!differs(0s));
  b.acknowledged = 9; // there is news
  BOOST_TEST(!differs(1s));
  b.acknowledged = 10;
  BOOST_TEST(differs(2s));
}

BOOST_AUTO_TEST_CASE(forgets_a_difference_that_has_ended) {
  b.acknowledged = 10;
  BOOST_TEST(!differs(0s));
  BOOST_TEST(!sut.compare(b, 2, 2, 10, 2s, begin + 1s));
  BOOST_TEST(!differs(3s));
  BOOST_TEST(!differs(4s));
  BOOST_TEST(differs(5s));
}

BOOST_AUTO_TEST_CASE(does_not_let_an_older_answer_undo_a_repair) {
  b.acknowledged = 10;
  sut.sent(b, 7, 10);
  sut.send_all_again(b);
  BOOST_TEST(sut.is_awaited(7));
  BOOST_TEST(sut.ended(7) == &b);
  BOOST_TEST(!sut.is_awaited(7));
  BOOST_TEST(b.in_flight_to == 0U);
}

BOOST_AUTO_TEST_CASE(doubles_the_pause_between_repairs) {
  const std::vector<duration> first{2s, 12s, 32s, 72s};
  BOOST_TEST((repairs(80s) == first));
}

BOOST_AUTO_TEST_CASE(waits_ten_minutes_at_most_between_repairs) {
  const auto all = repairs(3h);
  BOOST_REQUIRE(all.size() > 10U);
  BOOST_TEST((all.back() - all[all.size() - 2] == 10min));
}

BOOST_AUTO_TEST_CASE(begins_again_with_short_pauses_after_it_helped) {
  repairs(80s);
  sut.compare(b, 2, 2, 10, 2s, begin + 200s);
  BOOST_TEST(!is_repaired(300s));
  BOOST_TEST(is_repaired(302s));
  BOOST_TEST(!is_repaired(303s));
  BOOST_TEST(!is_repaired(311s));
  BOOST_TEST(is_repaired(312s));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
