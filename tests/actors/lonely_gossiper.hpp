/// A gossiper whose transport, membership and event stream are played by the test.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/deterministic_actors.hpp"

namespace caf_gossip::test {

struct lonely_gossiper {
  struct question {
    net::outbound what;
    caf::typed_response_promise<response_frame> answer;
  };

  struct notes {
    std::vector<std::string> calls;
    std::vector<std::uint64_t> incarnations;
    std::vector<time_point> rounds;
    std::vector<cluster_event> published;
    /// Requests that went to the transport, and frames that were sent without one.
    std::vector<question> asked;
    /// What the transport is to answer next.
    expected<wire::frame> reply;
    std::vector<net::outbound> sent;
    /// Datagrams that nobody answers.
    std::vector<net::outbound> news;
    caf::error bind_fails;
    caf::error start_fails;
    /// Requests of these kinds are never answered.
    bool bind_is_silent = false;
    bool leave_is_silent = false;
  };

  using role = std::function<caf::behavior(caf::event_based_actor*)>;

  deterministic_actors world;
  virtual_node& node = world.add("alone", {}, false);
  config cfg;
  std::shared_ptr<notes> seen = std::make_shared<notes>();
  std::shared_ptr<shared_gossiper> state;
  std::shared_ptr<shared_view> view = std::make_shared<shared_view>();
  std::shared_ptr<actor_counter> counter = std::make_shared<actor_counter>();
  std::vector<caf::actor> actors;
  gossiper_handle sut;

  explicit lonely_gossiper(config tuned = {}) : cfg(std::move(tuned)) {
    cfg.node_id = "alone";
    state = std::make_shared<shared_gossiper>(cfg, 1, [this] { return node.sys().clock().now(); });
    gossiper_context context;
    context.cfg = cfg;
    context.transport = play<transport_handle>(transport());
    context.membership = play<membership_coordinator_handle>(membership());
    context.events = play<event_stream_handle>(events());
    context.new_incarnation = [next = std::uint64_t{6}]() mutable { return ++next; };
    context.state = state;
    context.view = view;
    context.counter = counter;
    sut = node.sys().spawn<class gossiper_actor, caf::hidden>(std::move(context));
    actors.push_back(caf::actor_cast<caf::actor>(sut));
  }

  ~lonely_gossiper() {
    seen->asked.clear();
    for (const auto& who : actors)
      caf::anon_send_exit(who, caf::exit_reason::kill);
    world.settle();
  }

  lonely_gossiper(const lonely_gossiper&) = delete;
  lonely_gossiper& operator=(const lonely_gossiper&) = delete;

  template <class Handle>
  Handle play(const role& what) {
    actors.push_back(spawn_role(node.sys(), what));
    return caf::actor_cast<Handle>(actors.back());
  }

  role transport() {
    return [seen = seen](caf::event_based_actor* self) -> caf::behavior {
      return {[=](const bind_transport& what) -> caf::result<authority> {
                seen->calls.emplace_back("bind");
                if (seen->bind_is_silent)
                  return self->make_response_promise<authority>();
                if (seen->bind_fails)
                  return seen->bind_fails;
                return authority{what.where.host, 4711};
              },
              [=](request_frame& what) -> caf::result<response_frame> {
                auto promise = self->make_response_promise<response_frame>();
                seen->asked.push_back({std::move(what.what), promise});
                return promise;
              },
              [=](std::uint64_t index) {
                auto waiting = seen->asked.at(index).answer;
                if (seen->reply)
                  waiting.deliver(response_frame{*seen->reply});
                else
                  waiting.deliver(to_caf(seen->reply.error()));
              },
              [=](send_frame& what) {
                const bool is_news = what.what.message.head.correlation == 0;
                (is_news ? seen->news : seen->sent).push_back(std::move(what.what));
              },
              [=](const stop_transport&) { seen->calls.emplace_back("stop transport"); }};
    };
  }

  role membership() {
    return [seen = seen](caf::event_based_actor* self) -> caf::behavior {
      return {[=](const start_membership& what) -> caf::result<void> {
                seen->calls.emplace_back("start membership");
                seen->incarnations.push_back(what.self.incarnation);
                if (seen->start_fails)
                  return seen->start_fails;
                return {};
              },
              [=](const leave_cluster&) -> caf::result<leave_finished> {
                seen->calls.emplace_back("leave");
                if (seen->leave_is_silent)
                  return self->make_response_promise<leave_finished>();
                return leave_finished{1, 1};
              },
              [=](const shut_down_membership&) { seen->calls.emplace_back("shut down"); },
              [=](const run_round&) { seen->rounds.push_back(self->clock().now()); }};
    };
  }

  role events() {
    return [seen = seen](caf::event_based_actor*) -> caf::behavior {
      return {[=](const subscribe_events&) {
                seen->calls.emplace_back("subscribe");
                return std::uint64_t{0};
              },
              [=](const unsubscribe_events&) { seen->calls.emplace_back("unsubscribe"); },
              [=](const publish_events& what) {
                seen->published.insert(seen->published.end(), what.events.begin(),
                                       what.events.end());
              }};
    };
  }

  answer<void> start() { return node.ask<void>(sut, start_gossip{}); }
  answer<void> stop() { return node.ask<void>(sut, stop_gossip{}); }
  gossiper_state run_state() {
    return node.ask<gossiper_status>(sut, get_gossiper_status{}).value().state;
  }

  std::vector<std::string> take_calls() { return std::exchange(seen->calls, {}); }

  template <class Event>
  [[nodiscard]] std::vector<Event> told() const {
    std::vector<Event> result;
    for (const auto& event : seen->published)
      if (const auto* match = std::get_if<Event>(&event))
        result.push_back(*match);
    return result;
  }

  // -- the rest of the cluster ------------------------------------------------------------------

  /// Peer number `i`, from 1 on.
  static member_ref peer(std::uint16_t i) {
    return {"peer-" + std::to_string(i), 100, {"127.0.0.1", static_cast<std::uint16_t>(6000 + i)}};
  }

  void set_members(std::vector<member_ref> members) {
    topology_updated what;
    what.update.hash = topology_hash(members);
    what.update.members = std::move(members);
    caf::anon_send(sut, what);
    world.settle();
  }

  wire::frame frame_of(const member_ref& sender, wire::payload body,
                       std::uint64_t correlation) const {
    wire::frame result;
    result.head.cluster = cfg.cluster_name;
    result.head.sender = sender;
    result.head.correlation = correlation;
    result.body = std::move(body);
    return result;
  }

  void arrive(wire::frame what) {
    caf::anon_send(sut, inbound_batch{{std::move(what)}});
    world.settle();
  }

  /// Answers request number `i` as the member that was asked, or as another one.
  void reply(std::size_t i, const gossip_response& what) {
    const auto target = seen->asked.at(i).what.target; // the list grows meanwhile
    for (std::uint16_t n = 1; n < 100; ++n)
      if (peer(n).address == target)
        reply_as(peer(n), i, state_payload{what});
  }

  void reply_as(const member_ref& sender, std::size_t i, wire::payload body) {
    seen->reply = frame_of(sender, std::move(body), 0);
    deliver(i);
  }

  void fail_request(std::size_t i, const error& why) {
    seen->reply = tl::unexpected<error>{why};
    deliver(i);
  }

  /// Only an actor can keep a promise.
  void deliver(std::size_t i) {
    caf::anon_send(actors.front(), std::uint64_t{i});
    world.settle();
  }
};

inline byte_buffer bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

/// A request of a member with one entry of its own.
inline gossip_request request_of(const member_ref& who, const std::string& key,
                                 std::string_view value, std::uint64_t sequence = 1) {
  gossip_request result{who.id, {}};
  auto& member = result.state.members[who.id];
  member.incarnation = who.incarnation;
  member.entries[key] = {bytes(value), sequence, 0, false};
  return result;
}

} // namespace caf_gossip::test
