#include "caf_gossip/membership/probe_schedule.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

struct fixture {
  caf_gossip::probe_schedule sut;
  random_source random{3};
  std::set<node_id> members;

  void add(const node_id& id) {
    members.insert(id);
    sut.add(id, random);
  }

  std::optional<node_id> next() {
    return sut.next([&](const node_id& id) { return members.contains(id); }, random);
  }

  /// Runs to the beginning of a turn.
  void begin_turn() {
    for (std::size_t i = 0; i < members.size(); ++i)
      (void)next();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(probe_schedule, fixture)

BOOST_AUTO_TEST_CASE(names_nobody_when_there_is_nobody) {
  BOOST_TEST(!next().has_value());
  add("a");
  BOOST_TEST(next().value() == "a");
  BOOST_TEST(next().value() == "a");
  members.clear();
  BOOST_TEST(!next().has_value());
  BOOST_TEST(!next().has_value());
}

// SWIM 4.3: in one round-robin turn everybody is a target once.
BOOST_AUTO_TEST_CASE(names_everybody_once_in_a_turn) {
  for (int i = 0; i < 20; ++i)
    add("m" + std::to_string(i));
  begin_turn();
  for (int turn = 0; turn < 10; ++turn) {
    std::set<node_id> named;
    for (std::size_t i = 0; i < members.size(); ++i)
      named.insert(next().value());
    BOOST_TEST(named == members, boost::test_tools::per_element());
  }
}

// SWIM 4.3: successive selections of one target are at most 2n - 1 apart.
BOOST_AUTO_TEST_CASE(names_nobody_later_than_after_two_turns) {
  constexpr std::size_t n = 7;
  for (std::size_t i = 0; i < n; ++i)
    add("m" + std::to_string(i));
  begin_turn();
  std::map<node_id, std::size_t> last;
  std::size_t longest = 0;
  for (std::size_t step = 0; step < 20'000; ++step) {
    const auto id = next().value();
    if (const auto before = last.find(id); before != last.end())
      longest = std::max(longest, step - before->second);
    last[id] = step;
  }
  BOOST_TEST(longest == 2 * n - 1); // it happens, and nothing beyond it
}

// SWIM 4.3: at the end of a turn the order is shuffled.
BOOST_AUTO_TEST_CASE(takes_another_order_in_every_turn) {
  for (int i = 0; i < 10; ++i)
    add("m" + std::to_string(i));
  begin_turn();
  std::set<std::vector<node_id>> orders;
  for (int turn = 0; turn < 20; ++turn) {
    std::vector<node_id> order;
    for (int i = 0; i < 10; ++i)
      order.push_back(next().value());
    orders.insert(order);
  }
  BOOST_TEST(orders.size() == 20U);
}

// SWIM 4.3: newcomers are inserted at a place chosen at random.
BOOST_AUTO_TEST_CASE(lets_a_newcomer_in_anywhere_without_naming_anybody_twice) {
  std::set<std::size_t> places;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    random = random_source{seed};
    sut.clear();
    members.clear();
    for (int i = 0; i < 6; ++i)
      add("m" + std::to_string(i));
    begin_turn();
    std::vector<node_id> turn;
    for (int i = 0; i < 3; ++i)
      turn.push_back(next().value());
    add("new");
    for (int i = 0; i < 3; ++i)
      turn.push_back(next().value());
    const auto place = std::find(turn.begin(), turn.end(), "new");
    places.insert(static_cast<std::size_t>(place - turn.begin()));
    std::sort(turn.begin(), turn.end());
    BOOST_TEST((std::unique(turn.begin(), turn.end()) == turn.end()));
  }
  // Passed by already, or ahead: next, or later.
  BOOST_TEST(places == (std::set<std::size_t>{3, 4, 5, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(knows_everybody_once) {
  for (int i = 0; i < 3; ++i) {
    add("a");
    add("b");
  }
  begin_turn();
  const auto first = next();
  BOOST_TEST((next() != first));
}

BOOST_AUTO_TEST_CASE(drops_who_has_gone) {
  for (const auto* id : {"a", "b", "c"})
    add(id);
  begin_turn();
  members.erase("b");
  for (int i = 0; i < 6; ++i)
    BOOST_TEST(next().value() != "b");
  members.insert("b"); // back, but not yet added again
  for (int i = 0; i < 6; ++i)
    BOOST_TEST(next().value() != "b");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
