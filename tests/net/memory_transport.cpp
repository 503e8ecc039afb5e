// What the network in memory has on top of the contract.

#include "caf_gossip/net/memory_transport.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

#include "tests/support/net_eventually.hpp"
#include "tests/support/net_frames.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using namespace std::chrono_literals;

namespace {

struct two_nodes {
  explicit two_nodes(bool through_codec = true) : network(through_codec) {}

  void send(std::uint64_t number) {
    BOOST_REQUIRE(a.send(to(at_b, frame_from(at_a, heartbeat{number, {}}))));
  }

  net::memory_network network;
  net::memory_transport a{network};
  net::memory_transport b{network};
  authority at_a = a.start(any_port).value();
  authority at_b = b.start(any_port).value();
  collector got{b};
};

} // namespace

BOOST_AUTO_TEST_SUITE(memory_transport)

BOOST_AUTO_TEST_CASE(a_filter_loses_and_doubles_frames) {
  two_nodes nodes;
  using fate = net::memory_network::fate;
  nodes.network.filter_frames([&](const auto& from, const auto& to, const auto& what) {
    BOOST_TEST((from == nodes.at_a));
    BOOST_TEST((to == nodes.at_b));
    return number_in(what) == 1   ? fate::drop
           : number_in(what) == 2 ? fate::duplicate
                                  : fate::deliver;
  });
  for (std::uint64_t i = 1; i <= 3; ++i)
    nodes.send(i);
  BOOST_REQUIRE(nodes.got.poll().frames.size() == 3U);
  BOOST_TEST(number_in(nodes.got.frames[0]) == 2U);
  BOOST_TEST(number_in(nodes.got.frames[1]) == 2U);
  BOOST_TEST(number_in(nodes.got.frames[2]) == 3U);
}

BOOST_AUTO_TEST_CASE(a_cut_loses_frames_in_one_direction) {
  two_nodes nodes;
  nodes.network.cut(nodes.at_a, nodes.at_b);
  nodes.send(1);
  BOOST_TEST(nodes.got.poll().frames.empty());
  BOOST_REQUIRE(nodes.b.send(to(nodes.at_a, frame_from(nodes.at_b))));
  BOOST_TEST(nodes.a.poll().size() == 1U);
  nodes.network.mend(nodes.at_a, nodes.at_b);
  nodes.send(2);
  BOOST_TEST(nodes.got.poll().frames.size() == 1U);
}

BOOST_AUTO_TEST_CASE(held_frames_arrive_in_order_when_the_peer_reads_again) {
  two_nodes nodes;
  nodes.network.stall(nodes.at_b);
  for (std::uint64_t i = 1; i <= 3; ++i)
    nodes.send(i);
  BOOST_TEST(nodes.got.poll().frames.empty());
  BOOST_TEST(!nodes.a.flush(1ms));
  nodes.network.resume(nodes.at_b);
  BOOST_TEST(nodes.a.flush(1ms));
  BOOST_REQUIRE(nodes.got.poll().frames.size() == 3U);
  BOOST_TEST(number_in(nodes.got.frames[2]) == 3U);
}

BOOST_AUTO_TEST_CASE(a_stop_takes_held_frames_and_requests_with_it) {
  two_nodes nodes;
  nodes.network.stall(nodes.at_b);
  nodes.send(1);
  BOOST_REQUIRE(nodes.a.send(request_to(nodes.at_b, frame_from(nodes.at_a, heartbeat{2, {}}, 1))));
  nodes.a.stop();
  nodes.network.resume(nodes.at_b);
  BOOST_TEST(nodes.got.poll().frames.empty());
  BOOST_TEST(nodes.a.stats().discarded_at_stop == 2U);
  nodes.at_a = nodes.a.start(any_port).value();
  nodes.network.advance(time_point{} + 1h);
  BOOST_TEST(nodes.a.poll().empty());
  nodes.send(3);
  BOOST_TEST(nodes.got.poll().frames.size() == 1U);
}

BOOST_AUTO_TEST_CASE(works_without_the_codec) {
  two_nodes nodes{false};
  nodes.send(1);
  BOOST_TEST(nodes.got.poll().frames.size() == 1U);
  BOOST_TEST(nodes.b.stats().bytes_received == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
