// Membership before key/value state, in every queue between the cores and the sockets.

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "caf_gossip/net/admission.hpp"
#include "caf_gossip/net/asio_transport.hpp"
#include "caf_gossip/net/inbound_queue.hpp"
#include "caf_gossip/net/memory_transport.hpp"
#include "caf_gossip/net/outbox.hpp"
#include "tests/support/net_eventually.hpp"
#include "tests/support/net_frames.hpp"
#include "tests/support/net_raw_socket.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;

namespace {

const authority alice{"alice", 1};

net::queued_frame queued(net::plane from, std::uint64_t number, bool expects_reply = false) {
  return {alice, {1, 2, 3}, number, channel::stream, expects_reply, from};
}

net::queued_frame of_bytes(net::plane from, std::size_t bytes, const authority& target = alice) {
  return {target, wire::bytes(bytes), 0, channel::stream, false, from};
}

/// An outbox whose frames are taken by hand. Its counters are a base, as they must be there first.
class open_outbox : private net::counters, public net::outbox {
public:
  explicit open_outbox(const net::transport_config& cfg)
      : net::outbox(cfg, static_cast<net::counters&>(*this)) {
    open([] {});
  }
};

/// A reason of limit_reached, and its text.
void check_refused(const expected<void>& sent, const std::string& text) {
  BOOST_REQUIRE(!sent);
  BOOST_TEST((sent.error().code == errc::limit_reached));
  BOOST_TEST(sent.error().text == text);
}

wire::frame heartbeat_of(std::uint64_t number) {
  return frame_from(alice, heartbeat{number, {}});
}

wire::frame state_of(std::size_t bytes = 10) {
  return large_frame_from(alice, bytes);
}

/// The numbers of heartbeats, and 0 for state.
std::vector<std::uint64_t> numbers_in(const std::vector<net::inbound>& items) {
  std::vector<std::uint64_t> result;
  for (const auto& item : items)
    result.push_back(number_in(std::get<wire::frame>(item)));
  return result;
}

/// Fills the places that the state may have of those of one peer.
template <class Transport>
std::size_t fill_with_state(Transport& sut, const authority& target, std::size_t bytes) {
  for (std::size_t accepted = 0;; ++accepted)
    if (const auto sent = sut.send(to(target, state_of(bytes))); !sent) {
      BOOST_TEST((sent.error().code == errc::limit_reached));
      return accepted;
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(plane_order)

BOOST_AUTO_TEST_CASE(each_plane_keeps_its_own_order) {
  net::plane_queue<int> sut;
  for (const int item : {1, 2, 3, 4}) {
    sut.push(item, net::plane::state);
    sut.push(-item, net::plane::membership);
  }
  BOOST_TEST((sut.take() == std::deque<int>{-1, -2, -3, -4, 1, 2, 3, 4}));
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(what_was_begun_is_not_overtaken) {
  net::plane_queue<int> sut;
  for (const int item : {1, 2, 3})
    sut.push(item, net::plane::state);
  sut.pop();
  sut.pin();
  sut.pin();
  sut.push(-1, net::plane::membership);
  sut.push(-2, net::plane::membership);
  BOOST_TEST((std::vector<int>{sut.begin(), sut.end()} == std::vector<int>{2, -1, -2, 3}));
  sut.pop();
  sut.pop();
  sut.push(-3, net::plane::membership);
  BOOST_TEST((sut.take() == std::deque<int>{-2, -3, 3}));
}

BOOST_AUTO_TEST_CASE(an_outbox_full_of_state_has_room_for_the_membership) {
  net::transport_config cfg;
  cfg.outbound_frames_per_peer_max = 16;
  cfg.requests_max = 16;
  open_outbox box{cfg};
  for (std::uint64_t i = 1; i <= 14; ++i)
    BOOST_TEST(box.push(queued(net::plane::state, i, true)).has_value());
  const auto no_request = box.push(queued(net::plane::state, 15, true));
  BOOST_REQUIRE(!no_request);
  BOOST_TEST((no_request.error().code == errc::limit_reached));
  const auto no_place = box.push(queued(net::plane::state, 15));
  BOOST_REQUIRE(!no_place);
  BOOST_TEST((no_place.error().code == errc::limit_reached));
  BOOST_TEST(no_place.error().text
             == "cannot send to alice:1: 14 frames wait for this peer already; the others of 16 "
                "are kept for the membership");
  BOOST_TEST(box.push(queued(net::plane::membership, 101, true)).has_value());
  BOOST_TEST(box.push(queued(net::plane::membership, 102, true)).has_value());
  BOOST_TEST(!box.push(queued(net::plane::membership, 103)).has_value(), "16 are the bound of all");
  const auto taken = box.take();
  BOOST_REQUIRE(taken.size() == 16U);
  BOOST_TEST(taken[0].correlation == 101U);
  BOOST_TEST(taken[1].correlation == 102U);
  BOOST_TEST(taken[2].correlation == 1U);
  BOOST_TEST(taken[15].correlation == 14U);
}

BOOST_AUTO_TEST_CASE(state_that_nobody_polls_leaves_room_for_the_membership) {
  net::inbound_queue sut{16, 1000};
  std::vector<net::arrival> batch;
  for (std::uint64_t i = 1; i <= 20; ++i)
    batch.push_back({state_of(), 10});
  BOOST_TEST(sut.push(batch) == 6U);
  for (std::uint64_t i = 1; i <= 3; ++i)
    batch.push_back({heartbeat_of(i), 10});
  BOOST_TEST(sut.push(batch) == 1U, "16 are the bound of all");
  auto expected_numbers = std::vector<std::uint64_t>(14);
  expected_numbers.insert(expected_numbers.end(), {1, 2});
  auto got = sut.take();
  BOOST_REQUIRE(got.size() == 17U);
  BOOST_TEST(std::get<net::frames_dropped>(got.back()).count == 7U);
  got.pop_back();
  BOOST_TEST(numbers_in(got) == expected_numbers, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bytes_to_one_peer_and_to_all_are_bounded) {
  net::transport_config cfg;
  cfg.outbound_bytes_per_peer_max = 800;
  cfg.outbound_bytes_max = 1600;
  open_outbox box{cfg};
  const authority bob{"bob", 2};
  const authority carol{"carol", 3};
  BOOST_TEST(box.push(of_bytes(net::plane::state, 700)).has_value());
  check_refused(box.push(of_bytes(net::plane::state, 1)),
                "cannot send to alice:1: 700 bytes are what may wait for this peer; the others of "
                "800 are kept for the membership");
  BOOST_TEST(box.push(of_bytes(net::plane::membership, 100)).has_value());
  check_refused(box.push(of_bytes(net::plane::membership, 1)),
                "cannot send to alice:1: 800 bytes are what may wait for this peer");
  BOOST_TEST(box.push(of_bytes(net::plane::state, 600, bob)).has_value());
  check_refused(box.push(of_bytes(net::plane::state, 1, carol)),
                "cannot send to carol:3: 1400 bytes are what may wait for all peers; the others of "
                "1600 are kept for the membership");
  BOOST_TEST(box.push(of_bytes(net::plane::membership, 200, carol)).has_value());
  check_refused(box.push(of_bytes(net::plane::membership, 1, bob)),
                "cannot send to bob:2: 1600 bytes are what may wait for all peers");
  box.release(of_bytes(net::plane::state, 700));
  BOOST_TEST(box.push(of_bytes(net::plane::state, 500)).has_value(), "what is written has left");
}

BOOST_AUTO_TEST_CASE(a_lone_frame_is_taken_whatever_its_size) {
  net::transport_config cfg;
  cfg.outbound_bytes_per_peer_max = cfg.outbound_bytes_max = 10;
  open_outbox box{cfg};
  BOOST_TEST(box.push(of_bytes(net::plane::state, 100)).has_value());
  BOOST_TEST(!box.push(of_bytes(net::plane::membership, 1)).has_value());
  box.release(of_bytes(net::plane::state, 100));
  BOOST_TEST(box.push(of_bytes(net::plane::membership, 100)).has_value());
}

BOOST_AUTO_TEST_CASE(bytes_that_nobody_polls_are_bounded) {
  net::inbound_queue sut{100, 800};
  std::vector<net::arrival> batch;
  for (int i = 0; i < 3; ++i)
    batch.push_back({state_of(), 350});
  BOOST_TEST(sut.push(batch) == 1U);
  for (std::uint64_t i = 1; i <= 3; ++i)
    batch.push_back({heartbeat_of(i), 50});
  BOOST_TEST(sut.push(batch) == 1U, "800 are the bound of all");
  BOOST_TEST(sut.take().size() == 5U);
  batch.push_back({state_of(), 5000});
  BOOST_TEST(sut.push(batch) == 0U, "a lone frame is taken");
}

BOOST_AUTO_TEST_CASE(failures_that_nobody_polls_stop_the_state_first) {
  net::transport_config cfg;
  cfg.inbound_frames_max = 16;
  const auto accepts = [&](const wire::frame& what, std::size_t unpolled) {
    return net::admit(to(alice, what), cfg, unpolled).has_value();
  };
  BOOST_TEST(accepts(state_of(), 13));
  BOOST_TEST(!accepts(state_of(), 14));
  BOOST_TEST(accepts(heartbeat_of(1), 15));
  BOOST_TEST(!accepts(heartbeat_of(1), 16));
}

BOOST_AUTO_TEST_CASE(the_membership_overtakes_state_that_waits_for_a_peer) {
  net::transport_config cfg;
  cfg.outbound_frames_per_peer_max = 32;
  cfg.outbound_bytes_per_peer_max = more_than_the_kernel_takes;
  net::asio_transport sut{cfg};
  BOOST_REQUIRE(sut.start(any_port));
  auto listener = raw_socket::listening();
  // Far more than what the kernel takes for a peer that does not read.
  auto left = fill_with_state(sut, listener.bound(), 900'000);
  for (std::uint64_t i = 1; i <= 4; ++i)
    BOOST_REQUIRE(sut.send(to(listener.bound(), heartbeat_of(i))));
  auto peer = listener.accept();
  for (std::uint64_t next = 1; next <= 4;) {
    const auto number = number_in(peer.receive_frame());
    BOOST_REQUIRE((number == 0 || number == next));
    number == 0 ? --left : ++next;
  }
  BOOST_TEST(left > 5U);
  // What was overtaken is whole.
  for (; left > 0; --left)
    BOOST_REQUIRE(number_in(peer.receive_frame()) == 0U);
  BOOST_TEST(sut.flush(std::chrono::seconds{10}));
  BOOST_TEST(sut.poll().empty());
}

BOOST_AUTO_TEST_CASE(the_network_in_memory_does_the_same) {
  net::memory_network network;
  net::transport_config cfg;
  cfg.outbound_frames_per_peer_max = 16;
  net::memory_transport sut{network, cfg};
  net::memory_transport peer{network};
  BOOST_REQUIRE(sut.start(any_port));
  const auto target = peer.start(any_port).value();
  network.stall(target);
  BOOST_TEST(fill_with_state(sut, target, 10) == 14U);
  for (std::uint64_t i = 1; i <= 2; ++i)
    BOOST_TEST(sut.send(to(target, heartbeat_of(i))).has_value());
  BOOST_TEST(!sut.send(to(target, heartbeat_of(3))).has_value());
  network.resume(target);
  auto expected_numbers = std::vector<std::uint64_t>{1, 2};
  expected_numbers.resize(16);
  BOOST_TEST(numbers_in(peer.poll()) == expected_numbers, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
