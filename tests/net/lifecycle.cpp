// Starting and stopping the transport over sockets, again and again and at the worst moments
// (S1.5.3).

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <memory>
#include <thread>
#include <vector>

#include "caf_gossip/net/asio_transport.hpp"
#include "tests/support/net_eventually.hpp"
#include "tests/support/net_frames.hpp"
#include "tests/support/net_raw_socket.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using namespace std::chrono_literals;

namespace {

std::size_t entries_of(const char* folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder},
                                                std::filesystem::directory_iterator{}));
}

std::size_t open_descriptors() {
  return entries_of("/proc/self/fd");
}

std::size_t threads() {
  return entries_of("/proc/self/task");
}

/// How long a stop took.
std::chrono::milliseconds stop(net::transport& which) {
  const auto begin = std::chrono::steady_clock::now();
  which.stop();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now()
                                                               - begin);
}

} // namespace

BOOST_AUTO_TEST_SUITE(lifecycle)

BOOST_AUTO_TEST_CASE(leaves_nothing_behind_in_two_hundred_cycles) {
  net::asio_transport peer;
  const auto at_peer = peer.start(any_port).value();
  net::asio_transport transport;
  collector got{peer};
  const auto cycle = [&] {
    const auto self = transport.start(any_port).value();
    BOOST_REQUIRE(transport.send(to(at_peer, frame_from(self))));
    BOOST_REQUIRE(transport.send(to(at_peer, frame_from(self), channel::datagram)));
    const auto expected_frames = got.frames.size() + 2;
    BOOST_REQUIRE(got.wait_for_frames(expected_frames));
    transport.stop();
    BOOST_REQUIRE(eventually([&] { return peer.stats().connections_open == 0; }));
  };
  cycle();
  const auto descriptors = open_descriptors();
  const auto tasks = threads();
  for (int i = 0; i < 200; ++i)
    cycle();
  BOOST_TEST(open_descriptors() == descriptors);
  BOOST_TEST(eventually([&] { return threads() == tasks; }));
}

BOOST_AUTO_TEST_CASE(a_failed_start_leaves_nothing_behind) {
  net::asio_transport peer;
  const auto at_peer = peer.start(any_port).value();
  net::asio_transport transport;
  const auto descriptors = open_descriptors();
  const auto tasks = threads();
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(!transport.start(at_peer).has_value());
  BOOST_TEST(open_descriptors() == descriptors);
  BOOST_TEST(threads() == tasks);
}

BOOST_AUTO_TEST_CASE(may_be_stopped_before_it_was_started_and_twice) {
  net::asio_transport transport;
  transport.stop();
  BOOST_REQUIRE(transport.start(any_port));
  transport.stop();
  transport.stop();
  BOOST_TEST(transport.poll().empty());
}

BOOST_AUTO_TEST_CASE(does_not_start_twice) {
  net::asio_transport transport;
  const auto self = transport.start(any_port).value();
  const auto second = transport.start(any_port);
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.error().code == errc::already_started));
  BOOST_REQUIRE(transport.send(to(self, frame_from(self))));
  collector got{transport};
  BOOST_TEST(got.wait_for_frames(1));
}

BOOST_AUTO_TEST_CASE(stops_at_once_while_connecting_to_a_black_hole) {
  const full_listener full;
  net::transport_config cfg;
  cfg.connect_timeout = 60s;
  net::asio_transport transport{cfg};
  const auto self = transport.start(any_port).value();
  for (int i = 0; i < 10; ++i)
    BOOST_REQUIRE(transport.send(to(full.bound(), frame_from(self))));
  BOOST_TEST(!transport.flush(50ms));
  BOOST_TEST(stop(transport).count() < 1000);
  BOOST_TEST(transport.stats().discarded_at_stop == 10U);
  BOOST_TEST(transport.poll().empty());
}

BOOST_AUTO_TEST_CASE(stops_at_once_with_a_peer_that_does_not_read) {
  auto peer = raw_socket::listening();
  net::transport_config cfg;
  cfg.outbound_bytes_per_peer_max = more_than_the_kernel_takes;
  net::asio_transport transport{cfg};
  const auto self = transport.start(any_port).value();
  for (int i = 0; i < 40; ++i)
    BOOST_REQUIRE(transport.send(to(peer.bound(), large_frame_from(self, 500'000))));
  BOOST_REQUIRE(eventually([&] { return transport.stats().frames_sent > 0; }));
  BOOST_TEST(stop(transport).count() < 1000);
}

// Depends on no name server: whether the look-up is still running or has failed, stop is prompt.
BOOST_AUTO_TEST_CASE(stops_at_once_while_resolving) {
  net::asio_transport transport;
  const auto self = transport.start(any_port).value();
  for (std::uint16_t port = 1; port <= 10; ++port)
    BOOST_REQUIRE(transport.send(to({"no-such-host.invalid", port}, frame_from(self))));
  BOOST_TEST(stop(transport).count() < 1000);
}

BOOST_AUTO_TEST_CASE(ends_requests_with_the_stop_and_starts_without_them) {
  auto peer = raw_socket::listening();
  net::transport_config cfg;
  cfg.request_timeout = 200ms;
  cfg.requests_max = 1;
  net::asio_transport transport{cfg};
  for (int i = 1; i <= 3; ++i) {
    const auto self = transport.start(any_port).value();
    BOOST_REQUIRE(transport.send(request_to(peer.bound(), frame_from(self, heartbeat{1, {}}, 1))));
    BOOST_TEST(transport.flush(10s));
    BOOST_TEST(stop(transport).count() < 1000);
    BOOST_TEST(transport.poll().empty());
    BOOST_TEST(transport.stats().discarded_at_stop == static_cast<std::uint64_t>(i));
  }
}

BOOST_AUTO_TEST_CASE(flush_writes_the_last_word_before_the_stop) {
  net::asio_transport peer;
  const auto at_peer = peer.start(any_port).value();
  collector got{peer};
  for (std::size_t i = 1; i <= 20; ++i) {
    net::asio_transport transport;
    const auto self = transport.start(any_port).value();
    BOOST_REQUIRE(transport.send(to(at_peer, frame_from(self))));
    BOOST_REQUIRE(transport.flush(10s));
    transport.stop();
    BOOST_REQUIRE(got.wait_for_frames(i));
  }
}

BOOST_AUTO_TEST_CASE(wakes_nobody_after_the_stop) {
  net::asio_transport peer;
  const auto at_peer = peer.start(any_port).value();
  for (int i = 0; i < 20; ++i) {
    const auto alive = std::make_shared<std::atomic<bool>>(true);
    std::atomic<int> too_late{0};
    net::asio_transport transport;
    transport.on_arrival([&] { too_late += *alive ? 0 : 1; });
    const auto self = transport.start(any_port).value();
    for (int k = 0; k < 20; ++k)
      BOOST_REQUIRE(peer.send(to(self, frame_from(at_peer))));
    transport.stop();
    *alive = false;
    static_cast<void>(transport.poll());
    BOOST_TEST(too_late == 0);
    peer.flush(10s);
    static_cast<void>(peer.poll());
  }
}

BOOST_AUTO_TEST_CASE(survives_sends_polls_and_stops_from_many_threads) {
  net::asio_transport peer;
  const auto at_peer = peer.start(any_port).value();
  net::asio_transport transport;
  std::atomic<bool> done{false};
  std::atomic<int> accepted{0};
  std::vector<std::thread> others;
  for (int i = 0; i < 3; ++i)
    others.emplace_back([&] {
      const authority self{"127.0.0.1", 1};
      while (!done) {
        accepted += transport.send(to(at_peer, frame_from(self))) ? 1 : 0;
        accepted += transport.send(request_to(at_peer, frame_from(self, ack{1}, 1))) ? 1 : 0;
        static_cast<void>(transport.stats());
        std::this_thread::yield();
      }
    });
  others.emplace_back([&] {
    while (!done) {
      static_cast<void>(transport.poll());
      static_cast<void>(peer.poll());
      std::this_thread::yield();
    }
  });
  others.emplace_back([&] {
    while (!done) {
      transport.stop();
      std::this_thread::yield();
    }
  });
  const auto end = std::chrono::steady_clock::now() + 1s;
  int starts = 0;
  while (std::chrono::steady_clock::now() < end)
    starts += transport.start(any_port) ? 1 : 0;
  done = true;
  for (auto& item : others)
    item.join();
  BOOST_TEST(starts > 0);
  BOOST_TEST(accepted > 0);
  BOOST_TEST(stop(transport).count() < 1000);
}

BOOST_AUTO_TEST_SUITE_END()
