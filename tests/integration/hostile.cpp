/// A node whose ports are flooded with what is no gossip.
#include <algorithm>
#include <fstream>
#include <random>

#include "caf_gossip/base/authority.hpp"
#include "tests/integration/nodes.hpp"
#include "tests/support/net_raw_socket.hpp"

using namespace caf_gossip::test;
using caf_gossip::authority;

namespace {

using bytes = std::vector<std::uint8_t>;

bytes garbage(std::size_t size) {
  static std::mt19937 engine{4711};
  bytes result(size);
  std::generate(result.begin(), result.end(), [] { return static_cast<std::uint8_t>(engine()); });
  return result;
}

/// The start of a frame: magic, version and flags of this protocol, then the length.
bytes frame_start(std::uint32_t length) {
  return {0xca,
          0xf0,
          'g',
          's',
          caf_gossip::wire::protocol_major,
          0,
          0,
          0,
          static_cast<std::uint8_t>(length),
          static_cast<std::uint8_t>(length >> 8U),
          static_cast<std::uint8_t>(length >> 16U),
          static_cast<std::uint8_t>(length >> 24U)};
}

/// Resident memory of a process in MiB.
long long resident_mib(int pid) {
  std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
  for (std::string text; std::getline(status, text);)
    if (text.starts_with("VmRSS:"))
      return std::stoll(text.substr(6)) / 1024;
  throw std::runtime_error{"no VmRSS"};
}

struct target {
  node victim{"n01", {}};
  authority where = caf_gossip::parse_authority(victim.address()).value();
  long long resident_before = resident_mib(victim.process().pid());

  /// Others still come in and go, memory stays within bounds, and the node ends in order.
  void expect_health() {
    node second{"n02", {victim.address()}};
    second.expect_members({"n01", "n02"});
    victim.expect_members({"n01", "n02"});
    second.quit();
    const auto grown = resident_mib(victim.process().pid()) - resident_before;
    BOOST_TEST_MESSAGE("resident memory grew by " << grown << " MiB");
    BOOST_TEST(grown < 128);
    BOOST_TEST(victim.said(is("dead")).empty());
    victim.quit();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(hostile)

BOOST_AUTO_TEST_CASE(a_node_survives_garbage_in_datagrams) {
  target node;
  auto socket = raw_socket::datagram();
  for (auto i = 0; i < 20'000; ++i)
    socket.send_to(garbage(static_cast<std::size_t>(i) % 1400), node.where);
  for (auto i = 0; i < 5'000; ++i)
    socket.send_to(frame_start(static_cast<std::uint32_t>(i)), node.where);
  node.expect_health();
}

BOOST_AUTO_TEST_CASE(a_node_survives_garbage_in_streams) {
  target node;
  for (auto i = 0; i < 300; ++i) {
    auto socket = raw_socket::connected_to(node.where);
    // A node that closes at the first wrong byte is right to do so.
    (void)socket.send(garbage(64 * 1024));
  }
  node.expect_health();
}

BOOST_AUTO_TEST_CASE(a_node_survives_streams_that_stop_in_the_middle_of_a_frame) {
  target node;
  std::vector<raw_socket> open;
  for (auto i = 0; i < 200; ++i) {
    open.push_back(raw_socket::connected_to(node.where));
    const auto start = frame_start(1000);
    (void)open.back().send(bytes(start.begin(), start.begin() + 1 + i % 11));
  }
  node.expect_health();
}

BOOST_AUTO_TEST_CASE(a_node_survives_frames_that_claim_a_gibibyte) {
  target node;
  std::vector<raw_socket> open;
  for (auto i = 0; i < 100; ++i) {
    open.push_back(raw_socket::connected_to(node.where));
    (void)open.back().send(frame_start(1U << 30U));
    (void)open.back().send(bytes(256 * 1024));
  }
  node.expect_health();
}

BOOST_AUTO_TEST_CASE(a_node_survives_a_thousand_idle_connections) {
  target node;
  std::vector<raw_socket> open;
  for (auto i = 0; i < 1000; ++i)
    open.push_back(raw_socket::connected_to(node.where));
  node.expect_health();
}

BOOST_AUTO_TEST_SUITE_END()
