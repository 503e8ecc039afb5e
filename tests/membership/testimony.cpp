#include "caf_gossip/membership/testimony.hpp"

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

using enum evidence;
using said = caf_gossip::testimony;

struct fixture {
  testimonies sut;
  member_ref subject{"s", 5, {"s", 1}};

  bool add(const node_id& accuser, evidence found, std::uint64_t version = 1) {
    return sut.add(subject, version, accuser, found);
  }

  said now(std::uint64_t version = 1) const { return sut.about("s", subject.incarnation, version); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(testimony, fixture)

BOOST_AUTO_TEST_CASE(counts_accusers_and_what_they_found) {
  BOOST_TEST((now() == said{}));
  BOOST_TEST(add("a", silent));
  BOOST_TEST((now() == said{1, 0, false}));
  BOOST_TEST(add("b", refused));
  BOOST_TEST((now() == said{2, 1, false}));
  BOOST_TEST(add("c", unresponsive));
  BOOST_TEST((now() == said{3, 1, true}));
}

// Lifeguard 4.2: only independent confirmations count.
BOOST_AUTO_TEST_CASE(counts_each_accuser_once_with_its_last_word) {
  BOOST_TEST(add("a", unresponsive));
  BOOST_TEST(!add("a", unresponsive));
  BOOST_TEST((now() == said{1, 0, true}));
  BOOST_TEST(add("a", refused));
  BOOST_TEST((now() == said{1, 1, false}));
}

BOOST_AUTO_TEST_CASE(begins_again_with_a_higher_version_or_incarnation) {
  (void)add("a", silent, 1);
  (void)add("b", silent, 1);
  BOOST_TEST(add("a", silent, 2));
  BOOST_TEST((now(2) == said{1, 0, false}));
  BOOST_TEST((now(1) == said{}));
  subject.incarnation = 6;
  BOOST_TEST(add("b", silent, 1));
  BOOST_TEST((now(1) == said{1, 0, false}));
}

BOOST_AUTO_TEST_CASE(takes_nothing_about_what_has_been_refuted) {
  (void)add("a", silent, 2);
  BOOST_TEST(!add("b", silent, 1));
  BOOST_TEST((now(2) == said{1, 0, false}));
  subject.incarnation = 4;
  BOOST_TEST(!add("b", silent, 9));
}

// A process that is paused keeps its host's word, although the next packet to it is lost.
BOOST_AUTO_TEST_CASE(does_not_take_back_that_a_host_is_alive_for_silence) {
  (void)add("a", unresponsive);
  BOOST_TEST(!add("a", silent));
  BOOST_TEST((now() == said{1, 0, true}));
  BOOST_TEST(add("a", refused)); // the process has ended meanwhile
  BOOST_TEST((now() == said{1, 1, false}));
}

BOOST_AUTO_TEST_CASE(keeps_the_cases_apart_and_closes_them) {
  (void)add("a", silent);
  const member_ref other{"t", 1, {"t", 1}};
  (void)sut.add(other, 1, "a", refused);
  BOOST_TEST(sut.size() == 2U);
  sut.close("s");
  BOOST_TEST((now() == said{}));
  BOOST_TEST((sut.about("t", 1, 1) == said{1, 1, false}));
  sut.clear();
  BOOST_TEST(sut.size() == 0U);
}

BOOST_AUTO_TEST_CASE(hears_no_more_accusers_than_can_matter) {
  for (std::size_t i = 0; i < testimonies::accusers_max; ++i)
    BOOST_TEST(add("a" + std::to_string(i), silent));
  BOOST_TEST(!add("one more", silent));
  BOOST_TEST(sut.refused() == 1U);
  BOOST_TEST(now().accusers == testimonies::accusers_max);
  BOOST_TEST(add("a0", refused)); // those that are heard may change their word
  BOOST_TEST(now().refusals == 1U);
}

BOOST_AUTO_TEST_CASE(only_those_are_counted_whose_word_counts_but_proof_is_proof) {
  add("a", silent);
  add("b", refused);
  add("c", unresponsive);
  const auto only_a = [](const node_id& accuser) { return accuser == "a"; };
  BOOST_TEST((sut.about("s", subject.incarnation, 1, only_a) == said{1, 1, true}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
