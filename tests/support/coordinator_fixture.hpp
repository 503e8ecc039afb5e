/// One coordinator whose peers are played by the test, message by message.
#pragma once

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "caf_gossip/membership/membership_coordinator.hpp"
#include "tests/support/invariants.hpp"
#include "tests/support/printing.hpp"

namespace caf_gossip::test {

using namespace std::chrono_literals;

struct coordinator_fixture {
  config cfg;
  time_point now{1h};
  unix_clock clock{time_point{}, unix_time{1000h}};
  member_ref self = named("self");
  std::unique_ptr<membership_coordinator> core;
  std::vector<membership_event> events;
  std::vector<membership_outbound> outbounds;
  std::vector<leave_finished> replies;
  invariants checks;
  std::vector<std::string> violations;

  coordinator_fixture() {
    // So that nobody is suspected unless the test wants it.
    cfg.detector = "fixed-timeout";
    cfg.detector_timeout = 1h;
  }

  /// Returns a member with this name, its own authority, and this incarnation.
  static member_ref named(const std::string& id, std::uint64_t incarnation = 100) {
    return {id, incarnation, {"host-" + id, 7000}};
  }

  static record record_of(const member_ref& who, member_status status, std::uint64_t version = 1) {
    return {who.id, who.address, who.incarnation, version, status, {}};
  }

  /// Starts a member that forms the cluster, or joins through `seeds`.
  void start(std::vector<authority> seeds = {}) {
    core = std::make_unique<membership_coordinator>(cfg, 7, clock);
    (void)core->start_member(self, std::move(seeds), now);
    collect();
  }

  void collect() {
    auto outcome = core->take_outcome();
    checks.check(*core, outcome, now, violations);
    std::move(outcome.events.begin(), outcome.events.end(), std::back_inserter(events));
    std::move(outcome.outbounds.begin(), outcome.outbounds.end(), std::back_inserter(outbounds));
    std::move(outcome.replies.begin(), outcome.replies.end(), std::back_inserter(replies));
  }

  template <class Call>
  auto call(Call&& invoke) {
    auto result = invoke(*core);
    collect();
    return result;
  }

  /// Admits `who`; it is joining.
  expected<void> join(const member_ref& who) {
    return call([&](auto& sut) { return sut.join(record_of(who, member_status::joining), now); });
  }

  envelope head_of(const member_ref& sender, std::uint64_t correlation = 0) const {
    return {cfg.cluster_name, sender, self.incarnation, correlation, 0, 0};
  }

  expected<void> receive(const member_ref& sender, membership_payload payload,
                         std::uint64_t correlation = 0) {
    return call([&](auto& sut) {
      return sut.receive({head_of(sender, correlation), std::move(payload)}, now);
    });
  }

  /// A message that also says: my roster is the same as yours.
  expected<void> receive_agreeing(const member_ref& sender, membership_payload payload) {
    auto head = head_of(sender);
    head.roster_hash = core->table().roster_hash();
    return call([&](auto& sut) { return sut.receive({head, std::move(payload)}, now); });
  }

  expected<void> hear(const member_ref& who, std::uint64_t version = 1) {
    return receive(who, heartbeat{version});
  }

  /// `sender` says something about `what`.
  expected<void> tell(const member_ref& sender, const record& what) {
    return receive(sender, delta{0, 0, {what}});
  }

  /// Joined and heard: it is up.
  void add(const member_ref& who) {
    (void)join(who);
    (void)hear(who);
  }

  void tick() {
    core->tick(now);
    collect();
  }

  /// Lets time pass in the steps that the coordinator asks for.
  void pass(duration span) {
    const auto end = now + span;
    while (now < end) {
      now = std::max(now, std::min(end, core->next_deadline()));
      tick();
    }
  }

  void round() {
    core->disseminate(now);
    collect();
  }

  void forget() {
    events.clear();
    outbounds.clear();
    replies.clear();
  }

  template <class Event>
  std::vector<Event> told() const {
    std::vector<Event> result;
    for (const auto& event : events)
      if (const auto* match = std::get_if<Event>(&event))
        result.push_back(*match);
    return result;
  }

  /// Messages of one kind to `target`.
  template <class Payload>
  std::vector<Payload> sent(const member_ref& target) const {
    std::vector<Payload> result;
    for (const auto& message : outbounds)
      if (const auto* match = std::get_if<Payload>(&message.payload);
          match != nullptr && message.target == target.address)
        result.push_back(*match);
    return result;
  }

  std::optional<member_status> status(const member_ref& who) const {
    const auto* entry = core->table().find(who.id);
    if (entry == nullptr || entry->rec.incarnation != who.incarnation)
      return std::nullopt;
    return entry->status();
  }

  bool is_member(const member_ref& who) const {
    const auto members = core->table().members();
    return std::find(members.begin(), members.end(), who) != members.end();
  }
};

/// A coordinator that watches two members, which are suspected after 1 s and dead 3 s later.
struct watching_fixture : coordinator_fixture {
  member_ref a = named("a");
  member_ref b = named("b");

  watching_fixture() {
    cfg.detector_timeout = 1s;
    cfg.suspicion_timeout = 3s;
    start();
    add(a);
    add(b);
    pass(200ms);
    forget();
  }
};

} // namespace caf_gossip::test
