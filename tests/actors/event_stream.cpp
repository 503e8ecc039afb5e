// The one publisher of events: numbers, order, replay, and subscribers of all kinds.
#include <numeric>

#include <boost/test/unit_test.hpp>
#include <caf/group_manager.hpp>

#include "tests/support/deterministic_actors.hpp"

namespace caf_gossip::test {

namespace {

struct lonely_stream {
  deterministic_actors world;
  virtual_node& node = world.add("alone", {}, false);
  event_stream_handle sut =
      node.sys().spawn<event_stream_actor, caf::hidden>(node.sys().groups().get_local("events"));

  ~lonely_stream() {
    caf::anon_send_exit(sut, caf::exit_reason::kill);
    world.settle();
  }

  void publish(std::vector<cluster_event> events) {
    caf::anon_send(sut, publish_events{std::move(events)});
    world.settle();
  }

  /// Publishes `count` events that are kept; their reasons are numbers.
  void publish_kept(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      publish({topology_apply_failed{{}, std::to_string(++told_)}});
  }

  recorder subscribe(start_with first) {
    auto result = node.record();
    (void)add(result.handle(), first);
    return result;
  }

  answer<std::uint64_t> add(const caf::strong_actor_ptr& who, start_with first) {
    return node.ask<std::uint64_t>(sut, subscribe_events{who, first});
  }

  event_stats stats() { return node.ask<event_stats>(sut, get_event_stats{}).value(); }

  template <class Behavior>
  caf::strong_actor_ptr spawn(Behavior role) {
    return caf::actor_cast<caf::strong_actor_ptr>(spawn_role(node.sys(), role));
  }

private:
  std::size_t told_ = 0;
};

std::vector<std::uint64_t> from_to(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> result(last - first + 1);
  std::iota(result.begin(), result.end(), first);
  return result;
}

topology_updated topology_with(std::vector<member_ref> members, std::vector<member_ref> joined) {
  topology_updated result;
  result.update.hash = topology_hash(members);
  result.update.members = std::move(members);
  result.update.joined = std::move(joined);
  return result;
}

const member_ref one{"one", 1, {"host", 1}};
const member_ref two{"two", 1, {"host", 2}};

} // namespace

BOOST_AUTO_TEST_SUITE(event_stream)

// S3.5.5
BOOST_FIXTURE_TEST_CASE(numbers_events_from_one_without_gaps, lonely_stream) {
  auto all = subscribe(start_with::live);
  publish({startup{}, disseminated{}, seen_changed{}});
  publish({gossip_update{}, shutdown{}});
  BOOST_TEST(all.sequences() == from_to(1, 5), boost::test_tools::per_element());
  BOOST_TEST(std::holds_alternative<disseminated>(all.events()[1]));
  BOOST_TEST(std::holds_alternative<shutdown>(all.events()[4]));
  BOOST_TEST(stats().published == 5U);
}

// S3.5.5, D18
BOOST_FIXTURE_TEST_CASE(brings_only_what_is_new_to_a_live_subscriber, lonely_stream) {
  publish_kept(3);
  auto all = node.record();
  BOOST_TEST(add(all.handle(), start_with::live).value() == 3U);
  BOOST_TEST(all.events().empty());
  publish_kept(2);
  BOOST_TEST(all.sequences() == from_to(4, 5), boost::test_tools::per_element());
}

// D18
BOOST_FIXTURE_TEST_CASE(replays_the_last_256_events_and_then_goes_on, lonely_stream) {
  publish_kept(300);
  BOOST_TEST(stats().kept == 256U);
  auto all = subscribe(start_with::replay);
  BOOST_TEST(all.sequences() == from_to(45, 300), boost::test_tools::per_element());
  publish_kept(2);
  BOOST_TEST(all.sequences() == from_to(45, 302), boost::test_tools::per_element());
}

// D18: what the gossip reports on itself does not push the rest out.
BOOST_FIXTURE_TEST_CASE(keeps_no_reports_of_progress, lonely_stream) {
  publish({startup{}});
  for (int i = 0; i < 300; ++i)
    publish({disseminated{}, seen_changed{}, confirmed{}, gossip_send_failed{},
             reconciling_requested{}, gossip_update{}, gossip_request_failed{}});
  auto all = subscribe(start_with::replay);
  BOOST_REQUIRE(all.events().size() == 1U);
  BOOST_TEST(std::holds_alternative<startup>(all.events().front()));
  BOOST_TEST(!is_kept(confirmed{}));
  BOOST_TEST(is_kept(topology_updated{}));
  BOOST_TEST(is_kept(member_blocked{}));
  BOOST_TEST(is_kept(member_unblocked{}));
  BOOST_TEST(is_kept(gossip_input_refused{}));
}

// D18
BOOST_FIXTURE_TEST_CASE(begins_with_a_snapshot_of_all_members, lonely_stream) {
  auto nothing = subscribe(start_with::snapshot);
  BOOST_TEST(nothing.events().empty());
  publish({topology_with({one}, {one}), topology_with({one, two}, {two})});
  auto all = subscribe(start_with::snapshot);
  BOOST_REQUIRE(all.told<topology_updated>().size() == 1U);
  const auto first = all.told<topology_updated>().front();
  BOOST_TEST(first.update.members == (std::vector{one, two}));
  BOOST_TEST(first.update.joined == (std::vector{one, two}));
  BOOST_TEST(first.stamp.sequence == 2U);
  publish({topology_with({one}, {})});
  BOOST_TEST(all.sequences() == from_to(2, 3), boost::test_tools::per_element());
}

// D18: after the end of a run there is nobody to show.
BOOST_FIXTURE_TEST_CASE(has_no_snapshot_after_a_shutdown, lonely_stream) {
  publish({topology_with({one}, {one}), shutdown{}});
  auto all = subscribe(start_with::snapshot);
  BOOST_TEST(all.events().empty());
}

// S3.5.5
BOOST_FIXTURE_TEST_CASE(brings_each_event_once_to_a_subscriber_that_asks_twice, lonely_stream) {
  publish_kept(2);
  auto all = subscribe(start_with::replay);
  (void)add(all.handle(), start_with::replay);
  publish_kept(1);
  BOOST_TEST(all.sequences() == from_to(1, 3), boost::test_tools::per_element());
  BOOST_TEST(stats().subscribers == 1U);
}

// S3.5.5, D18: a subscription between two batches that are on their way already.
BOOST_FIXTURE_TEST_CASE(brings_each_event_once_across_replay_and_live, lonely_stream) {
  auto all = node.record();
  for (int i = 0; i < 5; ++i)
    caf::anon_send(sut, publish_events{{shutdown{}, startup{}}});
  caf::anon_send(sut, subscribe_events{all.handle(), start_with::replay});
  for (int i = 0; i < 5; ++i)
    caf::anon_send(sut, publish_events{{shutdown{}, startup{}}});
  world.settle();
  BOOST_TEST(all.sequences() == from_to(1, 20), boost::test_tools::per_element());
}

// D18
BOOST_FIXTURE_TEST_CASE(replays_again_from_a_number_on, lonely_stream) {
  publish_kept(10);
  auto all = node.record();
  const auto count = node.ask<std::uint64_t>(sut, replay_events{7, all.handle()});
  BOOST_TEST(count.value() == 3U);
  BOOST_TEST(all.sequences() == from_to(8, 10), boost::test_tools::per_element());
  publish_kept(1);
  BOOST_TEST(all.events().size() == 3U);
  BOOST_TEST(node.ask<std::uint64_t>(sut, replay_events{0, nullptr}).value() == 0U);
}

// S3.5.4
BOOST_FIXTURE_TEST_CASE(never_goes_back_in_time, lonely_stream) {
  auto all = subscribe(start_with::live);
  publish({startup{}});
  const auto first = all.told<startup>().front().stamp.observed_at;
  BOOST_TEST((first > unix_time{}));
  publish({startup{{0, first + 10ms}, {}, {}}, startup{{0, first + 5ms}, {}, {}}});
  world.advance(1s);
  publish({startup{}});
  std::vector<milliseconds> after_first;
  for (const auto& event : all.told<startup>())
    after_first.push_back(event.stamp.observed_at - first);
  BOOST_TEST((after_first == std::vector<milliseconds>{0ms, 10ms, 10ms, 1000ms}));
}

// S3.5.5
BOOST_FIXTURE_TEST_CASE(stops_at_an_unsubscription, lonely_stream) {
  auto all = subscribe(start_with::live);
  publish_kept(1);
  BOOST_TEST(node.ask<void>(sut, unsubscribe_events{all.handle()}).code() == errc::none);
  publish_kept(1);
  BOOST_TEST(all.events().size() == 1U);
  BOOST_TEST(stats().subscribers == 0U);
  BOOST_TEST(node.ask<void>(sut, unsubscribe_events{all.handle()}).code() == errc::none);
  BOOST_TEST(node.ask<void>(sut, unsubscribe_events{nullptr}).code() == errc::none);
  (void)add(all.handle(), start_with::live);
  publish_kept(1);
  BOOST_TEST(all.events().size() == 2U);
}

// S3.5.5
BOOST_FIXTURE_TEST_CASE(forgets_subscribers_that_end, lonely_stream) {
  auto all = subscribe(start_with::live);
  auto brief = subscribe(start_with::live);
  BOOST_TEST(stats().subscribers == 2U);
  brief.end();
  world.settle();
  BOOST_TEST(stats().subscribers == 1U);
  publish_kept(1);
  BOOST_TEST(all.events().size() == 1U);
  BOOST_TEST(brief.events().empty());
}

BOOST_FIXTURE_TEST_CASE(forgets_a_subscriber_that_was_dead_before, lonely_stream) {
  auto who = spawn([](caf::event_based_actor* self) { self->quit(); });
  world.settle();
  (void)add(who, start_with::replay);
  BOOST_TEST(stats().subscribers == 0U);
  publish_kept(1);
  BOOST_TEST(add(nullptr, start_with::live).value() == 1U);
}

// S3.5.5
BOOST_FIXTURE_TEST_CASE(survives_a_subscriber_that_crashes, lonely_stream) {
  auto who = spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->set_exception_handler(
        [](std::exception_ptr&) { return caf::error{caf::sec::runtime_error}; });
    return {[](const topology_apply_failed&) { throw std::runtime_error{"no"}; }};
  });
  (void)add(who, start_with::live);
  auto all = subscribe(start_with::live);
  publish_kept(3);
  BOOST_TEST(all.events().size() == 3U);
  BOOST_TEST(stats().subscribers == 1U);
}

// S3.5.5: whoever does not read keeps nobody waiting.
BOOST_FIXTURE_TEST_CASE(does_not_wait_for_a_slow_subscriber, lonely_stream) {
  auto slow = spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->set_default_handler(caf::skip);
    return {[](int) {}};
  });
  (void)add(slow, start_with::live);
  auto all = subscribe(start_with::live);
  publish_kept(1000);
  BOOST_TEST(all.events().size() == 1000U);
  caf::anon_send_exit(slow, caf::exit_reason::kill);
  world.settle();
}

// A subscriber of the group itself sees the same stream.
BOOST_FIXTURE_TEST_CASE(publishes_to_the_group, lonely_stream) {
  std::vector<std::uint64_t> seen;
  auto who = spawn_role(node.sys(), [&](caf::event_based_actor* self) -> caf::behavior {
    self->join(self->system().groups().get_local("events"));
    return {[&](const startup& what) { seen.push_back(what.stamp.sequence); }};
  });
  world.settle();
  publish({startup{}, startup{}});
  BOOST_TEST(seen == from_to(1, 2), boost::test_tools::per_element());
  caf::anon_send_exit(who, caf::exit_reason::kill);
  world.settle();
}

// The leak checker sees whoever stays in the group.
BOOST_FIXTURE_TEST_CASE(lets_everybody_go_when_it_ends, lonely_stream) {
  for (int i = 0; i < 10; ++i)
    (void)subscribe(start_with::live);
  caf::anon_send_exit(sut, caf::exit_reason::user_shutdown);
  world.settle();
  BOOST_TEST(node.ask<event_stats>(sut, get_event_stats{}).code() == errc::not_started);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
