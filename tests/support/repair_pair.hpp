/// Two gossipers "a" and "b" among many members, of whom each takes the other to have everything.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/gossiper_fixture.hpp"

namespace caf_gossip::test {

class repair_pair {
public:
  /// Both have the same `keys` keys of `members` members "m0", "m1", ..., who answer at once.
  repair_pair(std::size_t members, std::size_t keys, config with = {}) : cfg_(quiet(with)) {
    std::vector<member_ref> all{node("a"), node("b")};
    for (std::size_t i = 0; i < members; ++i)
      others_.push_back(all.emplace_back(node("m" + std::to_string(i))));
    for (auto* one : {&a, &b}) {
      const auto* id = one == &a ? "a" : "b";
      (void)one->start(id, now);
      one->set_self(node(id), now);
      one->set_topology(all, now);
    }
    for (std::size_t i = 0; i < members; ++i) {
      gossip_member_state entries{{std::string{heartbeat_key}, {beat(), keys + 1, 0, false}}};
      for (std::size_t k = 0; k < keys; ++k)
        entries["key-" + std::to_string(k)] = entry("the value of " + std::to_string(i), k + 1);
      learn_only(a, others_[i].id, entries);
      learn_only(b, others_[i].id, entries);
    }
    settle();
  }

  /// One of the two learns entries as if from the other, which will not be told of them therefore.
  void learn_only(gossiper_core& who, const node_id& owner, gossip_member_state entries) {
    envelope head;
    head.sender = other_than(who).self();
    gossip_request what{head.sender.id, {}};
    what.state.members[owner] = {1, std::move(entries)};
    (void)who.receive(head, what, now);
  }

  /// All others have everything that the two have.
  void settle() {
    for (auto* one : {&a, &b})
      for (const auto& other : others_)
        one->heard(other, one->state_hash(), now);
    round();
    round();
  }

  /// Both hear each other's hash, and the others answer.
  void round() {
    now += cfg_.gossip_interval;
    for (auto* one : {&a, &b})
      one->tick(now);
    exchange();
    a.heard(b.self(), b.state_hash(), now);
    exchange();
    if (b_hears)
      b.heard(a.self(), a.state_hash(), now);
    exchange();
  }

  /// Returns after how many rounds the two are equal; `limit` = not by then.
  int rounds_until_equal(int limit = 100) {
    int rounds = 0;
    for (; !is_equal() && rounds < limit; ++rounds)
      round();
    return rounds;
  }

  [[nodiscard]] bool is_equal() const { return a.state_hash() == b.state_hash(); }
  [[nodiscard]] static byte_buffer beat() { return encode_heartbeat({}).value(); }
  [[nodiscard]] const config& cfg() const { return cfg_; }

private:
  static config quiet(config with) {
    with.heartbeat_expiration.reset();
    with.dissemination_bursts = 0;
    with.gossip_fan_out = 10'000;
    return with;
  }

  config cfg_;
  std::vector<member_ref> others_;

public:
  time_point now{std::chrono::hours{1}};
  gossiper_core a{cfg_, 1};
  gossiper_core b{cfg_, 2};
  /// b hears a's hash, so that it repairs as well.
  bool b_hears = true;
  /// Called with everything that travels between the two, requests and answers; false = lost.
  std::function<bool(const envelope&, state_payload&)> passes = [](const auto&, auto&) {
    return true;
  };

private:
  gossiper_core& other_than(gossiper_core& who) { return &who == &a ? b : a; }

  void exchange() {
    while (a.has_outcome() || b.has_outcome())
      for (auto* one : {&a, &b})
        for (auto& request : one->take_outcome().requests)
          deliver(*one, request);
  }

  void deliver(gossiper_core& from, const state_outbound& request) {
    if (request.target.id.starts_with('m'))
      return from.answered(request.token, {}, now);
    auto& to = other_than(from);
    state_payload there{request.what};
    if (!passes(request.head, there))
      return from.failed(request.token, {errc::timeout, "lost"}, now);
    to.heard(request.head.sender, request.head.state_hash, now);
    state_payload back{to.receive(request.head, std::get<gossip_request>(there), now)};
    envelope head{cfg_.cluster_name, to.self(), from.self().incarnation,
                  request.token,     0,         to.state_hash()};
    if (!passes(head, back))
      return from.failed(request.token, {errc::timeout, "lost"}, now);
    from.heard(head.sender, head.state_hash, now);
    from.answered(request.token, std::get<gossip_response>(back), now);
  }
};

} // namespace caf_gossip::test
