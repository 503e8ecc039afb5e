/// What the simulator checks shows when it is broken: each invariant is fed what must not happen.
#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/invariants.hpp"
#include "tests/support/simulator.hpp"
#include "tests/support/simulator_budgets.hpp"
#include "tests/support/simulator_news.hpp"
#include "tests/support/simulator_received.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t one = 1;
constexpr std::uint32_t subject = 4;

bool tells(const std::vector<std::string>& violations, const std::string& part) {
  return std::any_of(violations.begin(), violations.end(), [&](const auto& violation) {
    return violation.find(part) != std::string::npos;
  });
}

/// Some nodes that have agreed.
struct world : simulator {
  explicit world(config how = {}) : simulator(1, std::move(how)) {
    thorough = true;
    BOOST_REQUIRE(start_converged(8));
    run_for(3s);
    BOOST_REQUIRE(violations().empty());
  }

  const membership_coordinator& core(std::uint32_t number) const {
    return *node(number).membership;
  }

  /// The record of a node as node `one` has it, with another status.
  record rec_of(std::uint32_t number, member_status status, std::uint64_t more = 0) const {
    auto result = *core(one).table().find(id_of(number))->rec;
    result.status = status;
    result.version += more;
    return result;
  }

  /// As if node `one` had sent that.
  void forge(std::uint32_t to, membership_payload what, channel via = channel::datagram) {
    membership_outbound out;
    out.target = node(to).self.address;
    out.head.cluster = cfg.cluster_name;
    out.head.sender = core(one).self();
    out.head.receiver_incarnation = node(to).self.incarnation;
    out.payload = std::move(what);
    out.via = via;
    send_for(one, std::move(out));
  }
};

// -- rumors ---------------------------------------------------------------------------------------

/// Lets an outcome with one message of the node be checked so often, and returns what was found.
std::vector<std::string> send_often(const world& run, membership_payload what, std::size_t times,
                                    std::uint64_t receiver_incarnation = 0) {
  invariants checks;
  std::vector<std::string> found;
  membership_outcome outcome;
  checks.check(run.core(one), outcome, run.now(), found);
  found.clear(); // that the cluster is not what was told before
  outcome.outbounds.resize(1);
  outcome.outbounds.front().target = run.node(subject).self.address;
  outcome.outbounds.front().head.receiver_incarnation = receiver_incarnation;
  outcome.outbounds.front().payload = std::move(what);
  for (std::size_t i = 0; i < times; ++i)
    checks.check(run.core(one), outcome, run.now(), found);
  return found;
}

membership_message from(const world& run, std::uint32_t number, membership_payload what) {
  membership_message result{{}, std::move(what)};
  result.head.cluster = run.cfg.cluster_name;
  result.head.sender = run.core(number).self();
  return result;
}

// -- verdicts -------------------------------------------------------------------------------------

/// What node `one` tells of the subject.
member_status_changed change(const world& run, member_status from, member_status to,
                             cause_kind why) {
  return {{}, run.core(subject).self(), from, to, cause{why, {}, 0, {}}};
}

/// A world in which node `one` suspects the subject, which nobody reaches.
struct suspicious_world : world {
  suspicious_world() {
    for (std::uint32_t other = 0; other < size(); ++other) {
      network.cut(subject, other);
      network.cut(other, subject);
    }
    BOOST_REQUIRE(run_until(
        [&] { return core(one).table().find(id_of(subject))->status() == member_status::suspect; },
        20s, 1ms));
    since = core(one).table().find(id_of(subject))->how->since;
  }

  /// A watch that has seen the suspicion and gets a verdict so long after it.
  std::vector<std::string> condemn_after(duration span, cause_kind why,
                                         const std::vector<evidence>& accusers = {}) {
    verdict_watch watch{cfg};
    std::vector<std::string> found;
    watch.check(core(one),
                {change(*this, member_status::up, member_status::suspect, cause_kind::silence)},
                since, found);
    accuse(watch, accusers);
    watch.check(core(one), {change(*this, member_status::suspect, member_status::dead, why)},
                since + span, found);
    return found;
  }

  /// A watch that has seen the suspicion and no verdict for so long.
  std::vector<std::string> suspect_for(duration span, const std::vector<evidence>& accusers,
                                       bool is_disturbed = false) {
    verdict_watch watch{cfg};
    std::vector<std::string> found;
    watch.check(core(one),
                {change(*this, member_status::up, member_status::suspect, cause_kind::silence)},
                since, found);
    accuse(watch, accusers);
    if (is_disturbed)
      watch.disturbed();
    watch.check(core(one), {}, since + span, found);
    return found;
  }

  void accuse(verdict_watch& watch, const std::vector<evidence>& accusers) const {
    const auto& entry = *core(one).table().find(id_of(subject));
    std::uint32_t accuser = subject;
    for (const auto what : accusers)
      watch.accused(entry, {core(subject).self(), entry.rec->version, what}, id_of(++accuser));
  }

  time_point since{};
};

} // namespace

BOOST_AUTO_TEST_SUITE(simulator_checks)

BOOST_AUTO_TEST_CASE(a_rumor_that_is_told_too_often_is_a_violation) {
  const world run;
  const auto bound = run.core(one).engine().transmissions();
  BOOST_TEST(bound == 8U); // 2 * ceil(log2(9))
  const shared_records news{shared_record{run.rec_of(2, member_status::up)}};
  for (const membership_payload& what :
       {membership_payload{delta{0, 1, news}}, membership_payload{heartbeat{1, news}},
        membership_payload{ping{1, news}}, membership_payload{ping_ack{1, news}}}) {
    BOOST_TEST(send_often(run, what, bound).empty());
    BOOST_TEST(tells(send_often(run, what, bound + 1), "for the 9th time, of 8"));
  }
}

BOOST_AUTO_TEST_CASE(a_change_of_a_key_that_is_told_too_often_is_a_violation) {
  const world run;
  const auto& core = *run.node(one).state;
  const auto state_of = [&](std::uint64_t sequence) {
    gossip_state result;
    auto& member = result.members[simulator::id_of(2)];
    member.incarnation = run.core(2).self().incarnation;
    member.entries["key"].sequence_number = sequence;
    return result;
  };
  told_news sut{run.cfg.dissemination_retransmit};
  std::vector<std::string> found;
  const auto tell = [&](std::uint64_t sequence, int times) {
    for (int i = 0; i < times; ++i)
      sut.told(core, state_of(sequence), found);
  };
  tell(1, 8); // 2 * ceil(log2(9))
  tell(2, 8);
  sut.forget(simulator::id_of(2));
  tell(2, 8);
  BOOST_TEST(found.empty());
  tell(2, 1);
  BOOST_TEST(tells(found, "key #2 for the 9th time, of 8"));
}

BOOST_AUTO_TEST_CASE(what_is_no_rumor_may_be_told_more_often) {
  const world run;
  const shared_records news{shared_record{run.rec_of(2, member_status::up)}};
  BOOST_TEST(send_often(run, delta{0, 0, news}, 100).empty()); // a correction
  BOOST_TEST(send_often(run, sync_response{news, {}}, 100).empty());
  const auto about_receiver = run.rec_of(subject, member_status::suspect);
  BOOST_TEST(send_often(run, heartbeat{1, {shared_record{about_receiver}}}, 100,
                        about_receiver.incarnation)
                 .empty());
}

BOOST_AUTO_TEST_CASE(a_suspicion_that_is_not_refuted_is_a_violation) {
  const world run;
  const auto version = run.rec_of(subject, member_status::up).version;
  const shared_records rumor{shared_record{run.rec_of(subject, member_status::suspect)}};
  const shared_records old{shared_record{[&] {
    auto earlier = run.rec_of(subject, member_status::suspect);
    --earlier.version;
    return earlier;
  }()}};
  const auto unmoved = [&](membership_payload what) {
    const auto message = from(run, one, std::move(what));
    const received_message watched{run.core(subject), message};
    verdict_watch verdicts{run.cfg};
    std::vector<std::string> found;
    watched.accepted(run.core(subject), verdicts, found); // it does nothing about it
    return tells(found, "does not refute");
  };
  BOOST_TEST(unmoved(delta{0, 1, rumor}));
  BOOST_TEST(unmoved(ping{0, rumor}));
  BOOST_TEST(unmoved(sync_response{rumor, {}}));
  BOOST_TEST(unmoved(roster_response{{rumor, {}}}));
  BOOST_TEST(unmoved(accusation{run.core(subject).self(), version, evidence::silent}));
  BOOST_TEST(!unmoved(delta{0, 1, old}));
}

BOOST_AUTO_TEST_CASE(a_live_member_that_is_suspected_is_soon_up_everywhere) {
  world run;
  const auto version = run.rec_of(subject, member_status::up).version;
  run.forge(2, delta{0, 1, {shared_record{run.rec_of(subject, member_status::suspect)}}});
  BOOST_TEST(run.run_until([&] { return !run.counted().suspected.empty(); }, 1s, 1ms));
  // The first message to it says so.
  BOOST_TEST(run.run_until([&] { return run.converged(); }, run.cfg.suspicion_timeout_min),
             run.divergence());
  BOOST_TEST(run.rec_of(subject, member_status::up).version > version);
  BOOST_TEST(run.counted().refutations >= 1U);
  BOOST_TEST(run.violations().empty());
}

BOOST_AUTO_TEST_CASE(an_early_verdict_is_a_violation) {
  suspicious_world run;
  const auto& cfg = run.cfg;
  // Alone it has the longest time, with two others the shortest; that a host is alive counts more.
  const std::vector<evidence> two{evidence::silent, evidence::silent};
  const std::vector<evidence> alive{evidence::silent, evidence::silent, evidence::unresponsive};
  const auto why = cause_kind::suspicion_timeout;
  BOOST_TEST(tells(run.condemn_after(cfg.suspicion_timeout - 1ms, why), "a verdict 5999 ms after"));
  BOOST_TEST(run.condemn_after(cfg.suspicion_timeout, why).empty());
  BOOST_TEST(tells(run.condemn_after(cfg.suspicion_timeout_min - 1ms, why, two), "not 1000 ms"));
  BOOST_TEST(run.condemn_after(cfg.suspicion_timeout_min, why, two).empty());
  BOOST_TEST(tells(run.condemn_after(cfg.suspicion_timeout - 1ms, why, alive), "not 6000 ms"));
}

BOOST_AUTO_TEST_CASE(a_suspicion_without_end_is_a_violation) {
  const std::vector<evidence> two{evidence::silent, evidence::silent};
  suspicious_world run;
  const auto longest = run.cfg.suspicion_timeout + 2 * run.cfg.detector_poll_interval;
  BOOST_TEST(run.suspect_for(longest - 1ms, two).empty());
  BOOST_TEST(tells(run.suspect_for(longest, two), "has been suspect for 6200 ms, with 2 accusers"));
  BOOST_TEST(run.suspect_for(longest, {evidence::silent}).empty());
  BOOST_TEST(run.suspect_for(longest, two, true).empty());
}

BOOST_AUTO_TEST_CASE(a_verdict_at_once_needs_its_evidence) {
  suspicious_world run;
  const std::vector<evidence> refused{evidence::refused, evidence::refused};
  const std::vector<evidence> silent{evidence::silent, evidence::silent};
  BOOST_TEST(run.condemn_after(0ms, cause_kind::refused, refused).empty());
  BOOST_TEST(tells(run.condemn_after(0ms, cause_kind::refused, silent), "nobody was refused"));
  BOOST_TEST(
      tells(run.condemn_after(0ms, cause_kind::refused, {evidence::refused}), "a verdict 0 ms"));
  BOOST_TEST(run.condemn_after(0ms, cause_kind::flapping, silent).empty());
  BOOST_TEST(
      tells(run.condemn_after(0ms, cause_kind::flapping, {evidence::silent}), "a verdict 0 ms"));
}

BOOST_AUTO_TEST_CASE(a_verdict_without_a_suspicion_is_a_violation) {
  const world run;
  verdict_watch watch{run.cfg};
  std::vector<std::string> found;
  watch.check(
      run.core(one),
      {change(run, member_status::suspect, member_status::dead, cause_kind::suspicion_timeout)},
      run.now(), found);
  BOOST_TEST(tells(found, "declares dead whom it did not suspect"));
}

BOOST_AUTO_TEST_CASE(a_message_above_its_budget_is_a_violation) {
  const config cfg;
  const auto found_in = [&](any_payload body, channel via, std::uint32_t bytes = 100,
                            std::uint64_t correlation = 1) {
    sim_message what;
    what.body = std::move(body);
    what.via = via;
    what.bytes = bytes;
    what.head.correlation = correlation;
    std::vector<std::string> found;
    check_budgets(what, cfg, found);
    return found;
  };
  const auto some = [](std::size_t count, std::size_t attributes_of_each = 0) {
    shared_records result;
    for (std::size_t i = 0; i < count; ++i) {
      record one_more{"n" + std::to_string(i), {"host", 1}, 1, 1, member_status::up, {}};
      for (std::size_t k = 0; k < attributes_of_each; ++k)
        one_more.attrs[std::to_string(k)] = std::string(attribute_bytes_max, 'x');
      result.emplace_back(std::move(one_more));
    }
    return result;
  };
  const auto state_of = [](std::size_t members, std::size_t value_bytes) {
    gossip_state result;
    for (std::size_t i = 0; i < members; ++i)
      result.members["n" + std::to_string(i)].entries["key"].value.resize(value_bytes);
    return result;
  };
  const auto plain = [](auto what) { return any_payload{membership_payload{std::move(what)}}; };
  const auto state = [](auto what) { return any_payload{state_payload{std::move(what)}}; };
  // The membership.
  BOOST_TEST(found_in(plain(ping{0, some(10)}), channel::datagram).empty());
  BOOST_TEST(tells(found_in(plain(ping{0, some(20)}), channel::datagram), "bytes of records"));
  BOOST_TEST(tells(found_in(plain(delta{0, 1, some(20)}), channel::datagram), "bytes of records"));
  BOOST_TEST(found_in(plain(delta{0, 0, some(20)}), channel::stream).empty());
  BOOST_TEST(tells(found_in(plain(join_response{{}, {some(5000), {}}}), channel::stream),
                   "bytes of records"));
  BOOST_TEST(tells(found_in(plain(ping{0, some(1)}), channel::datagram, 1401), "as a datagram"));
  BOOST_TEST(found_in(plain(ping{0, some(1, 16)}), channel::datagram, 3000).empty());
  BOOST_TEST(tells(found_in(plain(ping{}), channel::stream, (1U << 20U) + 1), "bytes in one ping"));
  // The key/value plane.
  const auto most = cfg.gossip_max_send;
  BOOST_TEST(found_in(state(gossip_request{"n", state_of(most, 10)}), channel::stream).empty());
  BOOST_TEST(tells(found_in(state(gossip_request{"n", state_of(most + 1, 10)}), channel::stream),
                   "51 member states"));
  BOOST_TEST(
      tells(found_in(state(gossip_response{errc::none, state_of(most + 1, 10)}), channel::stream),
            "51 member states"));
  const auto much = state_of(2, cfg.state_message_bytes_max / 2);
  BOOST_TEST(tells(found_in(state(gossip_request{"n", much}), channel::stream), "bytes of state"));
  BOOST_TEST(
      tells(found_in(state(gossip_response{errc::none, much}), channel::stream), "bytes of state"));
  BOOST_TEST(
      tells(found_in(state(gossip_request{"n", state_of(2, 800)}), channel::datagram, 100, 0),
            "bytes of state"));
  BOOST_TEST(
      found_in(state(gossip_request{"n", state_of(1, 2000)}), channel::datagram, 2200, 0).empty());
  state_question question;
  question.ranges.resize(state_question::ranges_max + 1);
  BOOST_TEST(tells(found_in(state(gossip_request{"n", {}, question}), channel::stream),
                   "a question out of bounds"));
}

BOOST_AUTO_TEST_CASE(datagrams_that_are_too_large_are_counted) {
  world run;
  BOOST_TEST(run.counted().datagrams_too_large == 0U);
  auto large = run.rec_of(subject, member_status::up, 1);
  for (std::size_t i = 0; i < attributes_max; ++i)
    large.attrs[std::to_string(i)] = std::string(attribute_bytes_max, 'x');
  run.forge(2, delta{0, 1, {shared_record{large}}});
  BOOST_TEST(run.counted().datagrams_too_large == 1U);
}

// -- what never goes back -------------------------------------------------------------------------

/// The first member of one cluster as it is, after it has been seen as it is in another one.
std::vector<std::string> become(const world& later, const world& earlier) {
  invariants checks;
  std::vector<std::string> found;
  checks.check(later.core(one), {}, later.now(), found);
  found.clear(); // that the cluster is not what was told before
  checks.check(earlier.core(one), {}, earlier.now(), found);
  return found;
}

BOOST_AUTO_TEST_CASE(a_table_that_goes_back_is_a_violation) {
  const world earlier;
  world later;
  BOOST_REQUIRE(earlier.core(subject).self() == later.core(subject).self());
  later.kill(subject);
  later.run_for(5s);
  const auto found = become(later, earlier);
  BOOST_TEST(tells(found, "the table's version fell"));
  BOOST_TEST(tells(found, " fell back to "));
  BOOST_TEST(tells(found, " came back to life"));
  BOOST_TEST(!tells(become(earlier, later), "fell"));
}

BOOST_AUTO_TEST_CASE(one_who_was_buried_and_is_seen_again_is_a_violation) {
  world run;
  const auto incarnation = run.core(subject).self().incarnation;
  run.call(2, [&](sim_node& self, time_point) {
    self.dead.insert({subject, incarnation});
    return 0;
  });
  BOOST_TEST(run.violations().empty());
  run.forge(2, delta{0, 1, {shared_record{run.rec_of(subject, member_status::suspect)}}});
  run.run_for(10ms);
  BOOST_TEST(tells(run.violations(), "came back to life"));
}

BOOST_AUTO_TEST_CASE(numbers_that_fall_are_violations) {
  const auto found_after = [](auto change) {
    world run;
    run.call(one, [&](sim_node& self, time_point) {
      change(self);
      return 0;
    });
    BOOST_REQUIRE(run.set(2, "key", "value"));
    run.run_for(1s);
    return run.violations();
  };
  BOOST_TEST(found_after([](sim_node&) {}).empty());
  BOOST_TEST(
      tells(found_after([](sim_node& self) { ++self.incarnation; }), "its incarnation fell"));
  BOOST_TEST(tells(found_after([](sim_node& self) { self.own_sequence += 100; }),
                   "its sequence number fell"));
  BOOST_TEST(tells(found_after([](sim_node& self) {
                     self.sequences[{simulator::id_of(2), "key"}] = 1000;
                   }),
                   "key fell from 1000 to"));
}

BOOST_AUTO_TEST_CASE(a_message_to_oneself_is_a_violation) {
  world run;
  run.forge(one, ping{});
  BOOST_TEST(tells(run.violations(), "sends to itself"));
}

BOOST_AUTO_TEST_CASE(a_core_that_is_never_content_is_a_violation) {
  const auto found_after = [](std::uint32_t wakes) {
    world run;
    run.call(one, [&](sim_node& self, time_point now) {
      self.last_wake = run.now();
      self.wakes_at_once = wakes;
      self.membership_due = now;
      self.membership_stirred = false;
      return 0;
    });
    return run.violations();
  };
  BOOST_TEST(found_after(2).empty());
  BOOST_TEST(tells(found_after(3), "wants to be ticked again at once"));
}

BOOST_AUTO_TEST_CASE(a_run_that_all_have_buried_never_returns) {
  config forgetful;
  forgetful.tombstones_max = 1; // so that nobody can know better
  world run{forgetful};
  const auto late = run.rec_of(subject, member_status::up);
  run.kill(subject);
  run.run_for(15s);
  run.kill(6); // its tombstone takes the place of the other
  run.run_for(15s);
  BOOST_REQUIRE(run.core(2).table().find(simulator::id_of(subject)) == nullptr);
  run.network.latency_min = run.network.latency_max = 300us;
  BOOST_TEST(run.violations().empty());
  run.forge(2, delta{0, 1, {shared_record{late}}});
  run.run_for(10ms);
  BOOST_TEST(tells(run.violations(), "brings back what all had buried"));
}

BOOST_AUTO_TEST_CASE(a_run_may_return_while_somebody_has_not_buried_it) {
  constexpr incarnation_key key{subject, 1};
  ended_runs runs;
  BOOST_TEST(runs.seen(key, 1, true, 0, 10)); // not known to be over
  runs.end(key, {1, 2}, 10);
  BOOST_TEST(runs.seen(key, 1, false, 0, 20));
  BOOST_TEST(runs.seen(key, 3, true, 0, 30)); // node 2 may have told that
  BOOST_TEST(runs.seen(key, 3, false, 0, 40));
  runs.gone(2, 50);
  BOOST_TEST(runs.seen(key, 1, true, 50, 60)); // was under way
  BOOST_TEST(runs.seen(key, 1, false, 0, 70));
  BOOST_TEST(!runs.seen(key, 1, true, 71, 80));
  BOOST_TEST(runs.seen(key, 2, true, 0, 90)); // reported once
  BOOST_TEST(runs.seen(key, 1, false, 0, 90));
  BOOST_TEST(runs.seen(key, 2, false, 0, 90));
  BOOST_TEST(!runs.seen(key, 2, true, 0, 90)); // out of nothing
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
