// What only real sockets have: names, two address families, two channels, connections.

#include "caf_gossip/net/asio_transport.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/net_eventually.hpp"
#include "tests/support/net_frames.hpp"
#include "tests/support/net_raw_socket.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using namespace std::chrono_literals;

namespace {

struct node {
  explicit node(net::transport_config cfg = {}, const authority& where = any_port)
      : transport(std::move(cfg)), at(transport.start(where).value()) {}

  void send(const authority& target, channel via = channel::stream, std::uint64_t number = 1) {
    BOOST_REQUIRE(transport.send(to(target, frame_from(at, heartbeat{number, {}}), via)));
  }

  net::asio_transport transport;
  authority at;
  collector got{transport};
};

} // namespace

BOOST_AUTO_TEST_SUITE(asio_transport)

// S1.1.1
BOOST_AUTO_TEST_CASE(reaches_host_names_and_both_families) {
  node sender;
  for (const auto* where : {"127.0.0.1:0", "[::1]:0", "localhost:0"}) {
    for (const auto via : {channel::stream, channel::datagram}) {
      node receiver{{}, parse_authority(where).value()};
      BOOST_TEST(receiver.at.port != 0);
      BOOST_TEST(receiver.at.host == parse_authority(where)->host);
      sender.send(receiver.at, via);
      BOOST_TEST(receiver.got.wait_for_frames(1), where);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_node_bound_to_all_addresses_is_reached_at_each) {
  node everywhere{{}, {"::", 0}};
  node sender;
  for (const auto via : {channel::stream, channel::datagram}) {
    sender.send({"127.0.0.1", everywhere.at.port}, via);
    BOOST_TEST(everywhere.got.wait_for_frames(1));
    everywhere.got.frames.clear();
    everywhere.send(sender.at, via);
    BOOST_TEST(sender.got.wait_for_frames(1));
    BOOST_TEST(everywhere.transport.flush(10s));
    sender.got.frames.clear();
  }
  BOOST_TEST(everywhere.transport.stats().datagrams_sent == 1U);
}

// S1.1.2: a name server is never waited for, so this comes out of poll.
BOOST_AUTO_TEST_CASE(reports_names_that_nobody_knows) {
  node sender;
  // The top-level domain is reserved for names that do not exist (RFC 2606).
  const authority unknown{"no-such-host.invalid", 4711};
  sender.send(unknown);
  BOOST_REQUIRE(sender.got.wait_for_failures(1));
  BOOST_TEST((sender.got.failures[0].reason.code == errc::send_failed));
  BOOST_TEST(sender.got.failures[0].reason.text.find("no-such-host.invalid:4711")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(cannot_bind_to_a_foreign_or_unknown_address) {
  net::asio_transport transport;
  for (const auto* where : {"192.0.2.1:0", "no-such-host.invalid:0"}) {
    const auto result = transport.start(parse_authority(where).value());
    BOOST_REQUIRE(!result);
    BOOST_TEST((result.error().code == errc::network_error));
    BOOST_TEST(result.error().text.find(parse_authority(where)->host) != std::string::npos);
  }
  BOOST_TEST(transport.start(any_port).has_value());
}

BOOST_AUTO_TEST_CASE(needs_its_port_for_datagrams_too) {
  const auto taken = raw_socket::datagram();
  net::asio_transport transport;
  const auto result = transport.start(taken.bound());
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error().code == errc::network_error));
  BOOST_TEST(result.error().text.find(to_string(taken.bound())) != std::string::npos);
}

// S1.2.2: also when connections were open, which then linger in the kernel.
BOOST_AUTO_TEST_CASE(a_port_can_be_bound_again_at_once) {
  node peer;
  authority where = any_port;
  for (int i = 0; i < 20; ++i) {
    node self{{}, where};
    where = self.at;
    peer.send(where);
    BOOST_REQUIRE(self.got.wait_for_frames(1));
  }
}

BOOST_AUTO_TEST_CASE(uses_one_connection_for_many_frames) {
  node a, b;
  for (std::uint64_t i = 1; i <= 100; ++i)
    a.send(b.at, channel::stream, i);
  BOOST_REQUIRE(b.got.wait_for_frames(100));
  a.send(b.at, channel::stream, 101);
  BOOST_REQUIRE(b.got.wait_for_frames(101));
  BOOST_REQUIRE(a.transport.flush(10s));
  BOOST_TEST(a.transport.stats().connections_opened == 1U);
  BOOST_TEST(b.transport.stats().connections_accepted == 1U);
  BOOST_TEST(a.transport.stats().frames_sent == 101U);
  BOOST_TEST(b.transport.stats().frames_received == 101U);
  BOOST_TEST(b.transport.stats().bytes_received == a.transport.stats().bytes_sent);
}

BOOST_AUTO_TEST_CASE(sends_small_frames_as_datagrams_and_large_ones_by_stream) {
  node a, b;
  a.send(b.at, channel::datagram);
  BOOST_REQUIRE(b.got.wait_for_frames(1));
  BOOST_REQUIRE(a.transport.flush(10s));
  BOOST_TEST(a.transport.stats().datagrams_sent == 1U);
  BOOST_TEST(b.transport.stats().datagrams_received == 1U);
  BOOST_TEST(a.transport.stats().connections_opened == 0U);
  const auto large = large_frame_from(a.at, 500'000);
  BOOST_REQUIRE(a.transport.send(to(b.at, large, channel::datagram)));
  BOOST_REQUIRE(b.got.wait_for_frames(2));
  BOOST_TEST((b.got.frames[1] == large));
  BOOST_TEST(a.transport.stats().datagrams_sent == 1U);
  BOOST_TEST(a.transport.stats().connections_opened == 1U);
  a.send(b.at, channel::stream);
  BOOST_REQUIRE(b.got.wait_for_frames(3));
  BOOST_TEST(a.transport.stats().datagrams_sent == 1U);
}

BOOST_AUTO_TEST_CASE(answers_over_the_connection_that_a_request_came_on) {
  node a, b;
  BOOST_REQUIRE(a.transport.send(request_to(b.at, frame_from(a.at, heartbeat{1, {}}, 11))));
  BOOST_REQUIRE(b.got.wait_for_frames(1));
  BOOST_REQUIRE(b.transport.send(to(a.at, frame_from(b.at, ack{2}, 11))));
  BOOST_REQUIRE(a.got.wait_for_frames(1));
  BOOST_TEST(b.transport.stats().connections_opened == 0U);
  // What answers nothing goes to the authority.
  BOOST_REQUIRE(b.transport.send(to(a.at, frame_from(b.at, ack{3}, 11))));
  BOOST_REQUIRE(a.got.wait_for_frames(2));
  BOOST_TEST(b.transport.stats().connections_opened == 1U);
}

BOOST_AUTO_TEST_CASE(a_connection_gets_no_frames_of_those_it_names_as_sender) {
  node victim, b;
  auto impostor = raw_socket::connected_to(b.at);
  const auto claim = wire::encode(frame_from(victim.at, heartbeat{1, {}}, 11), 1U << 20U).value();
  BOOST_REQUIRE(impostor.send(claim));
  BOOST_REQUIRE(b.got.wait_for_frames(1));
  b.send(victim.at);
  BOOST_REQUIRE(b.transport.send(to(victim.at, frame_from(b.at, ack{2}, 12))));
  BOOST_REQUIRE(victim.got.wait_for_frames(2));
}

BOOST_AUTO_TEST_CASE(requests_fail_early_when_their_connection_is_lost) {
  net::transport_config cfg;
  cfg.request_timeout = 60s;
  node a{cfg};
  auto peer = raw_socket::listening();
  BOOST_REQUIRE(a.transport.send(request_to(peer.bound(), frame_from(a.at, heartbeat{1, {}}, 11))));
  {
    auto connection = peer.accept();
    BOOST_TEST(connection.receive_frame().head.correlation == 11U);
  }
  BOOST_REQUIRE(a.got.wait_for_failures(1));
  BOOST_TEST(a.got.failures[0].correlation == 11U);
  BOOST_TEST((a.got.failures[0].reason.code == errc::send_failed));
}

BOOST_AUTO_TEST_CASE(connects_again_when_the_peer_was_restarted) {
  node a;
  auto b = std::make_unique<node>();
  const auto where = b->at;
  for (int i = 0; i < 3; ++i) {
    a.send(where);
    BOOST_REQUIRE(b->got.wait_for_frames(1));
    b.reset();
    BOOST_REQUIRE(eventually([&] { return a.transport.stats().connections_open == 0; }));
    b = std::make_unique<node>(net::transport_config{}, where);
  }
  BOOST_TEST(a.transport.stats().connections_opened == 3U);
}

// The peer's goodbye may not have been read yet when the next frame is sent.
BOOST_AUTO_TEST_CASE(loses_no_frame_to_a_connection_that_the_peer_has_closed) {
  node a;
  auto peer = raw_socket::listening();
  for (std::uint64_t i = 1; i <= 50; ++i) {
    a.send(peer.bound(), channel::stream, i);
    auto connection = peer.accept();
    BOOST_TEST(number_in(connection.receive_frame()) == i);
  }
  BOOST_TEST(a.got.poll().failures.empty());
}

BOOST_AUTO_TEST_CASE(closes_idle_connections_from_the_side_that_opened_them) {
  net::transport_config cfg;
  cfg.idle_timeout = 100ms;
  node a{cfg}, b;
  a.send(b.at);
  BOOST_REQUIRE(b.got.wait_for_frames(1));
  BOOST_TEST(eventually([&] { return a.transport.stats().connections_open == 0; }));
  BOOST_TEST(eventually([&] { return b.transport.stats().connections_open == 0; }));
  BOOST_TEST(a.transport.stats().connections_timed_out == 0U);
  a.send(b.at);
  BOOST_REQUIRE(b.got.wait_for_frames(2));
  BOOST_TEST(a.transport.stats().connections_opened == 2U);
  BOOST_TEST(a.got.poll().failures.empty());
}

BOOST_AUTO_TEST_CASE(leaves_a_peer_alone_after_a_failed_attempt) {
  net::transport_config cfg;
  cfg.backoff_min = 300ms;
  cfg.backoff_max = 300ms;
  node a{cfg};
  auto gone = raw_socket::listening();
  const auto where = gone.bound();
  gone.close();
  a.send(where);
  BOOST_REQUIRE(a.got.wait_for_failures(1));
  BOOST_TEST(a.got.failures[0].reason.text.find("refused") != std::string::npos);
  // Nobody listens and nobody is asked: the answer is the reason of the last attempt.
  a.send(where);
  BOOST_REQUIRE(a.got.wait_for_failures(2));
  BOOST_TEST(a.got.failures[1].reason.text.find("backing off after") != std::string::npos);
  BOOST_TEST(a.got.failures[1].reason.text.find("refused") != std::string::npos);
  // The peer comes back and is found when the pause is over.
  node b{{}, where};
  BOOST_REQUIRE(eventually([&] {
    a.send(where);
    return !b.got.poll().frames.empty();
  }));
}

BOOST_AUTO_TEST_CASE(gives_up_an_attempt_to_connect_after_its_timeout) {
  const full_listener full;
  net::transport_config cfg;
  cfg.connect_timeout = 200ms;
  node a{cfg};
  a.send(full.bound());
  BOOST_REQUIRE(a.got.wait_for_failures(1));
  BOOST_TEST(a.got.failures[0].reason.text.find("200 ms") != std::string::npos,
             a.got.failures[0].reason.text);
}

BOOST_AUTO_TEST_CASE(a_request_that_expires_before_it_is_sent_fails_once) {
  const full_listener full;
  net::transport_config cfg;
  cfg.request_timeout = 50ms;
  cfg.connect_timeout = 200ms;
  node a{cfg};
  BOOST_REQUIRE(a.transport.send(request_to(full.bound(), frame_from(a.at, heartbeat{1, {}}, 1))));
  BOOST_REQUIRE(a.got.wait_for_failures(1));
  BOOST_TEST((a.got.failures[0].reason.code == errc::timeout));
  // The frame is given up with the attempt to connect, which nobody hears about any more.
  BOOST_REQUIRE(a.transport.flush(10s));
  BOOST_TEST(a.transport.stats().deliveries_failed == 1U);
}

BOOST_AUTO_TEST_CASE(what_this_host_refuses_to_send_is_not_the_fault_of_the_peer) {
  node a;
  // Nobody may send to all without asking for it.
  a.send({"127.255.255.255", 9}, channel::datagram);
  BOOST_REQUIRE(a.got.wait_for_failures(1));
  BOOST_TEST((a.got.failures[0].reason.code == errc::network_error));
  BOOST_TEST(a.got.failures[0].reason.text.find("127.255.255.255:9") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(closes_a_connection_to_a_peer_that_does_not_read) {
  net::transport_config cfg;
  cfg.frame_timeout = 200ms;
  cfg.outbound_bytes_per_peer_max = more_than_the_kernel_takes;
  node a{cfg};
  auto peer = raw_socket::listening();
  constexpr std::size_t count = 40;
  for (std::size_t i = 0; i < count; ++i)
    BOOST_REQUIRE(a.transport.send(to(peer.bound(), large_frame_from(a.at, 500'000))));
  // Every frame is either handed to the system or reported.
  BOOST_REQUIRE(eventually([&] {
    const auto numbers = a.transport.stats();
    return numbers.frames_sent + numbers.deliveries_failed == count;
  }));
  BOOST_TEST(a.transport.stats().connections_timed_out >= 1U);
  BOOST_TEST(a.transport.stats().deliveries_failed >= 1U);
  BOOST_TEST(a.got.wait_for_failures(a.transport.stats().deliveries_failed));
}

BOOST_AUTO_TEST_CASE(makes_room_for_new_peers_and_refuses_only_when_all_are_busy) {
  net::transport_config cfg;
  cfg.peers_max = 8;
  cfg.request_timeout = 1ms;
  node a{cfg};
  // Each of these is a peer of its own that fails at once.
  for (std::uint16_t i = 1; i <= 100; ++i) {
    const authority target{"127.0.0." + std::to_string(i + 1), 1};
    BOOST_REQUIRE(eventually([&] {
      return a.transport.send(to(target, frame_from(a.at), channel::datagram)).has_value();
    }));
    BOOST_REQUIRE(a.transport.flush(10s));
    BOOST_REQUIRE(eventually([&] { return a.transport.stats().datagrams_sent == i; }));
  }
}

BOOST_AUTO_TEST_CASE(refuses_more_peers_than_allowed) {
  net::transport_config cfg;
  cfg.peers_max = 3;
  node a{cfg};
  int accepted = 0;
  for (std::uint16_t port = 1; port <= 4; ++port)
    accepted += a.transport.send(to({"127.0.0.1", port}, frame_from(a.at))) ? 1 : 0;
  BOOST_TEST(accepted == 3);
}

BOOST_AUTO_TEST_CASE(refuses_to_send_while_failures_pile_up_unpolled) {
  net::transport_config cfg;
  cfg.inbound_frames_max = 5;
  node a{cfg};
  auto gone = raw_socket::listening();
  const auto where = gone.bound();
  gone.close();
  int accepted = 0;
  for (int i = 0; i < 50; ++i) {
    accepted += a.transport.send(to(where, frame_from(a.at))) ? 1 : 0;
    BOOST_REQUIRE(a.transport.flush(10s));
    BOOST_REQUIRE(eventually([&] {
      return a.transport.stats().deliveries_failed == static_cast<std::uint64_t>(accepted);
    }));
  }
  BOOST_TEST(accepted >= 5);
  BOOST_TEST(accepted < 10);
  BOOST_TEST(a.got.wait_for_failures(static_cast<std::size_t>(accepted)));
  BOOST_TEST(a.got.failures.size() == static_cast<std::size_t>(accepted));
  a.send(where);
}

BOOST_AUTO_TEST_CASE(carries_a_burst_with_few_wakes) {
  node a;
  net::asio_transport b;
  std::atomic<int> wakes{0};
  b.on_arrival([&] { ++wakes; });
  const auto at_b = b.start(any_port).value();
  constexpr std::uint64_t count = 5000;
  collector got{b};
  for (std::uint64_t i = 1; i <= count; ++i)
    while (!a.transport.send(to(at_b, frame_from(a.at, heartbeat{i, {}}))))
      std::this_thread::yield();
  BOOST_REQUIRE(eventually([&] { return b.stats().frames_received == count; }));
  BOOST_TEST(wakes == 1);
  // A frame is counted a moment before it can be polled.
  BOOST_TEST(got.wait_for_frames(count));
  BOOST_TEST(got.frames.size() == count);
}

BOOST_AUTO_TEST_SUITE_END()
