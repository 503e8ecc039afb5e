/// What is to be passed on, in which order, and how often.
#include "caf_gossip/base/rumor_queue.hpp"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace caf_gossip;
using boost::unit_test::description;

namespace {

using texts = std::vector<std::string>;

struct fixture {
  caf_gossip::rumor_queue<std::string> sut;

  [[nodiscard]] texts all() const {
    texts result;
    sut.visit([&](const std::string& what) {
      result.push_back(what);
      return true;
    });
    return result;
  }

  void tell(const std::string& what, int times, std::uint32_t limit) {
    for (int i = 0; i < times; ++i)
      sut.book(what);
    sut.settle(limit);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rumor_queue, fixture)

BOOST_AUTO_TEST_CASE(begins_empty) {
  BOOST_TEST(sut.empty());
  BOOST_TEST(sut.size() == 0U);
  BOOST_TEST(!sut.has_untold());
  BOOST_TEST(all().empty());
}

BOOST_AUTO_TEST_CASE(tells_first_what_was_told_least, *description("SWIM 4.1")) {
  for (const auto* what : {"c", "a", "b"})
    sut.add(what);
  BOOST_TEST((all() == texts{"c", "a", "b"}), "else in the order of arrival");
  tell("c", 2, 9);
  tell("a", 1, 9);
  BOOST_TEST((all() == texts{"b", "a", "c"}));
  sut.add("d");
  BOOST_TEST((all() == texts{"b", "d", "a", "c"}));
}

BOOST_AUTO_TEST_CASE(stops_a_visit_that_has_enough) {
  for (const auto* what : {"a", "b", "c"})
    sut.add(what);
  texts seen;
  sut.visit([&](const std::string& what) {
    seen.push_back(what);
    return seen.size() < 2;
  });
  BOOST_TEST((seen == texts{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(forgets_what_was_told_often_enough, *description("SWIM 4.1")) {
  sut.add("a");
  sut.add("b");
  tell("a", 1, 3);
  tell("a", 1, 3);
  BOOST_TEST(sut.contains("a"));
  tell("a", 1, 3);
  BOOST_TEST((all() == texts{"b"}));
  tell("b", 5, 3);
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(counts_a_telling_when_it_is_settled) {
  sut.add("a");
  sut.add("b");
  sut.book("a");
  BOOST_TEST((all() == texts{"a", "b"}), "a visit is not disturbed by what it books");
  BOOST_TEST(sut.has_untold());
  sut.settle(9);
  BOOST_TEST((all() == texts{"b", "a"}));
  sut.settle(9);
  sut.settle(2);
  BOOST_TEST((all() == texts{"b", "a"}), "nothing counts twice");
  tell("unknown", 1, 9);
  BOOST_TEST(sut.size() == 2U);
}

BOOST_AUTO_TEST_CASE(counts_what_others_tell, *description("Demers et al. 1987: feedback")) {
  sut.add("a");
  sut.add("b");
  sut.heard_again("a", 3);
  BOOST_TEST((all() == texts{"b", "a"}));
  sut.heard_again("a", 3);
  BOOST_TEST(sut.contains("a"));
  sut.heard_again("a", 3);
  BOOST_TEST(!sut.contains("a"));
  sut.heard_again("a", 3);
  sut.heard_again("unknown", 3);
  BOOST_TEST((all() == texts{"b"}));
}

BOOST_AUTO_TEST_CASE(takes_a_rumor_that_is_added_again_as_new) {
  sut.add("a");
  sut.add("b");
  tell("a", 2, 3);
  tell("b", 1, 3);
  BOOST_TEST(!sut.has_untold());
  sut.book("a");
  sut.add("a");
  BOOST_TEST(sut.size() == 2U);
  BOOST_TEST(sut.has_untold());
  BOOST_TEST((all() == texts{"a", "b"}));
  sut.settle(1);
  BOOST_TEST(sut.contains("a"), "what was booked was the rumor before");
  tell("a", 2, 3);
  BOOST_TEST(sut.contains("a"));
}

BOOST_AUTO_TEST_CASE(knows_whether_there_is_something_untold) {
  sut.add("a");
  sut.add("b");
  tell("a", 1, 9);
  BOOST_TEST(sut.has_untold());
  sut.heard_again("b", 9);
  BOOST_TEST(!sut.has_untold());
}

BOOST_AUTO_TEST_CASE(forgets_everything) {
  sut.add("a");
  sut.book("a");
  sut.clear();
  BOOST_TEST(sut.empty());
  BOOST_TEST(!sut.has_untold());
  sut.add("a");
  sut.settle(1);
  BOOST_TEST((all() == texts{"a"}), "what was booked as well");
}

BOOST_AUTO_TEST_CASE(grows_with_the_logarithm_of_the_members, *description("SWIM 4.1")) {
  const std::vector<std::pair<std::size_t, std::uint32_t>> table{
      {1, 1}, {2, 2}, {3, 2}, {4, 3}, {7, 3}, {8, 4}, {100, 7}, {127, 7}, {128, 8}, {1000, 10}};
  for (const auto& [members, expected] : table)
    for (const std::uint32_t factor : {1U, 2U, 16U})
      BOOST_TEST(transmissions_of(factor, members) == factor * expected);
  BOOST_TEST(transmissions_of(2, 0) == 1U);
  BOOST_TEST(transmissions_of(0, 100) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
