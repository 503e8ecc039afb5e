// What channel::new_stream tells about a peer, on all transports and with sockets that misbehave.
// Names with several addresses are in probe_addresses.cpp.

#include "caf_gossip/net/probe_stream.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>

#include "tests/support/net_worlds.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using namespace std::chrono_literals;

namespace {

net::transport_config patient() {
  net::transport_config cfg;
  cfg.request_timeout = 60s;
  cfg.probe_timeout = 60s;
  return cfg;
}

net::outbound probe(const authority& target, const authority& self, std::uint64_t correlation = 5) {
  return request_to(target, frame_from(self, ping{1, {}}, correlation), channel::new_stream);
}

template <class World>
struct prober {
  explicit prober(net::transport_config cfg = patient()) : node(world.make(std::move(cfg))) {}

  /// Sends one probe and returns how it failed.
  net::delivery_failed failure_of_probe(const authority& target) {
    BOOST_REQUIRE(node->send(probe(target, at)));
    const auto known = got.failures.size();
    BOOST_REQUIRE(world.until([&] { return got.poll().failures.size() > known; }));
    return got.failures.back();
  }

  World world;
  std::unique_ptr<net::transport> node;
  authority at = node->start(any_port).value();
  collector got{*node};
};

} // namespace

BOOST_AUTO_TEST_SUITE(probe_stream)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_live_peer_answers, World, worlds) {
  prober<World> self;
  const auto peer = self.world.make();
  const auto at_peer = peer->start(any_port).value();
  BOOST_REQUIRE(self.node->send(probe(at_peer, self.at)));
  collector got{*peer};
  BOOST_REQUIRE(got.wait_for_frames(1));
  BOOST_REQUIRE(peer->send(to(self.at, frame_from(at_peer, ping_ack{7, {}}, 5))));
  BOOST_REQUIRE(self.got.wait_for_frames(1));
  BOOST_TEST((self.got.frames[0] == frame_from(at_peer, ping_ack{7, {}}, 5)));
  BOOST_TEST(eventually([&] { return self.node->stats().connections_open == 0; }));
  BOOST_TEST(self.got.poll().failures.empty());
}

// With these limits the test would not end if it were not said at once.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_host_without_listener_refuses_at_once, World, worlds) {
  prober<World> self;
  const auto target = self.world.unbound();
  const auto failure = self.failure_of_probe(target);
  BOOST_TEST((failure.reason.code == errc::connection_refused));
  BOOST_TEST((failure.target == target));
  BOOST_TEST(failure.correlation == 5U);
  BOOST_TEST(failure.reason.text.find(to_string(target)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_listener_without_answer_is_a_timeout, World, worlds) {
  auto cfg = patient();
  cfg.request_timeout = 200ms;
  cfg.probe_timeout = 100ms;
  prober<World> self{cfg};
  const auto begin = self.world.now();
  BOOST_TEST((self.failure_of_probe(self.world.silent()).reason.code == errc::timeout));
  BOOST_TEST((self.world.now() - begin >= 200ms));
  BOOST_TEST(eventually([&] { return self.node->stats().connections_open == 0; }));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_silent_host_is_unreachable_after_the_probe_timeout, World, worlds) {
  auto cfg = patient();
  cfg.probe_timeout = 100ms;
  prober<World> self{cfg};
  const auto begin = self.world.now();
  const auto failure = self.failure_of_probe(self.world.unreachable(self.at));
  BOOST_TEST((failure.reason.code == errc::unreachable));
  BOOST_TEST(failure.correlation == 5U);
  BOOST_TEST((self.world.now() - begin >= 100ms));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_expired_request_ends_the_attempt_to_connect, World, worlds) {
  auto cfg = patient();
  cfg.request_timeout = 100ms;
  cfg.probes_max = 1;
  prober<World> self{cfg};
  const auto target = self.world.unreachable(self.at);
  BOOST_TEST((self.failure_of_probe(target).reason.code == errc::timeout));
  BOOST_TEST((self.failure_of_probe(target).reason.code == errc::timeout), "the place was free");
  BOOST_TEST(self.node->flush(10s));
  BOOST_TEST(self.node->stats().deliveries_failed == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(ordinary_streams_fail_as_ever, World, worlds) {
  prober<World> self;
  const auto target = self.world.unbound();
  BOOST_REQUIRE(self.node->send(request_to(target, frame_from(self.at, ping{1, {}}, 5))));
  BOOST_REQUIRE(self.got.wait_for_failures(1));
  BOOST_TEST((self.got.failures[0].reason.code == errc::send_failed));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(at_most_64_are_under_way, World, worlds) {
  prober<World> self;
  const auto target = self.world.silent();
  for (std::uint64_t i = 1; i <= 64; ++i)
    BOOST_REQUIRE(self.node->send(probe(target, self.at, i)));
  const auto refused = self.node->send(probe(target, self.at, 65));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == errc::limit_reached));
  BOOST_TEST(refused.error().text.find("64") != std::string::npos);
  BOOST_TEST(self.node->stats().probes_refused == 1U);
  BOOST_TEST(self.node->stats().sends_refused == 1U);
  BOOST_TEST(self.node->send(to(target, frame_from(self.at))).has_value());
  self.node->stop();
  BOOST_TEST(self.node->poll().empty());
  BOOST_TEST(self.node->stats().discarded_at_stop >= 64U);
  BOOST_TEST(self.node->stats().connections_open == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_outcome_makes_room_for_the_next, World, worlds) {
  auto cfg = patient();
  cfg.request_timeout = 200ms;
  cfg.probe_timeout = 100ms;
  cfg.probes_max = 1;
  prober<World> self{cfg};
  const auto unbound = self.world.unbound();
  const auto silent = self.world.silent();
  const auto unreachable = self.world.unreachable(self.at);
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST((self.failure_of_probe(unbound).reason.code == errc::connection_refused));
    BOOST_TEST((self.failure_of_probe(silent).reason.code == errc::timeout));
    BOOST_TEST((self.failure_of_probe(unreachable).reason.code == errc::unreachable));
  }
  const auto peer = self.world.make();
  const auto at_peer = peer->start(any_port).value();
  for (std::size_t i = 1; i <= 3; ++i) {
    BOOST_REQUIRE(self.node->send(probe(at_peer, self.at, i)));
    collector got{*peer};
    BOOST_REQUIRE(got.wait_for_frames(1));
    BOOST_REQUIRE(peer->send(to(self.at, frame_from(at_peer, ping_ack{7, {}}, i))));
    BOOST_REQUIRE(self.got.wait_for_frames(i));
  }
  BOOST_TEST(self.node->stats().probes_refused == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_stop_ends_probes_of_every_kind_and_frees_their_places, World,
                              worlds) {
  auto cfg = patient();
  cfg.probes_max = 3;
  prober<World> self{cfg};
  const auto silent = self.world.silent();
  const auto unreachable = self.world.unreachable(self.at);
  for (std::uint64_t i = 1; i <= 2; ++i) {
    BOOST_REQUIRE(self.node->send(probe(silent, self.at)));
    BOOST_REQUIRE(self.node->send(probe(unreachable, self.at)));
    BOOST_REQUIRE(self.node->send(to(unreachable, frame_from(self.at), channel::new_stream)));
    BOOST_REQUIRE(eventually([&] { return self.node->stats().frames_sent == i; }));
    const auto begin = std::chrono::steady_clock::now();
    self.node->stop();
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 1s));
    BOOST_TEST(self.node->stats().discarded_at_stop == 3 * i);
    BOOST_TEST(self.node->poll().empty());
    // Under the same address, so that the network in memory still cuts it off.
    BOOST_REQUIRE(self.node->start(self.at));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_frame_that_wants_no_answer_is_only_carried, World, worlds) {
  auto cfg = patient();
  cfg.probes_max = 1;
  prober<World> self{cfg};
  const auto peer = self.world.make();
  const auto at_peer = peer->start(any_port).value();
  collector got{*peer};
  for (std::size_t i = 1; i <= 3; ++i) {
    BOOST_REQUIRE(eventually([&] {
      return self.node->send(to(at_peer, frame_from(self.at), channel::new_stream)).has_value();
    }));
    BOOST_REQUIRE(got.wait_for_frames(i));
  }
  BOOST_TEST(eventually([&] { return self.node->stats().connections_open == 0; }));
  BOOST_TEST(self.got.poll().failures.empty());
}

// -- with sockets ---------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(uses_a_stream_of_its_own_and_closes_it_after_the_answer) {
  prober<asio_world> self;
  auto peer = raw_socket::listening();
  const auto at_peer = peer.bound();
  BOOST_REQUIRE(self.node->send(to(at_peer, frame_from(self.at, heartbeat{1, {}}))));
  auto usual = peer.accept();
  BOOST_TEST(number_in(usual.receive_frame()) == 1U);
  BOOST_REQUIRE(self.node->send(probe(at_peer, self.at)));
  auto own = peer.accept();
  BOOST_TEST((own.receive_frame() == frame_from(self.at, ping{1, {}}, 5)));
  const auto answer = wire::encode(frame_from(at_peer, ping_ack{2, {}}, 5), 1U << 20U).value();
  BOOST_REQUIRE(own.send(answer));
  BOOST_TEST(own.closed_by_peer());
  BOOST_TEST(self.got.wait_for_frames(1));
  BOOST_REQUIRE(self.node->send(to(at_peer, frame_from(self.at, heartbeat{3, {}}))));
  BOOST_TEST(number_in(usual.receive_frame()) == 3U);
  BOOST_TEST(self.node->stats().connections_opened == 2U);
  BOOST_TEST(self.got.poll().failures.empty());
}

BOOST_AUTO_TEST_CASE(an_answer_that_comes_another_way_ends_it_too) {
  prober<asio_world> self;
  auto peer = raw_socket::listening();
  BOOST_REQUIRE(self.node->send(probe(peer.bound(), self.at)));
  auto own = peer.accept();
  own.receive_frame();
  const auto answer = wire::encode(frame_from(peer.bound(), ping_ack{2, {}}, 5), 1U << 20U).value();
  raw_socket::datagram().send_to(answer, self.at);
  BOOST_TEST(self.got.wait_for_frames(1));
  BOOST_TEST(own.closed_by_peer());
  BOOST_TEST(self.got.poll().failures.empty());
}

BOOST_AUTO_TEST_CASE(a_stream_that_breaks_before_the_answer_is_no_refusal) {
  prober<asio_world> self;
  auto peer = raw_socket::listening();
  BOOST_REQUIRE(self.node->send(probe(peer.bound(), self.at)));
  peer.accept().receive_frame();
  BOOST_REQUIRE(self.got.wait_for_failures(1));
  BOOST_TEST((self.got.failures[0].reason.code == errc::send_failed));
}

BOOST_AUTO_TEST_CASE(a_refused_probe_starts_no_back_off_and_heeds_none) {
  auto cfg = patient();
  cfg.backoff_min = cfg.backoff_max = 60s;
  prober<asio_world> self{cfg};
  const auto where = self.world.unbound();
  BOOST_TEST((self.failure_of_probe(where).reason.code == errc::connection_refused));
  // An ordinary attempt is made all the same: it fails of itself, and starts a back-off.
  BOOST_REQUIRE(self.node->send(to(where, frame_from(self.at))));
  BOOST_REQUIRE(self.got.wait_for_failures(2));
  BOOST_TEST(self.got.failures[1].reason.text.find("backing off") == std::string::npos);
  net::asio_transport peer;
  BOOST_REQUIRE(peer.start(where));
  BOOST_REQUIRE(self.node->send(probe(where, self.at)));
  collector got{peer};
  BOOST_TEST(got.wait_for_frames(1));
}

BOOST_AUTO_TEST_CASE(waits_for_no_other_frame_and_fails_none) {
  auto cfg = patient();
  cfg.probe_timeout = 100ms;
  cfg.connect_timeout = 60s;
  cfg.outbound_frames_per_peer_max = 1;
  prober<asio_world> self{cfg};
  const auto target = self.world.unreachable(self.at);
  BOOST_REQUIRE(self.node->send(to(target, frame_from(self.at))));
  BOOST_TEST(!self.node->send(to(target, frame_from(self.at))).has_value());
  BOOST_TEST((self.failure_of_probe(target).reason.code == errc::unreachable));
  BOOST_TEST(self.got.failures.size() == 1U);
  BOOST_TEST(!self.node->flush(0ms), "the other frame still waits");
}

// Whatever the name server does: it does not know the name, or does not answer in time.
BOOST_AUTO_TEST_CASE(a_name_that_nobody_knows_is_unreachable) {
  auto cfg = patient();
  cfg.probe_timeout = 500ms;
  prober<asio_world> self{cfg};
  BOOST_TEST(
      (self.failure_of_probe({"no-such-host.invalid", 4711}).reason.code == errc::unreachable));
}

BOOST_AUTO_TEST_SUITE_END()
