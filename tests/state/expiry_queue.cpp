#include "caf_gossip/state/expiry_queue.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

namespace caf_gossip::test {

namespace {

using keys = std::vector<std::string>;

struct queue_with_two {
  caf_gossip::expiry_queue sut;
  time_point begin{1h};

  queue_with_two() {
    sut.set("late", begin + 2s);
    sut.set("early", begin + 1s);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(expiry_queue, queue_with_two)

BOOST_AUTO_TEST_CASE(gives_every_key_at_its_deadline_once_the_first_one_first) {
  BOOST_TEST((sut.next() == begin + 1s));
  BOOST_TEST(sut.take_due(begin + 1s - 1ns).empty());
  BOOST_TEST((sut.take_due(begin + 1s) == keys{"early"}));
  BOOST_TEST(sut.take_due(begin + 1s).empty());
  sut.set("early", begin + 1s);
  BOOST_TEST((sut.take_due(begin + 1h) == keys{"early", "late"}));
  BOOST_TEST((sut.next() == never));
}

BOOST_AUTO_TEST_CASE(gives_a_key_one_deadline_only) {
  sut.set("early", begin + 3s);
  BOOST_TEST(sut.size() == 2U);
  BOOST_TEST((sut.take_due(begin + 2s) == keys{"late"}));
  BOOST_TEST((sut.take_due(begin + 3s) == keys{"early"}));
}

BOOST_AUTO_TEST_CASE(forgets_deadlines) {
  sut.set("early", never);
  sut.set("unknown", never);
  BOOST_TEST(sut.size() == 1U);
  BOOST_TEST((sut.next() == begin + 2s));
  sut.clear();
  BOOST_TEST(sut.size() == 0U);
  BOOST_TEST(sut.take_due(never).empty());
}

BOOST_AUTO_TEST_CASE(forgets_all_keys_with_a_prefix) {
  sut.set("map\x1f"
          "a",
          begin + 1s);
  sut.set("map\x1f"
          "b",
          begin + 5s);
  sut.set("map", begin + 1s);
  sut.set("maps", begin + 1s);
  sut.drop_all("map\x1f");
  BOOST_TEST((sut.take_due(begin + 1h) == keys{"early", "map", "maps", "late"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
