// Subscriptions to keys: who gets which updates, how often, and in which order.
#include "actors/state_subscriptions.hpp"

#include "tests/actors/started_nodes.hpp"

namespace caf_gossip::test {

using boost::unit_test::description;

namespace {

using texts = std::vector<std::string>;

struct with_subscriber : two_nodes {
  recorder subscriber = nodes[1]->record();

  answer<void> subscribe(const std::string& key, bool is_prefix = false,
                         start_with first = start_with::live) {
    return nodes[1]->ask<void>(nodes[1]->facade().event_stream(),
                               subscribe_state{subscriber.handle(), key, is_prefix, first});
  }

  void set(const std::string& key, std::string_view value) {
    BOOST_REQUIRE(facade(0).set_state(key, bytes_of(value)).has_value());
  }

  /// "key=value" of all updates so far.
  texts got() {
    texts result;
    for (const auto& what : subscriber.told<gossip_update>())
      result.push_back(what.key + (what.map_key ? "." + *what.map_key : "") + "="
                       + std::string{what.value.begin(), what.value.end()});
    return result;
  }
};

gossip_update update_of(const std::string& key, std::uint64_t revision) {
  gossip_update result;
  result.key = key;
  result.revision = revision;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(state_subscriptions)

BOOST_FIXTURE_TEST_CASE(bring_the_updates_of_one_key_only, with_subscriber) {
  BOOST_TEST(subscribe("key").code() == errc::none);
  set("key", "1");
  set("key2", "no");
  set("ke", "no");
  (void)facade(0).set_map_state("other", "key", {});
  world.advance(1s);
  set("key", "2");
  world.advance(1s);
  BOOST_TEST(got() == (texts{"key=1", "key=2"}), boost::test_tools::per_element());
  BOOST_TEST(subscriber.events().size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(bring_the_entries_of_a_map, with_subscriber) {
  BOOST_TEST(subscribe("map").code() == errc::none);
  (void)facade(0).set_map_state("map", "x", bytes_of("X"));
  world.advance(1s);
  (void)facade(0).remove_map_state("map", "x");
  world.advance(1s);
  BOOST_TEST(got() == (texts{"map.x=X", "map.x="}), boost::test_tools::per_element());
  BOOST_TEST(subscriber.told<gossip_update>().back().removed);
}

BOOST_FIXTURE_TEST_CASE(bring_all_keys_with_a_prefix, with_subscriber) {
  BOOST_TEST(subscribe("service/", true).code() == errc::none);
  set("service/a", "1");
  world.advance(1s);
  set("servic", "no");
  set("service/b", "2");
  world.advance(1s);
  BOOST_TEST(got() == (texts{"service/a=1", "service/b=2"}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(begin_with_what_is_there, with_subscriber) {
  set("key", "1");
  world.advance(1s);
  (void)facade(1).set_state("key", bytes_of("own"));
  BOOST_TEST(subscribe("key", false, start_with::snapshot).code() == errc::none);
  BOOST_TEST(got() == (texts{"key=1"}), boost::test_tools::per_element());
  set("key", "2");
  world.advance(1s);
  BOOST_TEST(got() == (texts{"key=1", "key=2"}), boost::test_tools::per_element());
}

// The snapshot shows a change whose event is still under way: it must not be told once more.
BOOST_FIXTURE_TEST_CASE(bring_each_change_once_while_it_happens, with_subscriber) {
  auto& core = *nodes[1]->owner().state();
  const auto stream = nodes[1]->facade().event_stream();
  const auto change = [&](const std::string& value, std::uint64_t sequence) {
    auto events = core.drive([&](gossiper& inner, time_point now) {
      gossip_request what{"a", {}};
      const auto self = facade(0).self();
      auto& member = what.state.members["a"];
      member.incarnation = self.incarnation;
      member.entries["key"] = {bytes_of(value), sequence, 0, false};
      envelope head;
      head.sender = self;
      (void)inner.receive(head, what, now);
    });
    return to_cluster_events(std::move(events.events));
  };
  auto first = change("1", 1000);
  auto second = change("2", 1001);
  caf::anon_send(stream, publish_events{std::move(first)});
  caf::anon_send(stream, subscribe_state{subscriber.handle(), "key", false, start_with::snapshot});
  caf::anon_send(stream, publish_events{std::move(second)});
  world.settle();
  BOOST_TEST(got() == (texts{"key=2"}), boost::test_tools::per_element());
  caf::anon_send(stream, publish_events{change("3", 1002)});
  world.settle();
  BOOST_TEST(got() == (texts{"key=2", "key=3"}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(bring_an_update_once_to_overlapping_subscriptions, with_subscriber) {
  (void)subscribe("key");
  (void)subscribe("key");
  (void)subscribe("k", true);
  BOOST_TEST(nodes[1]->stats().state_subscriptions == 2U);
  set("key", "1");
  world.advance(1s);
  BOOST_TEST(got() == (texts{"key=1"}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(end_with_the_subscriber_or_on_request, with_subscriber) {
  auto& node = *nodes[1];
  (void)subscribe("key");
  (void)subscribe("k", true);
  facade(1).unsubscribe_state(subscriber.handle());
  world.settle();
  BOOST_TEST(node.stats().state_subscriptions == 0U);
  set("key", "1");
  world.advance(1s);
  BOOST_TEST(got().empty());
  // Subscribed to both kinds, it is missed by both.
  facade(1).subscribe(subscriber.handle(), start_with::live);
  BOOST_TEST(
      facade(1).subscribe_state(subscriber.handle(), "key", false, start_with::live).has_value());
  world.settle();
  const auto before = node.stats().subscribers;
  BOOST_TEST(node.stats().state_subscriptions == 1U);
  subscriber.end();
  world.settle();
  BOOST_TEST(node.stats().state_subscriptions == 0U);
  BOOST_TEST(node.stats().subscribers == before - 1);
}

BOOST_FIXTURE_TEST_CASE(refuse_what_they_cannot_bring, with_subscriber) {
  BOOST_TEST(subscribe("key", false, start_with::replay).code() == errc::invalid_argument);
  BOOST_TEST(subscribe("").code() == errc::invalid_argument);
  BOOST_TEST(subscribe(std::string(256, 'x')).code() == errc::invalid_argument);
  BOOST_TEST(subscribe(std::string(256, 'x'), true).code() == errc::invalid_argument);
  BOOST_TEST(subscribe("two\nlines").code() == errc::invalid_argument);
  BOOST_TEST(nodes[1]->stats().subscriptions_refused == 5U);
  BOOST_TEST(nodes[1]->stats().state_subscriptions == 0U);
  BOOST_TEST(
      (facade(1).subscribe_state(subscriber.handle(), "key", false, start_with::replay).error().code
       == errc::invalid_argument));
  BOOST_TEST(subscribe("", true).code() == errc::none);
  BOOST_TEST(subscribe("heartbeat").code() == errc::none);
}

BOOST_FIXTURE_TEST_CASE(are_bounded, with_subscriber) {
  caf_gossip::state_subscriptions table;
  const auto who = caf::actor_cast<caf::actor_addr>(subscriber.handle());
  for (std::size_t i = 0; i < caf_gossip::state_subscriptions::subscriptions_max; ++i)
    BOOST_REQUIRE(table.add(who, "key" + std::to_string(i), i % 2 == 0, 0).value());
  const auto refused = table.add(who, "one more", false, 0);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == errc::limit_reached));
  BOOST_TEST(refused.error().text.find("4096") != std::string::npos);
  BOOST_TEST(!table.add(who, "key1", false, 0).value()); // it is there already
  BOOST_TEST(table.concerned(update_of("key1", 1)).size() == 1U);
  BOOST_TEST(table.remove(who));
  BOOST_TEST(!table.remove(who));
  BOOST_TEST(table.size() == 0U);
  BOOST_TEST(table.add(who, "one more", false, 5).value());
  BOOST_TEST(table.concerned(update_of("one more", 5)).empty());
  BOOST_TEST(table.concerned(update_of("one more", 6)).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
