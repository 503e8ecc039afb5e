#include "caf_gossip/state/block_list.hpp"

#include <boost/test/unit_test.hpp>

using boost::unit_test::description;
using namespace std::chrono_literals;

namespace caf_gossip::test {

namespace {

struct list_of_three_at_most {
  caf_gossip::block_list sut{3, 1min};
  time_point begin{1h};

  bool add(const node_id& id, std::uint64_t incarnation,
           block_reason reason = block_reason::requested, duration after = 0s) {
    return sut.add({id, incarnation, reason, begin + after});
  }

  [[nodiscard]] std::string listed() const {
    std::string result;
    for (const auto& one : sut.list())
      result += one.id + std::to_string(one.incarnation) + " ";
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(block_list, list_of_three_at_most)

BOOST_AUTO_TEST_CASE(counts_against_an_incarnation_and_all_before_it, *description("D9 S5.2.8")) {
  BOOST_TEST(add("b", 5));
  BOOST_TEST(sut.find("b", 4) != nullptr);
  BOOST_TEST(sut.find("b", 5) != nullptr);
  BOOST_TEST(sut.find("b", 6) == nullptr);
  BOOST_TEST(sut.find("c", 5) == nullptr);
}

BOOST_AUTO_TEST_CASE(keeps_the_first_reason_and_time, *description("S2.10.4 S5.2.8")) {
  BOOST_TEST(add("b", 5, block_reason::expired_heartbeat));
  BOOST_TEST(!add("b", 5, block_reason::gracefully_left, 1s));
  BOOST_TEST(!add("b", 4, block_reason::requested, 1s));
  BOOST_TEST(!add("b", 5, block_reason::removed, 1s));
  const blocked_member first{"b", 5, block_reason::expired_heartbeat, begin};
  BOOST_TEST((sut.list() == std::vector{first}));
}

BOOST_AUTO_TEST_CASE(replaces_an_older_incarnation) {
  add("b", 5);
  BOOST_TEST(add("b", 6, block_reason::gracefully_left, 1s));
  BOOST_TEST(sut.size() == 1U);
  BOOST_TEST(
      (sut.list().front() == blocked_member{"b", 6, block_reason::gracefully_left, begin + 1s}));
}

BOOST_AUTO_TEST_CASE(lists_by_id_and_leaves_the_removed_ones_out, *description("S2.10.1 D15")) {
  add("c", 1);
  add("x", 1, block_reason::removed);
  add("b", 2);
  BOOST_TEST(listed() == "b2 c1 ");
  BOOST_TEST(sut.find("x", 1) != nullptr);
  BOOST_TEST(sut.find_blocked("x") == nullptr);
  BOOST_TEST(add("x", 1, block_reason::requested, 1s), "a block replaces a removal");
  BOOST_TEST(listed() == "b2 c1 x1 ");
}

BOOST_AUTO_TEST_CASE(makes_room_at_its_bound_by_dropping_the_oldest, *description("D9 D15")) {
  add("b", 1, block_reason::requested, 2s);
  add("c", 1, block_reason::requested, 1s);
  add("d", 1, block_reason::requested, 3s);
  BOOST_TEST(sut.dropped() == 0U);
  add("d", 2, block_reason::requested, 4s);
  BOOST_TEST(sut.dropped() == 0U, "it takes the place of its older incarnation");
  add("e", 1, block_reason::requested, 5s);
  BOOST_TEST(listed() == "b1 d2 e1 ");
  BOOST_TEST(sut.dropped() == 1U);
}

BOOST_AUTO_TEST_CASE(forgets_after_its_retention, *description("D9 D15")) {
  add("b", 1);
  add("c", 1, block_reason::requested, 1s);
  sut.expire(begin + 1min);
  BOOST_TEST(listed() == "b1 c1 ");
  sut.expire(begin + 1min + 1ns);
  BOOST_TEST(listed() == "c1 ");
  BOOST_TEST(sut.dropped() == 0U);
}

BOOST_AUTO_TEST_CASE(forgets_what_is_removed_from_it) {
  add("b", 1);
  add("c", 1);
  BOOST_TEST(sut.remove("b")->id == "b");
  BOOST_TEST(!sut.remove("b"));
  BOOST_TEST(listed() == "c1 ");
  sut.clear();
  sut.expire(begin + 1h);
  BOOST_TEST(sut.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
