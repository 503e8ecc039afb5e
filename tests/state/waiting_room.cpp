#include "caf_gossip/state/waiting_room.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/gossiper_fixture.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;

namespace caf_gossip::test {

namespace {

struct room {
  static constexpr std::size_t bytes_max = 1000;
  caf_gossip::waiting_room sut{bytes_max};
  time_point begin{1h};

  void add(const node_id& id, std::uint64_t incarnation, gossip_member_state entries) {
    sut.add(id, {incarnation, std::move(entries)}, begin);
  }

  /// An entry that counts for so many bytes under a key of one byte.
  static gossip_key_value of_size(std::size_t size, std::uint64_t sequence = 1) {
    return {byte_buffer(size - entry_bytes("k", {})), sequence, 0, false};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(waiting_room, room)

BOOST_AUTO_TEST_CASE(keeps_the_newest_entries_until_they_are_taken, *description("S2.7.2")) {
  add("b", 3, {{"k", entry("old", 1)}, {"m", entry("m", 5)}});
  add("b", 3, {{"k", entry("new", 2)}, {"m", entry("older", 4)}, {"m2", entry("x", 9)}});
  const gossip_member_state all{
      {"k", entry("new", 2)}, {"m", entry("m", 5)}, {"m2", entry("x", 9)}};
  const auto taken = sut.take("b", 3);
  BOOST_REQUIRE(taken.has_value());
  BOOST_TEST((*taken == gossip_state::member{3, all}));
  BOOST_TEST(!sut.take("b", 3).has_value());
  BOOST_TEST(sut.size() == 0U);
}

BOOST_AUTO_TEST_CASE(keeps_the_highest_incarnation, *description("D15")) {
  add("b", 3, {{"k", entry("3", 9)}});
  add("b", 4, {{"k", entry("4", 1)}});
  add("b", 3, {{"k", entry("3", 10)}});
  BOOST_TEST(!sut.take("b", 3).has_value());
  BOOST_TEST((sut.take("b", 4)->entries == gossip_member_state{{"k", entry("4", 1)}}));
  add("b", 4, {{"k", entry("4", 1)}});
  BOOST_TEST(!sut.take("b", 5).has_value(), "a newer one is there already");
  BOOST_TEST(sut.size() == 0U);
}

BOOST_AUTO_TEST_CASE(holds_so_many_bytes_and_counts_what_does_not_fit) {
  add("b", 1, {{"k", of_size(bytes_max)}});
  BOOST_TEST(sut.dropped() == 0U);
  add("c", 1, {{"k", of_size(129)}});
  BOOST_TEST(sut.dropped() == 1U);
  BOOST_TEST(sut.take("c", 1)->entries.empty());
  add("b", 1, {{"k", of_size(bytes_max + 1, 2)}});
  BOOST_TEST(sut.dropped() == 2U, "what it replaces leaves, but one byte is too much");
  add("b", 1, {{"k", of_size(bytes_max - 129, 2)}});
  add("c", 1, {{"k", of_size(129)}});
  BOOST_TEST(sut.dropped() == 2U);
  (void)sut.take("b", 1);
  (void)sut.take("c", 1);
  add("d", 1, {{"k", of_size(bytes_max)}});
  BOOST_TEST(sut.dropped() == 2U, "what is taken makes room");
}

BOOST_AUTO_TEST_CASE(holds_so_many_members_and_counts_the_others) {
  for (std::size_t i = 0; i < caf_gossip::waiting_room::members_max; ++i)
    add(std::to_string(i), 1, {});
  BOOST_TEST(sut.dropped() == 0U);
  add("one more", 1, {});
  BOOST_TEST(sut.dropped() == 1U);
  BOOST_TEST(sut.size() == caf_gossip::waiting_room::members_max);
  add("0", 1, {{"k", entry("of one that is here", 1)}});
  BOOST_TEST(sut.dropped() == 1U);
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_ever, *description("D15")) {
  constexpr auto patience = caf_gossip::waiting_room::patience;
  add("b", 1, {{"k", of_size(bytes_max)}});
  sut.expire(begin + patience);
  BOOST_TEST(sut.size() == 1U);
  sut.expire(begin + patience + 1ns);
  BOOST_TEST(sut.size() == 0U);
  BOOST_TEST(sut.dropped() == 1U);
  add("c", 1, {{"k", of_size(bytes_max)}});
  BOOST_TEST(sut.dropped() == 1U, "the bytes are free again");
  sut.clear();
  add("d", 1, {{"k", of_size(bytes_max)}});
  BOOST_TEST(sut.dropped() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
