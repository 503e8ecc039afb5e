// Peers that send what they should not, over plain sockets. Whatever they do, it is bounded and
// counted, and a good frame is delivered afterwards (S1.1.3).

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "caf_gossip/net/asio_transport.hpp"
#include "tests/support/net_eventually.hpp"
#include "tests/support/net_frames.hpp"
#include "tests/support/net_raw_socket.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using namespace std::chrono_literals;

namespace {

using wire::decode_error;

constexpr std::size_t limit = 1U << 20U;

// Where the fields of the header stand; docs/wire-format.md.
constexpr std::size_t major_at = 4;
constexpr std::size_t length_at = 8;

const authority stranger{"127.0.0.1", 9};

wire::bytes encoded(const wire::frame& what) {
  return wire::encode(what, limit).value();
}

wire::bytes good_frame(std::uint64_t number = 1) {
  return encoded(frame_from(stranger, heartbeat{number, {}}));
}

wire::bytes with_length(std::uint32_t length) {
  auto result = good_frame();
  for (std::size_t i = 0; i < 4; ++i)
    result[length_at + i] = static_cast<std::uint8_t>(length >> (8 * i));
  return result;
}

wire::bytes with_broken_body() {
  auto result = good_frame();
  result.back() ^= 0xffU;
  return result;
}

wire::bytes with_major_version(std::uint8_t version) {
  auto result = good_frame();
  result[major_at] = version;
  return result;
}

wire::bytes from_other_cluster(std::uint64_t correlation) {
  auto frame = frame_from(stranger, heartbeat{1, {}}, correlation);
  frame.head.cluster = "other";
  return encoded(frame);
}

struct target {
  explicit target(net::transport_config cfg = {})
      : transport(std::move(cfg)), at(transport.start(any_port).value()) {}

  raw_socket connect() const { return raw_socket::connected_to(at); }

  std::uint64_t errors(decode_error which) const {
    return transport.stats().decode_errors[static_cast<std::size_t>(which)];
  }

  bool counts(decode_error which, std::uint64_t times = 1) const {
    return eventually([&] { return errors(which) == times; });
  }

  /// A frame over a new connection and one by datagram still get through, and nothing else does.
  void check_service() {
    auto other = connect();
    BOOST_REQUIRE(other.send(good_frame(1000)));
    BOOST_REQUIRE(got.wait_for_frames(1));
    BOOST_TEST(number_in(got.frames.front()) == 1000U);
    raw_socket::datagram().send_to(good_frame(1001), at);
    BOOST_REQUIRE(got.wait_for_frames(2));
    BOOST_TEST(number_in(got.frames.back()) == 1001U);
    BOOST_TEST(got.failures.empty());
    got.frames.clear();
  }

  net::asio_transport transport;
  authority at;
  collector got{transport};
};

std::uint64_t resident_kilobytes() {
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;)
    if (word == "VmRSS:") {
      status >> word;
      return std::stoull(word);
    }
  return 0;
}

} // namespace

BOOST_AUTO_TEST_SUITE(hostile_input)

BOOST_AUTO_TEST_CASE(garbage_on_a_stream_closes_it) {
  target node;
  auto client = node.connect();
  BOOST_REQUIRE(client.send(wire::bytes(1000, 'x')));
  BOOST_TEST(client.closed_by_peer());
  BOOST_TEST(node.counts(decode_error::wrong_magic));
  node.check_service();
}

BOOST_AUTO_TEST_CASE(a_request_of_another_protocol_closes_the_stream) {
  target node;
  auto client = node.connect();
  const std::string text = "GET / HTTP/1.1\r\n\r\n";
  BOOST_REQUIRE(client.send(wire::bytes(text.begin(), text.end())));
  BOOST_TEST(client.closed_by_peer());
  BOOST_TEST(node.counts(decode_error::wrong_magic));
  node.check_service();
}

BOOST_AUTO_TEST_CASE(an_announced_gigabyte_closes_the_stream_and_takes_no_memory) {
  target node;
  const auto before = resident_kilobytes();
  for (std::uint64_t i = 1; i <= 20; ++i) {
    auto client = node.connect();
    BOOST_REQUIRE(client.send(with_length(1U << 30U)));
    BOOST_TEST(client.closed_by_peer());
    BOOST_TEST(node.counts(decode_error::too_large, i));
  }
  BOOST_TEST(resident_kilobytes() < before + 100'000);
  node.check_service();
}

BOOST_AUTO_TEST_CASE(frames_in_front_of_garbage_are_delivered) {
  target node;
  auto client = node.connect();
  auto data = good_frame(7);
  data.insert(data.end(), {'?', '?', '?', '?'});
  BOOST_REQUIRE(client.send(data));
  BOOST_TEST(client.closed_by_peer());
  BOOST_REQUIRE(node.got.wait_for_frames(1));
  BOOST_TEST(number_in(node.got.frames[0]) == 7U);
}

// The connection goes on: one bad frame says nothing about the next.
BOOST_AUTO_TEST_CASE(a_whole_frame_with_bad_contents_is_skipped) {
  target node;
  auto client = node.connect();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    BOOST_REQUIRE(client.send(with_broken_body()));
    BOOST_REQUIRE(client.send(good_frame(i)));
    BOOST_REQUIRE(node.got.wait_for_frames(i));
    BOOST_TEST(node.counts(decode_error::wrong_checksum, i));
  }
  BOOST_TEST(node.transport.stats().connections_accepted == 1U);
  BOOST_TEST(node.transport.stats().connections_open == 1U);
}

BOOST_AUTO_TEST_CASE(a_frame_without_meaning_is_skipped) {
  target node;
  auto client = node.connect();
  auto nameless = frame_from(stranger);
  nameless.head.sender.id.clear();
  BOOST_REQUIRE(client.send(encoded(nameless)));
  BOOST_REQUIRE(client.send(good_frame(5)));
  BOOST_REQUIRE(node.got.wait_for_frames(1));
  BOOST_TEST(number_in(node.got.frames[0]) == 5U);
  BOOST_TEST(node.errors(decode_error::invalid) == 1U);
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_within_a_frame_is_counted) {
  target node;
  {
    auto client = node.connect();
    const auto data = good_frame();
    BOOST_REQUIRE(client.send(std::span{data}.first(data.size() / 2)));
  }
  BOOST_TEST(node.counts(decode_error::truncated));
  BOOST_TEST(eventually([&] { return node.transport.stats().connections_open == 0; }));
  node.check_service();
}

BOOST_AUTO_TEST_CASE(half_a_frame_and_silence_is_closed_after_the_frame_timeout) {
  net::transport_config cfg;
  cfg.frame_timeout = 200ms;
  target node{cfg};
  auto client = node.connect();
  // It has proved itself before, so it is only the half frame that it is closed for.
  BOOST_REQUIRE(client.send(good_frame()));
  BOOST_REQUIRE(node.got.wait_for_frames(1));
  node.got.frames.clear();
  const auto data = good_frame();
  const auto begin = std::chrono::steady_clock::now();
  BOOST_REQUIRE(client.send(std::span{data}.first(30)));
  BOOST_TEST(client.closed_by_peer());
  BOOST_TEST((std::chrono::steady_clock::now() - begin >= 200ms));
  BOOST_TEST(eventually([&] { return node.transport.stats().connections_timed_out == 1; }));
  BOOST_TEST(node.errors(decode_error::truncated) == 1U);
  node.check_service();
}

BOOST_AUTO_TEST_CASE(a_frame_that_trickles_in_is_closed_after_the_frame_timeout) {
  net::transport_config cfg;
  cfg.frame_timeout = 200ms;
  target node{cfg};
  auto client = node.connect();
  const auto data = encoded(large_frame_from(stranger, 100'000));
  std::size_t sent = 0;
  BOOST_TEST(eventually(
      [&] { return sent == data.size() || !client.send(std::span{data}.subspan(sent++, 1)); }));
  BOOST_TEST(sent < data.size());
  BOOST_TEST(eventually([&] { return node.transport.stats().connections_timed_out == 1; }));
  node.check_service();
}

BOOST_AUTO_TEST_CASE(a_connection_without_any_frame_is_closed_after_the_frame_timeout) {
  net::transport_config cfg;
  cfg.frame_timeout = 200ms;
  target node{cfg};
  auto client = node.connect();
  BOOST_TEST(client.closed_by_peer());
  BOOST_TEST(eventually([&] { return node.transport.stats().connections_timed_out == 1; }));
}

BOOST_AUTO_TEST_CASE(bad_datagrams_are_counted_by_cause) {
  target node;
  auto client = raw_socket::datagram();
  const auto data = good_frame();
  client.send_to(wire::bytes(100, 'x'), node.at);
  client.send_to(std::span{data}.first(data.size() - 1), node.at);
  client.send_to(with_length(1U << 30U), node.at);
  client.send_to(with_broken_body(), node.at);
  client.send_to({}, node.at);
  BOOST_TEST(node.counts(decode_error::wrong_magic, 1));
  BOOST_TEST(node.counts(decode_error::truncated, 2));
  BOOST_TEST(node.counts(decode_error::too_large, 1));
  BOOST_TEST(node.counts(decode_error::wrong_checksum, 1));
  node.check_service();
}

BOOST_AUTO_TEST_CASE(another_cluster_is_told_so_on_the_same_connection) {
  target node;
  auto client = node.connect();
  BOOST_REQUIRE(client.send(from_other_cluster(17)));
  const auto answer = client.receive_frame();
  BOOST_TEST(answer.head.correlation == 17U);
  BOOST_TEST(answer.head.cluster == "caf-gossip");
  BOOST_TEST((answer.head.sender.address == node.at));
  BOOST_TEST((std::get<wire::reject>(answer.body).reason == errc::wrong_cluster));
  BOOST_TEST(node.transport.stats().wrong_cluster == 1U);
  node.check_service();
}

BOOST_AUTO_TEST_CASE(a_flood_of_another_cluster_is_answered_a_few_times) {
  net::transport_config cfg;
  cfg.rejects_per_second_max = 3;
  target node{cfg};
  auto client = node.connect();
  for (std::uint64_t i = 1; i <= 300; ++i)
    BOOST_REQUIRE(client.send(from_other_cluster(i)));
  BOOST_TEST(eventually([&] { return node.transport.stats().wrong_cluster == 300; }));
  const auto answered = node.transport.stats().rejects_sent;
  BOOST_TEST(answered >= 3U);
  BOOST_TEST(answered <= 30U);
  node.check_service();
}

BOOST_AUTO_TEST_CASE(a_newer_protocol_is_told_so_before_the_connection_is_closed) {
  target node;
  auto client = node.connect();
  BOOST_REQUIRE(client.send(with_major_version(9)));
  const auto answer = client.receive_frame();
  BOOST_TEST((std::get<wire::reject>(answer.body).reason == errc::wrong_protocol));
  BOOST_TEST(client.closed_by_peer());
  BOOST_TEST(node.counts(decode_error::wrong_version));
  auto datagrams = raw_socket::datagram();
  datagrams.send_to(with_major_version(9), node.at);
  const auto data = datagrams.receive();
  const auto decoded = wire::decode(data, limit);
  BOOST_REQUIRE(decoded);
  BOOST_TEST((std::get<wire::reject>(decoded->body).reason == errc::wrong_protocol));
  BOOST_TEST(node.counts(decode_error::wrong_version, 2));
  node.check_service();
}

BOOST_AUTO_TEST_CASE(rejects_are_never_answered) {
  target node;
  auto client = node.connect();
  auto frame = frame_from(stranger);
  frame.head.cluster = "other";
  frame.head.correlation = 5;
  frame.body = wire::reject{errc::wrong_cluster, "no"};
  BOOST_REQUIRE(client.send(encoded(frame)));
  BOOST_TEST(eventually([&] { return node.transport.stats().wrong_cluster == 1; }));
  BOOST_TEST(node.transport.stats().rejects_sent == 0U);
  BOOST_TEST(node.transport.poll().empty());
}

BOOST_AUTO_TEST_CASE(a_full_house_makes_room_from_those_that_never_sent_a_frame) {
  net::transport_config cfg;
  cfg.connections_max = 4;
  target node{cfg};
  std::vector<raw_socket> proven;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    proven.push_back(node.connect());
    BOOST_REQUIRE(proven.back().send(good_frame(i)));
    BOOST_REQUIRE(node.got.wait_for_frames(i));
  }
  node.got.frames.clear();
  auto idler = node.connect();
  BOOST_REQUIRE(eventually([&] { return node.transport.stats().connections_open == 4; }));
  auto late = node.connect();
  BOOST_TEST(idler.closed_by_peer());
  BOOST_TEST(node.transport.stats().connections_refused == 1U);
  BOOST_REQUIRE(late.send(good_frame(9)));
  BOOST_REQUIRE(node.got.wait_for_frames(1));
  // Now everybody has proved itself, and a new one has to go.
  auto too_late = node.connect();
  BOOST_TEST(too_late.closed_by_peer());
  BOOST_TEST(node.transport.stats().connections_refused == 2U);
  for (auto& item : proven)
    BOOST_TEST(item.send(good_frame(10)));
  BOOST_REQUIRE(node.got.wait_for_frames(4));
}

BOOST_AUTO_TEST_CASE(ten_thousand_idle_connections_do_not_stop_the_service) {
  net::transport_config cfg;
  cfg.connections_max = 256;
  target node{cfg};
  auto member = node.connect();
  BOOST_REQUIRE(member.send(good_frame(1)));
  BOOST_REQUIRE(node.got.wait_for_frames(1));
  const auto before = resident_kilobytes();
  constexpr std::uint64_t count = 10'000;
  std::vector<raw_socket> clients;
  for (std::uint64_t i = 1; i <= count; ++i) {
    clients.push_back(node.connect());
    // More than the node has places for stay open; the rest was evicted long before. This only
    // bounds the descriptors of the test.
    if (clients.size() == 700) {
      BOOST_REQUIRE(eventually([&] { return node.transport.stats().connections_accepted > i; }));
      clients.erase(clients.begin(), clients.begin() + 350);
    }
    if (i % 1000 == 0) {
      BOOST_REQUIRE(eventually([&] { return node.transport.stats().connections_accepted > i; }));
      BOOST_TEST(node.transport.stats().connections_open <= 256U);
      BOOST_REQUIRE(member.send(good_frame(i)));
      BOOST_REQUIRE(node.got.wait_for_frames(1 + i / 1000));
    }
  }
  BOOST_TEST(node.transport.stats().connections_refused >= count - 256);
  BOOST_TEST(resident_kilobytes() < before + 50'000);
  node.got.frames.clear();
  node.check_service();
}

BOOST_AUTO_TEST_CASE(a_lack_of_descriptors_is_survived_without_spinning) {
  target node;
  rlimit usual{};
  ::getrlimit(RLIMIT_NOFILE, &usual);
  const auto restrict_to = [&](rlim_t count) {
    const rlimit tight{count, usual.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &tight);
  };
  raw_socket probe{SOCK_STREAM};
  // Descriptors are given out from the lowest free one, so there is none above this one.
  const int highest = ::dup(0);
  restrict_to(static_cast<rlim_t>(highest));
  BOOST_REQUIRE(probe.try_connect(node.at.port));
  const auto begin = std::clock();
  BOOST_TEST(!eventually([&] { return !node.got.poll().frames.empty(); }, 300ms));
  const auto used = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  BOOST_TEST(used < 0.2);
  restrict_to(usual.rlim_cur);
  ::close(highest);
  BOOST_REQUIRE(probe.send(good_frame(3)));
  BOOST_REQUIRE(node.got.wait_for_frames(1));
}

BOOST_AUTO_TEST_SUITE_END()
