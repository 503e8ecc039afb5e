/// What the simulator finds when rumors are told too often, or suspicions not refuted.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/checked_world.hpp"
#include "tests/support/invariants.hpp"
#include "tests/support/simulator_news.hpp"
#include "tests/support/simulator_received.hpp"

namespace caf_gossip::test {

using namespace std::chrono_literals;

namespace {

/// Lets an outcome with one message of the node be checked so often, and returns what was found.
std::vector<std::string> send_often(const checked_world& run, membership_payload what,
                                    std::size_t times, std::uint64_t receiver_incarnation = 0) {
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

membership_message from(const checked_world& run, std::uint32_t number, membership_payload what) {
  membership_message result{{}, std::move(what)};
  result.head.cluster = run.cfg.cluster_name;
  result.head.sender = run.core(number).self();
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rumor_checks)

BOOST_AUTO_TEST_CASE(a_rumor_that_is_told_too_often_is_a_violation) {
  const checked_world run;
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
  const checked_world run;
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
  const checked_world run;
  const shared_records news{shared_record{run.rec_of(2, member_status::up)}};
  BOOST_TEST(send_often(run, delta{0, 0, news}, 100).empty()); // a correction
  BOOST_TEST(send_often(run, sync_response{news, {}}, 100).empty());
  const auto about_receiver = run.rec_of(subject, member_status::suspect);
  BOOST_TEST(send_often(run, heartbeat{1, {shared_record{about_receiver}}}, 100,
                        about_receiver.incarnation)
                 .empty());
}

BOOST_AUTO_TEST_CASE(a_suspicion_that_is_not_refuted_is_a_violation) {
  const checked_world run;
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
  checked_world run;
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

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
