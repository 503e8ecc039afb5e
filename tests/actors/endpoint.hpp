/// A transport actor on a memory network, with what it passes on.
#pragma once

#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "actors/transport_actor.hpp"
#include "tests/support/deterministic_actors.hpp"
#include "tests/support/net_frames.hpp"

namespace caf_gossip::test {

/// A transport actor with an actor that gets what it passes on.
struct endpoint {
  endpoint(deterministic_actors& shared, virtual_node& host,
           const std::shared_ptr<shared_gossiper>& core = nullptr)
      : world(shared), node(host), network(make_network(shared)) {
    sut = node.sys().spawn<class transport_actor, caf::hidden>(network, core);
    auto role = [got = got](caf::event_based_actor*) -> caf::behavior {
      return {[got](inbound_batch& what) {
        std::move(what.items.begin(), what.items.end(), std::back_inserter(*got));
      }};
    };
    sink = spawn_role(node.sys(), role);
    caf::anon_send(sut, route_frames{caf::actor_cast<frame_sink>(sink), {}});
  }

  ~endpoint() {
    caf::anon_send_exit(sut, caf::exit_reason::kill);
    caf::anon_send_exit(sink, caf::exit_reason::kill);
    world.settle();
  }

  static std::shared_ptr<recording_transport> make_network(deterministic_actors& shared) {
    net::transport_config limits;
    limits.request_timeout = 500ms;
    limits.requests_max = 10000;
    return std::make_shared<recording_transport>(shared.network, limits);
  }

  answer<authority> bind(authority to = any_port) {
    auto result = node.ask<authority>(sut, bind_transport{std::move(to)});
    if (result.code() == errc::none)
      where = result.value();
    return result;
  }

  answer<void> send(net::outbound what) { return node.ask<void>(sut, send_frame{std::move(what)}); }

  answer<response_frame> request(const authority& target) {
    auto frame = frame_from(where, roster_request{});
    return node.ask<response_frame>(sut, request_frame{to(target, std::move(frame))});
  }

  answer<void> stop() { return node.ask<void>(sut, stop_transport{}); }

  /// Numbers of the heartbeats that came.
  [[nodiscard]] std::vector<std::uint64_t> numbers() const {
    std::vector<std::uint64_t> result;
    for (const auto& item : *got)
      if (const auto* frame = std::get_if<wire::frame>(&item))
        result.push_back(number_in(*frame));
    return result;
  }

  [[nodiscard]] std::vector<net::delivery_failed> failures() const {
    std::vector<net::delivery_failed> result;
    for (const auto& item : *got)
      if (const auto* failed = std::get_if<net::delivery_failed>(&item))
        result.push_back(*failed);
    return result;
  }

  deterministic_actors& world;
  virtual_node& node;
  std::shared_ptr<recording_transport> network;
  std::shared_ptr<std::vector<net::inbound>> got = std::make_shared<std::vector<net::inbound>>();
  transport_handle sut;
  caf::actor sink;
  authority where;
};

} // namespace caf_gossip::test
