/// What the store makes of the entries of others, and of its own ones when they come back.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "caf_gossip/base/random.hpp"
#include "tests/support/gossiper_fixture.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

namespace caf_gossip::test {

namespace {

/// Writes as the owner of a state does, and collects what it sends.
struct writer {
  explicit writer(std::uint64_t seed) : random(seed) {
    store.sut.open("b");
    store.sut.set_incarnation(1);
  }

  random_source random;
  one_store store;
  std::uint64_t sent_to = 0;
  std::vector<gossip_member_state> messages;

  void write() {
    const auto key = "k" + std::to_string(random.below(3));
    const auto map_key = "m" + std::to_string(random.below(3));
    const auto value = std::to_string(random.below(100));
    switch (random.below(6)) {
      case 0:
      case 1:
        return store.set(key, value);
      case 2:
        store.sut.remove_own(key, store.now);
        return;
      case 3:
        store.sut.remove_own(map_entry_key(key, map_key), store.now);
        return;
      default:
        return store.set(map_entry_key(key, map_key), value);
    }
  }

  /// Sends what has changed since the last time, or since some time before that.
  void send() {
    node_id cursor;
    const auto since = random.below(3) == 0 ? random.below(sent_to + 1) : sent_to;
    auto delta = store.sut.delta_for({"a", 0, since}, {}, cursor);
    sent_to = delta.up_to;
    if (!delta.state.members.empty())
      messages.push_back(delta.state.members.begin()->second.entries);
  }

  /// Returns everything in a random order, some of it twice.
  std::vector<gossip_member_state> shuffled() {
    auto result = messages;
    for (const auto& message : messages)
      if (random.below(3) == 0)
        result.push_back(message);
    random.sample(result, result.size());
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(merge, one_store)

BOOST_TEST_DECORATOR(*description("S2.5.1 S2.5.2 S2.5.3 S5.2.2"))
BOOST_DATA_TEST_CASE(accepts_greater_numbers_only, data::xrange(0, 4) * data::xrange(0, 4), local,
                     remote) {
  // 0 stands for an entry that is not there.
  const auto before = entry("local", static_cast<std::uint64_t>(local));
  const auto received = entry("remote", static_cast<std::uint64_t>(remote));
  if (local > 0)
    merge("b", {{"k", before}});
  now += 1s;
  const auto updates =
      merge("b", remote > 0 ? gossip_member_state{{"k", received}} : gossip_member_state{});
  const auto after = sut.get("b", "k");
  const bool is_accepted = remote > local;
  BOOST_TEST(updates.size() == (is_accepted ? 1U : 0U));
  BOOST_REQUIRE(after.has_value() == (local > 0 || remote > 0));
  if (!after)
    return;
  BOOST_TEST((after->value == (is_accepted ? received : before).value));
  BOOST_TEST(after->sequence_number == (is_accepted ? received : before).sequence_number);
  BOOST_TEST(after->local_timestamp_unix_milliseconds == (is_accepted ? 1'001'000 : 1'000'000));
}

BOOST_AUTO_TEST_CASE(tells_each_accepted_entry_once,
                     *description("S2.5.1 S2.5.5 S5.1.6 S5.2.2 S5.3.3")) {
  merge("b", {{"old", entry("old", 5)}});
  const gossip_member_state remote{{"k", entry("v", 8)},
                                   {"map\x1fx", entry("w", 7)},
                                   {"old", entry("other", 5)},
                                   {"x", tombstone(9)}};
  const auto copy = remote;
  const auto updates = merge("b", remote);
  BOOST_TEST((remote == copy));
  const event_stamp stamp{0, clock.at(now)};
  const auto revision = sut.revision();
  const std::vector<gossip_update> all{
      {stamp, "b", "map", "x", bytes("w"), 7, false, revision - 2},
      {stamp, "b", "k", {}, bytes("v"), 8, false, revision - 1},
      {stamp, "b", "x", {}, {}, 9, true, revision},
  };
  BOOST_TEST((updates == all), "in the order of the writes");
  BOOST_TEST(merge("b", remote).empty(), "idempotent");
  BOOST_TEST(sut.counts().accepted == 4U);
  BOOST_TEST(sut.counts().stale == 5U);
  BOOST_TEST(sut.counts().refused == 0U);
}

BOOST_AUTO_TEST_CASE(ignores_the_timestamp_of_the_sender, *description("S2.5.4 D16")) {
  std::uint64_t sequence = 0;
  for (const std::int64_t sent : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX}) {
    now += 1s;
    merge("b", {{"k", {bytes("v"), ++sequence, sent, false}}});
    BOOST_TEST(sut.get("b", "k")->local_timestamp_unix_milliseconds
               == clock.at(now).time_since_epoch().count());
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_no_owner_could_have_written) {
  const gossip_key_value removed_value{bytes("v"), 1, 0, true};
  const gossip_member_state remote{{"no number", entry("v", 0)},
                                   {"two", removed_value},
                                   {"", entry("v", 1)},
                                   {"\n", entry("v", 1)},
                                   {"heartbeat\x1fx", entry("v", 1)},
                                   {std::string(256, 'k'), entry("v", 1)}};
  BOOST_TEST(merge("b", remote).empty());
  BOOST_TEST(sut.counts().refused == remote.size());
  BOOST_TEST(sut.entries() == 0U);
}

BOOST_AUTO_TEST_CASE(does_not_merge_into_own_or_unknown_state, *description("D14")) {
  set("k", "v");
  BOOST_TEST(merge("a", {{"k", entry("other", 9)}}).empty());
  BOOST_TEST(merge("nobody", {{"k", entry("v", 9)}}).empty());
  BOOST_TEST((sut.get("a", "k")->value == bytes("v")));
}

BOOST_AUTO_TEST_CASE(publishes_own_state_above_what_came_back, *description("D14")) {
  set("k", "mine");
  BOOST_TEST(sut.resolve_own({{"k", entry("mine", 1)}}, now) == 0U);
  BOOST_TEST(sut.resolve_own({{"k", entry("theirs", 40)}, {"unknown", entry("x", 30)}}, now) == 2U);
  BOOST_TEST((sut.get("a", "k")->value == bytes("mine")));
  BOOST_TEST(sut.get("a", "k")->sequence_number > 40U);
  BOOST_TEST(sut.find("a", "unknown")->removed);
  BOOST_TEST(sut.find("a", "unknown")->sequence_number > 40U);
  set("next", "v");
  BOOST_TEST(sut.get("a", "next")->sequence_number == 43U);
}

BOOST_AUTO_TEST_CASE(resolves_equal_numbers_with_other_content, *description("D14")) {
  set("k", "mine");
  set("gone", "v");
  sut.remove_own("gone", now);
  BOOST_TEST(sut.resolve_own({{"k", entry("theirs", 1)}, {"gone", entry("v", 3)}}, now) == 2U);
  BOOST_TEST(sut.get("a", "k")->sequence_number > 3U);
  BOOST_TEST(sut.find("a", "gone")->removed);
  BOOST_TEST(sut.find("a", "gone")->sequence_number > 3U);
}

BOOST_AUTO_TEST_CASE(does_not_mind_old_own_state_or_absurd_numbers, *description("D14")) {
  set("map\x1fx", "1");
  set("k", "2");
  sut.remove_own("map", now);
  const auto sequence = sut.own_sequence();
  const gossip_member_state remote{{"map\x1fx", entry("1", 1)},
                                   {"k", entry("1", 1)},
                                   {"k2", tombstone(90)},
                                   {"k3", entry("x", ~0ULL)},
                                   {"bad\nkey", entry("x", 90)}};
  BOOST_TEST(sut.resolve_own(remote, now) == 0U);
  BOOST_TEST(sut.own_sequence() == sequence);
}

BOOST_AUTO_TEST_CASE(does_not_remember_more_foreign_keys_than_it_may_have, *description("D14")) {
  one_store small{{1000, 3, 1U << 20U, 1U << 20U}};
  small.set("k", "v");
  gossip_member_state remote;
  for (int i = 0; i < 100; ++i)
    remote["invented " + std::to_string(i)] = entry("x", 50);
  BOOST_TEST(small.sut.resolve_own(remote, now) == 100U);
  BOOST_TEST(small.sut.entries() == 3U);
  BOOST_TEST(small.sut.own_sequence() >= 50U);
}

BOOST_TEST_DECORATOR(*description("S2.5.5"))
BOOST_DATA_TEST_CASE(comes_to_the_same_in_every_order, data::xrange(1, 201), seed) {
  // Commutative, associative, idempotent, with removals, maps and what replaces them.
  writer owner{static_cast<std::uint64_t>(seed)};
  for (int i = 0; i < 40; ++i) {
    owner.write();
    if (owner.random.below(2) == 0)
      owner.send();
  }
  one_store left;
  one_store right;
  for (const auto& message : owner.shuffled())
    left.merge("b", message);
  for (const auto& message : owner.shuffled())
    right.merge("b", message);
  BOOST_TEST((left.all() == right.all()));
  BOOST_TEST(left.sut.hash() == right.sut.hash());
  owner.send();
  for (const auto& message : owner.shuffled())
    right.merge("b", message);
  BOOST_TEST((owner.store.all() == right.all()));
  BOOST_TEST(owner.store.sut.hash() == right.sut.hash());
  BOOST_TEST(owner.store.sut.entries() == right.sut.entries());
  BOOST_TEST(owner.store.sut.bytes() == right.sut.bytes());
  BOOST_TEST(owner.store.sut.tombstones() == right.sut.tombstones());
  for (const auto* key : {"k0", "k1", "k2"})
    BOOST_TEST((owner.store.sut.get("b", key).has_value() == right.sut.get("b", key).has_value()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
