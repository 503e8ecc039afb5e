// The network as an actor: sends, requests, batches, and its end.
#include "actors/transport_actor.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/endpoint.hpp"

namespace caf_gossip::test {

namespace {

struct two_endpoints {
  deterministic_actors world;
  virtual_node& node = world.add("host", {}, false);
  endpoint here{world, node};
  endpoint there{world, node};

  two_endpoints() {
    (void)here.bind();
    (void)there.bind();
  }

  net::outbound numbered(std::uint64_t number) const {
    return to(there.where, frame_from(here.where, heartbeat{number}));
  }

  /// Lets `from` answer the last frame that it got.
  void reply(endpoint& from, const authority& target) const {
    const auto& asked = std::get<wire::frame>(from.got->back());
    (void)from.send(to(target, frame_from(from.where, roster_response{}, asked.head.correlation)));
  }
};

const authority nobody{"127.0.0.1", 9};

} // namespace

BOOST_AUTO_TEST_SUITE(transport_actor)

BOOST_FIXTURE_TEST_CASE(binds_and_passes_frames_on_in_order, two_endpoints) {
  BOOST_TEST(here.where.port != 0);
  for (std::uint64_t i = 1; i <= 5; ++i)
    BOOST_TEST(here.send(numbered(i)).code() == errc::none);
  BOOST_TEST(there.numbers() == (std::vector<std::uint64_t>{1, 2, 3, 4, 5}),
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(reports_an_address_in_use, two_endpoints) {
  endpoint third{world, node};
  const auto failed = third.bind(here.where);
  BOOST_TEST(failed.code() == errc::network_error);
  BOOST_TEST(failed.text().find(to_string(here.where)) != std::string::npos);
  BOOST_TEST(here.bind().code() == errc::already_started);
}

BOOST_FIXTURE_TEST_CASE(says_at_once_what_cannot_be_sent, two_endpoints) {
  const auto refused = here.send(to(authority{"", 0}, frame_from(here.where)));
  BOOST_TEST(refused.code() == errc::send_failed);
  BOOST_TEST(!refused.text().empty());
  endpoint unbound{world, node};
  BOOST_TEST(unbound.send(numbered(1)).code() == errc::send_failed);
}

BOOST_FIXTURE_TEST_CASE(answers_a_request_with_the_response, two_endpoints) {
  const auto asked = here.request(there.where);
  BOOST_TEST(!asked.arrived());
  BOOST_REQUIRE(there.got->size() == 1U);
  reply(there, here.where);
  BOOST_REQUIRE(asked.code() == errc::none);
  BOOST_TEST(asked.value().frame.head.sender.address == there.where);
  BOOST_TEST(here.got->empty());
  // A second answer is a frame like any other.
  reply(there, here.where);
  BOOST_TEST(here.got->size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(keeps_requests_apart, two_endpoints) {
  const auto first = here.request(there.where);
  const auto second = here.request(there.where);
  reply(there, here.where);
  BOOST_TEST(!first.arrived());
  BOOST_TEST(second.code() == errc::none);
}

// The question of the other is not the answer to ours.
BOOST_FIXTURE_TEST_CASE(lets_two_ask_each_other_at_the_same_time, two_endpoints) {
  const auto ours = here.request(there.where);
  const auto theirs = there.request(here.where);
  BOOST_TEST(!ours.arrived());
  BOOST_TEST(!theirs.arrived());
  BOOST_REQUIRE(here.got->size() == 1U);
  BOOST_REQUIRE(there.got->size() == 1U);
  reply(here, there.where);
  reply(there, here.where);
  BOOST_TEST(ours.code() == errc::none);
  BOOST_TEST(theirs.code() == errc::none);
}

BOOST_FIXTURE_TEST_CASE(ends_a_request_at_its_timeout, two_endpoints) {
  const auto asked = here.request(there.where);
  world.advance(499ms);
  BOOST_TEST(!asked.arrived());
  world.advance(1ms);
  BOOST_REQUIRE(asked.arrived());
  BOOST_TEST(asked.code() == errc::timeout);
  BOOST_TEST(asked.text().find("500 ms") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(fails_a_request_to_nobody, two_endpoints) {
  const auto asked = here.request(nobody);
  BOOST_TEST(asked.code() == errc::send_failed);
  BOOST_TEST(asked.text().find(to_string(nobody)) != std::string::npos);
  BOOST_TEST(here.got->empty());
}

BOOST_FIXTURE_TEST_CASE(bounds_the_requests_that_wait, two_endpoints) {
  std::vector<answer<response_frame>> asked;
  auto* other_way = &there;
  // A peer takes 1024 frames at a time; the memory network hands each over at once.
  for (int i = 0; i < 4096; ++i)
    asked.push_back(here.request(other_way->where));
  const auto one_more = here.request(there.where);
  BOOST_TEST(one_more.code() == errc::limit_reached);
  BOOST_TEST(one_more.text().find("4096") != std::string::npos);
  world.advance(500ms);
  std::size_t timeouts = 0;
  for (const auto& each : asked)
    timeouts += each.arrived() && each.code() == errc::timeout ? 1 : 0;
  BOOST_TEST(timeouts == 4096U);
  BOOST_TEST(!here.request(there.where).arrived());
}

// S1.3.4: what could not be sent comes back, the rest goes out.
BOOST_FIXTURE_TEST_CASE(brings_the_failures_of_a_batch_back, two_endpoints) {
  here.network->refuse = [](const net::outbound& what) -> std::optional<error> {
    if (number_in(what.message) % 2 == 0)
      return error{errc::send_failed, "even"};
    return std::nullopt;
  };
  outbound_batch batch;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    batch.items.push_back(numbered(i));
    batch.items.back().message.head.correlation = 100 + i;
  }
  batch.items.push_back(to(nobody, frame_from(here.where, heartbeat{7}, 107)));
  caf::anon_send(here.sut, batch);
  world.settle();
  BOOST_TEST(there.numbers() == (std::vector<std::uint64_t>{1, 3, 5}),
             boost::test_tools::per_element());
  const auto failed = here.failures();
  BOOST_REQUIRE(failed.size() == 3U);
  std::vector<std::uint64_t> correlations;
  for (const auto& each : failed)
    correlations.push_back(each.correlation);
  std::sort(correlations.begin(), correlations.end());
  BOOST_TEST(correlations == (std::vector<std::uint64_t>{102, 104, 107}),
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(fails_what_waits_when_it_is_stopped, two_endpoints) {
  const auto asked = here.request(there.where);
  BOOST_TEST(here.stop().code() == errc::none);
  BOOST_REQUIRE(asked.arrived());
  BOOST_TEST(asked.code() == errc::send_failed);
  BOOST_TEST(asked.text().find("stopped") != std::string::npos);
  BOOST_TEST(here.stop().code() == errc::none);
  BOOST_TEST(here.bind(here.where).code() == errc::none);
}

BOOST_FIXTURE_TEST_CASE(fails_what_waits_and_closes_when_it_is_ended, two_endpoints) {
  const auto asked = here.request(there.where);
  caf::anon_send_exit(here.sut, caf::exit_reason::user_shutdown);
  world.settle();
  BOOST_REQUIRE(asked.arrived());
  BOOST_TEST(asked.code() == errc::send_failed);
  BOOST_TEST(!here.network->running);
  // Late arrivals find nobody and do no harm.
  (void)there.send(to(here.where, frame_from(there.where)));
  BOOST_TEST(here.got->empty());
}

BOOST_FIXTURE_TEST_CASE(gives_the_statistics_of_the_network, two_endpoints) {
  (void)here.send(numbered(1));
  const auto stats = node.ask<net::transport_stats>(here.sut, get_transport_stats{});
  BOOST_TEST(stats.value().frames_sent == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
