/// What the simulator finds when verdicts fall at the wrong time or for nothing.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/checked_world.hpp"
#include "tests/support/simulator_verdicts.hpp"

namespace caf_gossip::test {

using namespace std::chrono_literals;

namespace {

/// What node `one` tells of the subject.
member_status_changed change(const checked_world& run, member_status from, member_status to,
                             cause_kind why) {
  return {{}, run.core(subject).self(), from, to, cause{why, {}, 0, {}}};
}

/// A checked_world in which node `one` suspects the subject, which nobody reaches.
struct suspicious_world : checked_world {
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

  /// A watch that has seen the suspicion and heard these accusers.
  verdict_watch watching(const std::vector<evidence>& accusers) const {
    verdict_watch watch{cfg};
    std::vector<std::string> found;
    watch.check(core(one),
                {change(*this, member_status::up, member_status::suspect, cause_kind::silence)},
                since, found);
    BOOST_TEST(found.empty());
    accuse(watch, accusers);
    return watch;
  }

  /// It gets a verdict so long after the suspicion.
  std::vector<std::string> condemn_after(duration span, cause_kind why,
                                         const std::vector<evidence>& accusers = {}) const {
    auto watch = watching(accusers);
    std::vector<std::string> found;
    watch.check(core(one), {change(*this, member_status::suspect, member_status::dead, why)},
                since + span, found);
    return found;
  }

  /// It gets no verdict for so long.
  std::vector<std::string> suspect_for(duration span, const std::vector<evidence>& accusers,
                                       bool is_disturbed = false) const {
    auto watch = watching(accusers);
    if (is_disturbed)
      watch.disturbed();
    std::vector<std::string> found;
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

BOOST_AUTO_TEST_SUITE(verdict_checks)

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
  const checked_world run;
  verdict_watch watch{run.cfg};
  std::vector<std::string> found;
  watch.check(
      run.core(one),
      {change(run, member_status::suspect, member_status::dead, cause_kind::suspicion_timeout)},
      run.now(), found);
  BOOST_TEST(tells(found, "declares dead whom it did not suspect"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
