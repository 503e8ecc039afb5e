/// Which changed entries are passed on, to whom, and how many at a time.
#include "caf_gossip/state/entry_rumors.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/gossiper_fixture.hpp"

using boost::unit_test::description;

namespace caf_gossip::test {

namespace {

constexpr std::uint32_t limit = 6;
constexpr std::size_t plenty = 1U << 20U;

state_limits many_keys() {
  config cfg;
  return {cfg.state_value_bytes_max, 10'000, cfg.state_member_bytes_max, cfg.state_bytes_max};
}

/// The rumors of the member "a", which knows "b" and "c".
struct rumors_of_a : one_store {
  rumors_of_a() : one_store(many_keys()) {}

  caf_gossip::entry_rumors rumors;
  std::uint64_t sequence = 0;

  void write(std::string_view key, std::string_view value = "v") {
    set(key, value);
    rumors.add("a", std::string{key});
  }
  void hear(const node_id& owner, const std::string& key, std::string_view value = "v",
            std::uint32_t source = 1) {
    (void)merge(owner, {{key, entry(value, ++sequence)}}, source);
    rumors.add(owner, key);
  }
  void remove(std::string_view key) { (void)sut.remove_own(key, now); }

  gossip_state take(const node_id& target = "z", std::uint32_t source = 0,
                    std::size_t bytes_max = plenty) {
    auto result = rumors.take(sut, target, source, {1000, bytes_max, 0});
    rumors.settle(limit);
    return result;
  }
};

std::size_t count(const gossip_state& state) {
  std::size_t result = 0;
  for (const auto& [id, member] : state.members)
    result += member.entries.size();
  return result;
}

std::size_t count(const gossip_state& state, const node_id& owner) {
  const auto found = state.members.find(owner);
  return found == state.members.end() ? 0 : found->second.entries.size();
}

bool tells(const gossip_state& state, const node_id& owner, const std::string& key) {
  const auto found = state.members.find(owner);
  return found != state.members.end() && found->second.entries.contains(key);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(entry_rumors, rumors_of_a)

BOOST_AUTO_TEST_CASE(are_told_as_they_are_now) {
  write("k", "old");
  hear("b", "x");
  set("k", "new");
  const auto told = take();
  BOOST_TEST(count(told) == 2U);
  BOOST_TEST((told.members.at("a").entries.at("k").value == bytes("new")));
  BOOST_TEST(told.members.at("a").incarnation == 1U);
  BOOST_TEST((told.members.at("b").entries.at("x").value == bytes("v")));
}

BOOST_AUTO_TEST_CASE(tell_of_removed_keys) {
  write("k");
  remove("k");
  rumors.add("a", "k");
  BOOST_TEST(take().members.at("a").entries.at("k").removed);
}

BOOST_AUTO_TEST_CASE(take_turns_by_owner, *description("who writes much holds nobody up")) {
  for (int i = 0; i < 100; ++i)
    write("k" + std::to_string(100 + i));
  hear("b", "x");
  hear("c", "y");
  const auto one = entry_bytes("k100", bytes("v"));
  const auto told = take("z", 0, 6 * one);
  BOOST_TEST(tells(told, "b", "x"));
  BOOST_TEST(tells(told, "c", "y"));
  BOOST_TEST(count(told, "a") >= 4U, "the rest is for who has more");
}

BOOST_AUTO_TEST_CASE(go_neither_to_their_owner_nor_back_to_their_source) {
  hear("b", "x", "v", 7);
  hear("c", "y", "v", 8);
  BOOST_TEST(!tells(take("b", 8), "b", "x"));
  BOOST_TEST(take("b", 8).members.empty());
  BOOST_TEST(take("c", 7).members.empty());
  BOOST_TEST(count(take("z", 9)) == 2U);
  write("k");
  BOOST_TEST(tells(take("z", 0), "a", "k"), "0 is nobody's source");
}

BOOST_AUTO_TEST_CASE(count_as_told_to_who_knows_them) {
  hear("b", "x", "v", 7);
  for (std::uint32_t i = 0; i < limit; ++i) {
    BOOST_TEST(!rumors.empty());
    BOOST_TEST(take("b", 9).members.empty());
  }
  BOOST_TEST(rumors.empty(), "by its owner");
  hear("b", "x", "v", 7);
  for (std::uint32_t i = 0; i < limit; ++i)
    BOOST_TEST(take("c", 7).members.empty());
  BOOST_TEST(rumors.empty(), "by its source");
}

BOOST_AUTO_TEST_CASE(fill_a_message_up_to_its_bound) {
  for (int i = 0; i < 20; ++i)
    write("k" + std::to_string(10 + i));
  const auto one = entry_bytes("k10", bytes("v"));
  BOOST_TEST(count(take("z", 0, 8 * one)) == 8U);
  BOOST_TEST(count(take("z", 0, 8 * one - 1)) == 7U);
  BOOST_TEST(count(take("z", 0, 5 * one)) == 5U);
  BOOST_TEST(!rumors.has_untold());
  BOOST_TEST(tells(take("z", 0, one), "a", "k10"), "then the first ones again");
}

BOOST_AUTO_TEST_CASE(are_told_alone_when_they_are_too_large) {
  write("large", std::string(5000, 'v'));
  write("small");
  auto told = take("z", 0, 1200);
  BOOST_TEST(count(told) == 1U);
  BOOST_TEST(tells(told, "a", "large"));
  told = take("z", 0, 1200);
  BOOST_TEST(count(told) == 1U);
  BOOST_TEST(tells(told, "a", "small"));
  BOOST_TEST(!rumors.has_untold());
}

BOOST_AUTO_TEST_CASE(that_are_untold_go_first_whatever_their_owner,
                     *description("SWIM 4.1; of any size")) {
  write("small");
  (void)take("z", 0, 1200);
  hear("b", "large", std::string(1100, 'v'));
  BOOST_TEST(tells(take("z", 0, 1200), "b", "large"));
}

BOOST_AUTO_TEST_CASE(of_an_owner_that_writes_all_the_time_do_not_hold_up_large_ones) {
  hear("b", "large", std::string(1100, 'v'));
  hear("c", "y");
  bool large = false;
  bool behind = false;
  for (int i = 0; i < 100; ++i) {
    write("k", std::to_string(i));
    const auto told = take("z", 0, 1200);
    large = large || tells(told, "b", "large");
    behind = behind || tells(told, "c", "y");
  }
  BOOST_TEST(large);
  BOOST_TEST(behind);
}

BOOST_AUTO_TEST_CASE(of_entries_that_are_gone_go_away) {
  hear("b", "x");
  hear("c", "y");
  sut.forget("b");
  BOOST_TEST(rumors.size() == 2U);
  for (std::uint32_t i = 0; i < limit; ++i) {
    const auto told = take();
    BOOST_TEST(count(told, "b") == 0U);
    BOOST_TEST(tells(told, "c", "y"));
  }
  BOOST_TEST(rumors.empty());
}

BOOST_AUTO_TEST_CASE(are_bounded_and_the_others_counted) {
  constexpr auto most = caf_gossip::entry_rumors::rumors_max;
  BOOST_TEST(most == 8192U);
  for (std::size_t i = 0; i < most; ++i)
    rumors.add("b", std::to_string(i));
  BOOST_TEST(rumors.refused() == 0U);
  rumors.add("b", "one more");
  rumors.add("c", "another one");
  BOOST_TEST(rumors.size() == most);
  BOOST_TEST(rumors.refused() == 2U);
  rumors.add("b", "0");
  BOOST_TEST(rumors.refused() == 2U, "this one has its place");
}

BOOST_AUTO_TEST_CASE(that_were_told_make_room_for_new_ones) {
  constexpr auto most = caf_gossip::entry_rumors::rumors_max;
  for (std::size_t i = 0; i < most; ++i)
    write("k" + std::to_string(i));
  while (rumors.has_untold())
    (void)take();
  const auto before = rumors.refused();
  write("urgent");
  BOOST_TEST(rumors.refused() == before);
  BOOST_TEST(tells(take("z", 0, 1200), "a", "urgent"));
}

BOOST_AUTO_TEST_CASE(are_told_less_when_others_tell_them) {
  write("k");
  for (std::uint32_t i = 0; i < limit - 1; ++i)
    rumors.heard_again("a", "k", limit);
  BOOST_TEST(tells(take(), "a", "k"));
  BOOST_TEST(rumors.empty());
}

BOOST_AUTO_TEST_CASE(are_all_forgotten_at_the_end) {
  write("k");
  rumors.clear();
  BOOST_TEST(rumors.empty());
  BOOST_TEST(take().members.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
