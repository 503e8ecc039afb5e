/// One started node whose peers are played by the test, frame by frame.
#pragma once

#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/support/deterministic_actors.hpp"

namespace caf_gossip::test {

inline const member_ref peer{"peer", 100, {"127.0.0.1", 6000}};
inline const member_ref other{"other", 100, {"127.0.0.1", 6001}};

inline record record_of(const member_ref& who, member_status status) {
  return {who.id, who.address, who.incarnation, 1, status, {}};
}

/// Nobody is suspected unless a test wants it.
inline const settings patient{{"detector", caf::config_value{"fixed-timeout"}},
                              {"detector-timeout", caf::config_value{caf::timespan{1h}}}};

inline settings patient_and(settings more) {
  more.insert(more.end(), patient.begin(), patient.end());
  return more;
}

/// One started node whose peers are played by the test.
struct started_node {
  deterministic_actors world;
  virtual_node& node = world.add("self", patient);
  recorder all = node.subscribed();
  time_point begun = world.now();

  started_node() { (void)node.start(); }

  template <class Message>
  answer<void> tell(Message what) {
    return node.ask<void>(node.facade().membership(), std::move(what));
  }

  void arrive(const member_ref& sender, membership_payload what) {
    wire::frame frame;
    frame.head.cluster = "caf-gossip";
    frame.head.sender = sender;
    frame.head.receiver_incarnation = node.facade().self().incarnation;
    frame.body = std::move(what);
    caf::anon_send(node.facade().membership(), inbound_batch{{std::move(frame)}});
    world.settle();
  }

  /// A peer that is up; nobody listens at its authority.
  void add(const member_ref& who) {
    world.network.filter_frames(
        [](const auto&, const auto&, const auto&) { return net::memory_network::fate::drop; });
    BOOST_REQUIRE(tell(join_member{record_of(who, member_status::joining)}).code() == errc::none);
    arrive(who, heartbeat{1});
    world.advance(200ms);
  }

  /// The time of day that the node should have seen now.
  unix_time wall() const {
    return all.told<startup>().front().stamp.observed_at
           + std::chrono::duration_cast<milliseconds>(world.now() - begun);
  }

  const member_view* find(const membership_snapshot& in, const node_id& id) const {
    for (const auto& view : in.members)
      if (view.rec.id == id)
        return &view;
    return nullptr;
  }
};

} // namespace caf_gossip::test
