#include "caf_gossip/membership/hearing.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

struct fixture {
  caf_gossip::hearing sut;

  void miss(const node_id& who, int times = caf_gossip::hearing::misses_max) {
    for (int i = 0; i < times; ++i)
      sut.missed(who);
  }

  void hear(const node_id& who) {
    (void)sut.begin(who);
    sut.heard(who);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hearing, fixture)

BOOST_AUTO_TEST_CASE(several_members_out_of_hearing_are_this_nodes_own_fault) {
  miss("a");
  miss("b");
  BOOST_TEST(!sut.is_hard());
  miss("c");
  BOOST_TEST(sut.is_hard());
}

BOOST_AUTO_TEST_CASE(one_bad_link_is_not_however_often_it_shows) {
  for (int i = 0; i < 10; ++i)
    miss("a");
  BOOST_TEST(!sut.is_hard());
  BOOST_TEST(sut.is_in_doubt()); // until enough others are checked
  for (const auto* id : {"b", "c", "d", "e", "f", "g", "h"})
    hear(id);
  BOOST_TEST(!sut.is_in_doubt());
}

BOOST_AUTO_TEST_CASE(several_bad_links_among_many_good_ones_are_not) {
  for (const auto* id : {"a", "b", "c"})
    miss(id);
  for (int i = 0; i < 5; ++i)
    hear("x" + std::to_string(i));
  BOOST_TEST(sut.is_hard()); // three of eight
  hear("x5");
  BOOST_TEST(!sut.is_hard());
  BOOST_TEST(sut.is_in_doubt()); // the next ones will tell
}

BOOST_AUTO_TEST_CASE(a_frame_of_its_own_ends_a_check) {
  for (const auto* id : {"a", "b", "c"}) {
    miss(id, caf_gossip::hearing::misses_max - 1);
    BOOST_TEST(sut.is_in_doubt());
    sut.heard(id);
    miss(id, 1);
    sut.heard(id);
  }
  BOOST_TEST(!sut.is_hard());
  BOOST_TEST(!sut.is_in_doubt());
}

BOOST_AUTO_TEST_CASE(who_is_heard_later_takes_the_place_of_what_was_found_before) {
  for (const auto* id : {"a", "b", "c"})
    miss(id);
  hear("b");
  BOOST_TEST(!sut.is_hard());
  miss("d");
  BOOST_TEST(sut.is_hard());
  sut.forget("a"); // it is gone
  BOOST_TEST(!sut.is_hard());
}

BOOST_AUTO_TEST_CASE(only_the_last_findings_count) {
  for (const auto* id : {"a", "b", "c"})
    miss(id);
  for (std::size_t i = 0; i < caf_gossip::hearing::findings_max; ++i)
    hear("x" + std::to_string(i));
  BOOST_TEST(!sut.is_hard());
}

BOOST_AUTO_TEST_CASE(more_checks_than_the_bound_are_refused_and_counted) {
  for (std::size_t i = 0; i < caf_gossip::hearing::checks_max; ++i)
    BOOST_TEST(sut.begin("x" + std::to_string(i)));
  BOOST_TEST(!sut.begin("y"));
  BOOST_TEST(sut.refused() == 1U);
  BOOST_TEST(sut.begin("x0"));
  BOOST_TEST(sut.refused() == 1U); // it has its room
  BOOST_TEST(sut.open().size() == caf_gossip::hearing::checks_max);
  miss("y");
  BOOST_TEST(!sut.is_in_doubt());
  sut.clear();
  BOOST_TEST(sut.begin("y"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
