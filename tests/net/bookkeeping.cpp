// The tables behind the sockets, with time as a number.

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <vector>

#include "caf_gossip/net/back_off.hpp"
#include "caf_gossip/net/outbox.hpp"
#include "caf_gossip/net/own_cause.hpp"
#include "caf_gossip/net/rate_limit.hpp"
#include "caf_gossip/net/reply_routes.hpp"
#include "caf_gossip/net/request_table.hpp"
#include "tests/support/net_frames.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using namespace std::chrono_literals;

namespace {

const authority alice{"alice", 1};
const authority bob{"bob", 2};

constexpr time_point at(std::chrono::milliseconds since_start) {
  return time_point{} + since_start;
}

net::queued_frame queued(const authority& target, bool expects_reply = false) {
  return {target, {1, 2, 3}, expects_reply ? 1U : 0U, channel::stream, expects_reply};
}

} // namespace

BOOST_AUTO_TEST_SUITE(bookkeeping)

BOOST_AUTO_TEST_CASE(a_request_has_one_outcome) {
  net::request_table requests;
  const auto ticket = requests.add(alice, 7, at(100ms));
  BOOST_TEST(!requests.answer(7, bob));
  BOOST_TEST(!requests.answer(8, alice));
  BOOST_TEST(requests.answer(7, alice));
  BOOST_TEST(!requests.answer(7, alice));
  BOOST_TEST(!requests.remove(ticket).has_value());
  BOOST_TEST(requests.expire(at(1000ms)).empty());
  BOOST_TEST(requests.size() == 0U);
}

BOOST_AUTO_TEST_CASE(requests_expire_in_order_at_their_deadlines) {
  net::request_table requests;
  requests.add(alice, 1, at(100ms));
  requests.add(bob, 1, at(200ms));
  requests.add(alice, 3, at(300ms));
  BOOST_TEST((requests.next_deadline() == at(100ms)));
  BOOST_TEST(requests.expire(at(99ms)).empty());
  const auto expired = requests.expire(at(200ms));
  BOOST_REQUIRE(expired.size() == 2U);
  BOOST_TEST((expired[0].target == alice));
  BOOST_TEST((expired[1].target == bob));
  BOOST_TEST((requests.next_deadline() == at(300ms)));
  BOOST_TEST(requests.answer(3, alice));
  BOOST_TEST((requests.next_deadline() == never));
}

BOOST_AUTO_TEST_CASE(requests_fail_with_the_connection_they_went_over) {
  net::request_table requests;
  requests.written_to(requests.add(alice, 1, at(100ms)), 11);
  requests.written_to(requests.add(alice, 2, at(100ms)), 12);
  requests.add(alice, 3, at(100ms));
  const auto lost = requests.remove_written_to(11);
  BOOST_REQUIRE(lost.size() == 1U);
  BOOST_TEST(lost[0].correlation == 1U);
  BOOST_TEST(requests.size() == 2U);
}

BOOST_AUTO_TEST_CASE(an_answer_goes_back_over_the_connection_of_its_request_once) {
  net::reply_routes routes{10, 1s};
  routes.remember(7, alice, 11, at(0ms));
  BOOST_TEST(!routes.take(7, bob, at(1ms)).has_value());
  BOOST_TEST(routes.take(7, alice, at(1ms)).value() == 11U);
  BOOST_TEST(!routes.take(7, alice, at(1ms)).has_value());
}

BOOST_AUTO_TEST_CASE(a_contested_request_is_answered_over_neither_connection) {
  net::reply_routes routes{10, 1s};
  routes.remember(7, alice, 11, at(0ms));
  routes.remember(7, alice, 12, at(0ms));
  BOOST_TEST(!routes.take(7, alice, at(1ms)).has_value());
}

BOOST_AUTO_TEST_CASE(routes_are_bounded_in_time_and_number) {
  net::reply_routes routes{10, 1s};
  routes.remember(1, alice, 11, at(0ms));
  BOOST_TEST(!routes.take(1, alice, at(1000ms)).has_value());
  for (std::uint64_t i = 100; i < 200; ++i) {
    routes.remember(i, alice, 11, at(1000ms));
    BOOST_TEST(routes.size() <= 10U);
  }
  BOOST_TEST(routes.take(199, alice, at(1001ms)).has_value());
  BOOST_TEST(!routes.take(100, alice, at(1001ms)).has_value());
}

BOOST_AUTO_TEST_CASE(a_back_off_doubles_up_to_its_maximum_and_starts_again) {
  random_source random{1};
  net::back_off pause{100ms, 400ms};
  BOOST_TEST(!pause.pauses(at(0ms)));
  for (const auto expected_pause : {100ms, 200ms, 400ms, 400ms}) {
    pause.failed(at(0ms), random);
    BOOST_TEST(pause.pauses(at(expected_pause - 1ms)));
    BOOST_TEST(!pause.pauses(at(expected_pause * 5 / 4 + 1ms)));
  }
  pause.succeeded();
  BOOST_TEST(!pause.pauses(at(0ms)));
  pause.failed(at(0ms), random);
  BOOST_TEST(!pause.pauses(at(126ms)));
}

BOOST_AUTO_TEST_CASE(a_rate_limit_allows_so_many_per_second) {
  net::rate_limit limit{3};
  int allowed = 0;
  for (int i = 0; i < 2000; ++i)
    allowed += limit.allow(at(std::chrono::milliseconds{i})) ? 1 : 0;
  BOOST_TEST(allowed == 6);
}

BOOST_AUTO_TEST_CASE(an_outbox_wakes_once_per_burst) {
  net::counters numbers;
  net::outbox box{net::transport_config{}, numbers};
  BOOST_TEST(!box.push(queued(alice)).has_value());
  int wakes = 0;
  box.open([&] { ++wakes; });
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(box.push(queued(alice)).has_value());
  BOOST_TEST(wakes == 1);
  BOOST_TEST(box.take().size() == 5U);
  BOOST_TEST(box.push(queued(alice)).has_value());
  BOOST_TEST(wakes == 2);
}

BOOST_AUTO_TEST_CASE(an_outbox_frees_places_only_when_frames_are_through) {
  net::transport_config cfg;
  cfg.outbound_frames_per_peer_max = 2;
  cfg.peers_max = 1;
  cfg.requests_max = 1;
  net::counters numbers;
  net::outbox box{cfg, numbers};
  box.open([] {});
  BOOST_TEST(box.push(queued(alice, true)).has_value());
  BOOST_TEST(!box.push(queued(alice, true)).has_value());
  BOOST_TEST(box.push(queued(alice)).has_value());
  BOOST_TEST(!box.push(queued(alice)).has_value());
  BOOST_TEST(box.take().size() == 2U);
  BOOST_TEST(!box.push(queued(alice)).has_value());
  box.release(queued(alice));
  BOOST_TEST(box.push(queued(alice)).has_value());
  BOOST_TEST(!box.push(queued(bob)).has_value());
  BOOST_TEST(!box.forget(alice));
  box.release(queued(alice));
  box.release(queued(alice));
  BOOST_TEST(box.wait_until_empty(0ms));
  BOOST_TEST(box.forget(alice));
  BOOST_TEST(box.push(queued(bob)).has_value());
  box.release_request();
  BOOST_TEST(box.push(queued(bob, true)).has_value());
}

BOOST_AUTO_TEST_CASE(probes_have_places_of_their_own) {
  net::transport_config cfg;
  cfg.outbound_frames_per_peer_max = 1;
  cfg.peers_max = 1;
  cfg.probes_max = 2;
  net::counters numbers;
  net::outbox box{cfg, numbers};
  box.open([] {});
  const auto probe = [](const authority& target) {
    return net::queued_frame{target, {1}, 0, channel::new_stream, false};
  };
  BOOST_TEST(box.push(queued(alice)).has_value());
  BOOST_TEST(box.push(probe(alice)).has_value());
  BOOST_TEST(box.push(probe(bob)).has_value());
  const auto refused = box.push(probe(bob));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == errc::limit_reached));
  BOOST_TEST(numbers.probes_refused == 1U);
  box.release(probe(bob));
  BOOST_TEST(!box.push(probe(bob)).has_value(), "the frame is through, its stream is not over");
  box.release_probe();
  BOOST_TEST(box.push(probe(bob)).has_value());
  box.release(queued(alice));
  box.release(probe(alice));
  BOOST_TEST(!box.wait_until_empty(0ms));
  box.release(probe(bob));
  BOOST_TEST(box.wait_until_empty(0ms));
}

BOOST_AUTO_TEST_CASE(requests_that_are_probes_are_named_when_they_end) {
  net::request_table requests;
  requests.add(alice, 1, at(100ms));
  const auto answered = requests.add(alice, 2, at(100ms), true);
  const auto lost = requests.add(bob, 3, at(100ms), true);
  const auto expired = requests.add(bob, 4, at(200ms), true);
  BOOST_TEST(requests.answer(1, alice));
  BOOST_TEST(requests.take_ended_probes().empty());
  BOOST_TEST(requests.answer(2, alice));
  requests.written_to(lost, 11);
  BOOST_TEST(requests.remove_written_to(11).size() == 1U);
  BOOST_TEST((requests.take_ended_probes() == std::vector{answered, lost}));
  BOOST_TEST(requests.expire(at(200ms)).size() == 1U);
  BOOST_TEST((requests.take_ended_probes() == std::vector{expired}));
}

BOOST_AUTO_TEST_CASE(only_what_is_surely_of_this_host_is_its_own) {
  namespace error = boost::asio::error;
  for (const auto& lack :
       {error::no_buffer_space, error::no_memory, error::no_descriptors, error::address_in_use}) {
    BOOST_TEST((net::own_cause(lack) == errc::limit_reached));
    BOOST_TEST((net::code_of(lack) == errc::limit_reached));
  }
  for (const auto& ban : {error::no_permission, error::access_denied, error::network_down})
    BOOST_TEST((net::code_of(ban) == errc::network_error));
  for (const auto& other : {error::network_unreachable, error::host_unreachable,
                            error::connection_refused, error::connection_reset, error::timed_out}) {
    BOOST_TEST((net::own_cause(other) == errc::none));
    BOOST_TEST((net::code_of(other) == errc::send_failed));
  }
}

BOOST_AUTO_TEST_SUITE_END()
