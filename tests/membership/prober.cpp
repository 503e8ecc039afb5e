#include "caf_gossip/membership/prober.hpp"

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

member_ref named(const std::string& id) {
  return {id, 1, {"host-" + id, 1}};
}

struct fixture {
  caf_gossip::prober sut;
  time_point now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(prober, fixture)

BOOST_AUTO_TEST_CASE(begins_one_probe_of_a_member_at_a_time) {
  const auto* item = sut.begin(named("a"), 7, now);
  BOOST_REQUIRE(item != nullptr);
  BOOST_TEST((item->subject == named("a")));
  BOOST_TEST(!item->widened());
  BOOST_TEST(!item->found.has_value());
  BOOST_TEST((sut.begin(named("a"), 8, now) == nullptr));
  BOOST_TEST(sut.size() == 1U);
  BOOST_TEST(sut.refused() == 0U);
  BOOST_TEST((sut.begin(named("b"), 9, now) != nullptr));
}

BOOST_AUTO_TEST_CASE(finds_a_probe_by_its_subject_and_by_each_of_its_numbers) {
  auto* item = sut.begin(named("a"), 1, now);
  item->indirect = 2;
  item->stream = 3;
  (void)sut.begin(named("b"), 4, now);
  BOOST_TEST((sut.find(node_id{"a"}) == item));
  for (const std::uint64_t number : {1U, 2U, 3U})
    BOOST_TEST((sut.find(number) == item));
  BOOST_TEST((sut.find(std::uint64_t{4}) == sut.find(node_id{"b"})));
  BOOST_TEST((sut.find(node_id{"c"}) == nullptr));
  BOOST_TEST((sut.find(std::uint64_t{5}) == nullptr));
}

BOOST_AUTO_TEST_CASE(finds_nothing_by_a_number_that_was_not_given) {
  (void)sut.begin(named("a"), 1, now); // neither widened nor asked others
  BOOST_TEST((sut.find(std::uint64_t{0}) == nullptr));
}

BOOST_AUTO_TEST_CASE(ends_a_probe_once) {
  (void)sut.begin(named("a"), 1, now);
  const auto ended = sut.end("a");
  BOOST_REQUIRE(ended.has_value());
  BOOST_TEST(ended->direct == 1U);
  BOOST_TEST(!sut.end("a").has_value());
  BOOST_TEST((sut.find(std::uint64_t{1}) == nullptr));
}

BOOST_AUTO_TEST_CASE(knows_which_are_due_and_when_the_next_one_is) {
  BOOST_TEST((sut.next_deadline() == never));
  (void)sut.begin(named("a"), 1, now + 2s);
  (void)sut.begin(named("b"), 2, now + 1s);
  BOOST_TEST((sut.next_deadline() == now + 1s));
  BOOST_TEST(sut.due(now + 1s - 1ns).empty());
  BOOST_TEST(sut.due(now + 1s) == std::vector<node_id>{"b"}, boost::test_tools::per_element());
  BOOST_TEST(sut.due(now + 2s).size() == 2U);
  sut.clear();
  BOOST_TEST((sut.next_deadline() == never));
}

BOOST_AUTO_TEST_CASE(refuses_more_than_its_bound_and_counts_them) {
  for (std::size_t i = 0; i < caf_gossip::prober::probes_max; ++i)
    BOOST_REQUIRE((sut.begin(named(std::to_string(i)), i + 1, now) != nullptr));
  BOOST_TEST((sut.begin(named("one more"), 999, now) == nullptr));
  BOOST_TEST(sut.refused() == 1U);
  BOOST_TEST((sut.begin(named("0"), 999, now) == nullptr)); // is being probed: not refused
  BOOST_TEST(sut.refused() == 1U);
  (void)sut.end("0");
  BOOST_TEST((sut.begin(named("one more"), 999, now) != nullptr));
}

BOOST_AUTO_TEST_CASE(takes_the_failure_of_a_stream_as_evidence) {
  BOOST_TEST((evidence_of(errc::connection_refused) == evidence::refused));
  BOOST_TEST((evidence_of(errc::timeout) == evidence::unresponsive));
  BOOST_TEST((evidence_of(errc::unreachable) == evidence::silent));
  BOOST_TEST((evidence_of(errc::send_failed) == evidence::silent));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
