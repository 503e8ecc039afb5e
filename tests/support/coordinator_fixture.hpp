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

  /// The last stream that was opened only to reach `who` fails in this way.
  void fail_stream(const member_ref& who, errc how) {
    const auto found =
        std::find_if(outbounds.rbegin(), outbounds.rend(), [&](const membership_outbound& message) {
          return message.via == channel::new_stream && message.target == who.address;
        });
    if (found == outbounds.rend())
      return;
    core->delivery_failed(found->head.correlation, who.address, {how, "as the test wants"}, now);
    collect();
  }

  /// `observer` has found `who` failed by a probe of its own.
  expected<void> accuse(const member_ref& observer, const member_ref& who,
                        evidence found = evidence::silent, std::uint64_t version = 1) {
    return receive(observer, accusation{who, version, found});
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
    if (entry == nullptr || entry->rec->incarnation != who.incarnation)
      return std::nullopt;
    return entry->status();
  }

  bool is_member(const member_ref& who) const {
    const auto members = core->table().members();
    return std::find(members.begin(), members.end(), who) != members.end();
  }
};

/// A coordinator that watches two members. They are probed after 1 s of silence, suspected when
/// the probe fails 800 ms later, and dead 3 s after that.
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

/// A coordinator with six peers. It watches `subject`, which falls silent when the test lets time
/// pass with `live`; `jury` are the others that watch it.
struct probing_fixture : coordinator_fixture {
  std::vector<member_ref> peers;
  member_ref subject;
  std::vector<member_ref> jury;
  /// How streams that are opened only to reach somebody fail; nothing = they stay silent.
  std::optional<errc> streams_fail;

  probing_fixture() {
    cfg.detector_timeout = 1s;
    begin();
  }

  /// Starts again, after the test has changed the settings.
  void begin() {
    start();
    peers.clear();
    jury.clear();
    for (const auto* id : {"a", "b", "c", "d", "e", "f"}) {
      peers.push_back(named(id));
      add(peers.back());
    }
    const auto& table = core->table();
    subject = ref_of(*table.predecessors(self.id, cfg.heartbeat_observers).front()->rec);
    for (const auto* other : table.successors(subject.id, cfg.heartbeat_observers))
      if (other->rec->id != self.id)
        jury.push_back(ref_of(*other->rec));
    live(200ms);
    (void)hear(subject);
    forget();
  }

  /// Everybody but the subject is heard all the time, though not by heartbeats, which would be good
  /// for the local health.
  void live(duration span) {
    for (const auto end = now + span; now < end;) {
      step();
      for (const auto& peer : peers)
        if (peer != subject)
          (void)receive(peer, ack{});
    }
  }

  /// Nobody is heard.
  void isolate(duration span) {
    for (const auto end = now + span; now < end;)
      step();
  }

  /// Lets time pass until a probe of the subject has begun.
  void until_probed() {
    const auto before = core->metrics()->probes;
    for (int i = 0; i < 100 && core->metrics()->probes == before; ++i)
      live(50ms);
  }

  /// Lets time pass until others are asked to reach it.
  void until_widened() {
    until_probed();
    live(cfg.probe_timeout);
  }

  std::uint64_t health() const { return core->metrics()->local_health; }

  std::vector<membership_outbound> all_of(channel via) const {
    auto result = outbounds;
    std::erase_if(result, [&](const auto& message) { return message.via != via; });
    return result;
  }

private:
  void step() {
    const auto known = outbounds.size();
    pass(50ms);
    const auto count = outbounds.size();
    for (auto i = known; streams_fail && i < count; ++i)
      if (const auto message = outbounds[i]; message.via == channel::new_stream) {
        core->delivery_failed(message.head.correlation, message.target,
                              {*streams_fail, "as the test wants"}, now);
        collect();
      }
    tick();
  }
};

} // namespace caf_gossip::test
