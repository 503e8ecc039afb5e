/// One gossiper core with its surroundings in the hands of the test, and several that talk to each
/// other in virtual time.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "caf_gossip/state/gossiper.hpp"

namespace caf_gossip::test {

using gossiper_core = caf_gossip::gossiper;

inline byte_buffer bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

template <class Result>
errc code_of(const Result& result) {
  return result ? errc::none : result.error().code;
}

inline member_ref node(const node_id& id, std::uint64_t incarnation = 1) {
  return {id, incarnation, {"host-" + id, 7000}};
}

inline gossip_key_value entry(std::string_view value, std::uint64_t sequence) {
  return {bytes(value), sequence, 0, false};
}

inline gossip_key_value tombstone(std::uint64_t sequence) {
  return {{}, sequence, 0, true};
}

template <class Event>
std::vector<Event> only(const std::vector<state_event>& events) {
  std::vector<Event> result;
  for (const auto& event : events)
    if (const auto* one = std::get_if<Event>(&event))
      result.push_back(*one);
  return result;
}

/// The store of the member "a", which knows "b" and "c" in their first incarnations.
struct one_store {
  explicit one_store(const state_limits& limits = {}) : sut(limits, clock) {
    sut.open("a");
    sut.set_incarnation(1);
    sut.admit("b", 1);
    sut.admit("c", 1);
  }

  time_point now{std::chrono::hours{1}};
  unix_clock clock{now, unix_time{std::chrono::milliseconds{1'000'000}}};
  caf_gossip::state_store sut;

  void set(std::string_view key, std::string_view value) {
    (void)sut.set_own(key, bytes(value), now);
  }

  std::vector<gossip_update> merge(const node_id& id, const gossip_member_state& remote,
                                   std::uint32_t source = 1) {
    std::vector<gossip_update> updates;
    sut.merge(id, remote, source, now, updates);
    return updates;
  }

  /// Everything that is stored, tombstones included and timestamps left out.
  [[nodiscard]] gossip_state all() const {
    node_id cursor;
    auto result = sut.delta_for({"nobody", 0, 0}, {1000, 1U << 30U, 0}, cursor).state;
    for (auto& [id, state] : result.members)
      for (auto& [key, value] : state.entries)
        value.local_timestamp_unix_milliseconds = 0;
    return result;
  }
};

/// The member "a", started and alone until it is told of others.
struct one_gossiper {
  explicit one_gossiper(const config& with = {}) : cfg(with) {
    (void)sut.start("a", now);
    sut.set_self(node("a"), now);
  }

  config cfg;
  time_point now{std::chrono::hours{1}};
  unix_clock clock{now, unix_time{std::chrono::milliseconds{1'000'000}}};
  gossiper_core sut{cfg, 1, clock};
  std::vector<state_event> events;
  /// What was passed on at once, since `take_news`.
  std::vector<state_news> news;

  void join(std::initializer_list<member_ref> others) {
    std::vector<member_ref> all{others};
    all.push_back(node("a"));
    sut.set_topology(all, now);
  }

  /// Keeps the events and the news and returns the requests.
  std::vector<state_outbound> take() {
    auto outcome = sut.take_outcome();
    for (auto& event : outcome.events)
      events.push_back(std::move(event));
    for (auto& one : outcome.news)
      news.push_back(std::move(one));
    return std::move(outcome.requests);
  }

  std::vector<state_news> take_news() {
    (void)take();
    return std::exchange(news, {});
  }

  /// Goes to the next deadline, whatever it is for.
  void step() {
    now = std::max(now, sut.next_deadline());
    sut.tick(now);
  }

  /// Goes to the next tick of the loop, with everything that is due before it.
  std::vector<state_outbound> tick() {
    for (const auto before = sut.ticks(); sut.ticks() == before && sut.next_deadline() != never;)
      step();
    return take();
  }

  /// The same for a time: what is due within it is done.
  std::vector<state_outbound> run_for(duration span) {
    const auto end = now + span;
    while (sut.next_deadline() <= end)
      step();
    now = end;
    return take();
  }

  /// Answers everything that is sent until there is nothing to send any more, in `rounds` at most.
  void settle(int rounds = 5) {
    for (int i = 0; i < rounds; ++i)
      for (const auto& request : tick())
        sut.answered(request.token, {}, now);
  }

  /// A request of `from` arrives, with entries of `owner`.
  gossip_response receive(const member_ref& from, const member_ref& owner,
                          gossip_member_state entries, std::uint64_t state_hash = 0) {
    envelope head;
    head.sender = from;
    head.state_hash = state_hash;
    gossip_request what{from.id, {}};
    if (!entries.empty())
      what.state.members[owner.id] = {owner.incarnation, std::move(entries)};
    return sut.receive(head, what, now);
  }

  gossip_response receive(const member_ref& from, gossip_member_state entries) {
    return receive(from, from, std::move(entries));
  }

  /// The same as a datagram, without an answer.
  void receive_news(const member_ref& from, const member_ref& owner, gossip_member_state entries) {
    envelope head;
    head.sender = from;
    gossip_request what{from.id, {}};
    what.state.members[owner.id] = {owner.incarnation, std::move(entries)};
    sut.receive_news(head, what, now);
  }
};

/// Members "0", "1", ... that all know each other. Requests arrive at once; all datagrams of news
/// are lost, so that the rounds have to do everything.
struct gossiper_cluster {
  explicit gossiper_cluster(std::size_t count, const config& cfg = {}, std::uint64_t seed = 1)
      : interval(cfg.gossip_interval) {
    std::vector<member_ref> all;
    for (std::size_t i = 0; i < count; ++i) {
      nodes.push_back(std::make_unique<gossiper_core>(cfg, seed * 1000 + i));
      (void)nodes[i]->start(std::to_string(i), now);
      nodes[i]->set_self(node(std::to_string(i)), now);
      all.push_back(nodes[i]->self());
    }
    for (auto& one : nodes)
      one->set_topology(all, now);
  }

  duration interval;
  time_point begin{std::chrono::hours{1}};
  time_point now = begin;
  std::vector<std::unique_ptr<gossiper_core>> nodes;
  std::uint64_t sent = 0;
  /// Called with every request; false = it is lost.
  std::function<bool(const state_outbound&)> passes = [](const auto&) { return true; };
  std::function<void(gossiper_core&, const state_event&)> told = [](auto&, const auto&) {};

  gossiper_core& at(std::size_t number) { return *nodes[number]; }

  void deliver(gossiper_core& from, const state_outbound& request) {
    ++sent;
    auto& to = at(std::stoul(request.target.id));
    if (!passes(request))
      return from.failed(request.token, {errc::timeout, "lost"}, now);
    const auto response = to.receive(request.head, request.what, now);
    from.answered(request.token, response, now);
    from.heard(to.self(), to.state_hash(), now);
  }

  void exchange() {
    for (auto& one : nodes) {
      const auto outcome = one->take_outcome();
      for (const auto& event : outcome.events)
        told(*one, event);
      for (const auto& request : outcome.requests)
        deliver(*one, request);
    }
  }

  void round(int count = 1) {
    for (int i = 0; i < count; ++i) {
      now = begin + interval * ((now - begin) / interval + 1);
      for (auto& one : nodes)
        one->tick(now);
      exchange();
    }
  }

  /// All live members have the same.
  [[nodiscard]] bool agrees() const {
    for (const auto& one : nodes)
      if (one->state_hash() != nodes.front()->state_hash())
        return false;
    return true;
  }
};

} // namespace caf_gossip::test
