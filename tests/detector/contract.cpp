#include <chrono>
#include <cmath>
#include <ostream>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/random.hpp"
#include "caf_gossip/detector/detectors.hpp"

// What holds for every failure detector; new ones join by standing in the table.

namespace caf_gossip::tests {

using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(contract)

namespace {

constexpr time_point start{1h};

std::unique_ptr<failure_detector> made(std::string_view name, const config& cfg = {}) {
  for (const auto& one : all_detectors())
    if (one.name == name)
      return one.factory(cfg)(start);
  return nullptr;
}

/// Heartbeats every 500 ms give or take 100 ms; returns the moment of the last one.
time_point feed(failure_detector& sut, time_point from, int count, random_source& random) {
  for (int i = 0; i < count; ++i)
    sut.heartbeat(from += 400ms + std::chrono::milliseconds{random.below(200)});
  return from;
}

const auto all_names = data::make(detector_names);

} // namespace

BOOST_DATA_TEST_CASE(does_not_suspect_a_new_peer, all_names, name) {
  const auto sut = made(name);
  BOOST_TEST((sut->last_heartbeat() == start));
  BOOST_TEST(sut->suspicion(start) < 0.1);
  BOOST_TEST(sut->suspicion(start + 500ms) < 1.0);
}

// S3.2.3
BOOST_DATA_TEST_CASE(suspects_a_peer_that_was_never_heard, all_names, name) {
  const auto sut = made(name);
  BOOST_TEST(sut->suspicion(start + 1min) >= 1.0);
}

// S3.2.2
BOOST_DATA_TEST_CASE(does_not_suspect_a_peer_that_is_heard_as_expected, all_names, name) {
  const auto sut = made(name);
  random_source random{1};
  auto now = start;
  for (int i = 0; i < 1000; ++i) {
    now = feed(*sut, now, 1, random);
    BOOST_REQUIRE((sut->last_heartbeat() == now));
    BOOST_REQUIRE(sut->suspicion(now + 1s) < 1.0);
  }
}

// S3.2.3
BOOST_DATA_TEST_CASE(suspects_more_and_more_while_a_peer_is_silent, all_names, name) {
  const auto sut = made(name);
  random_source random{2};
  const auto last = feed(*sut, start, 100, random);
  double before = 0;
  for (auto silence = 0ms; silence < 60s; silence += 7ms) {
    const double level = sut->suspicion(last + silence);
    BOOST_REQUIRE(!std::isnan(level));
    BOOST_REQUIRE(level >= before);
    before = level;
  }
  BOOST_TEST(before >= 1.0);
}

// S3.2.2
BOOST_DATA_TEST_CASE(trusts_a_peer_again_that_is_heard_again, all_names, name) {
  const auto sut = made(name);
  random_source random{3};
  const auto last = feed(*sut, start, 100, random);
  BOOST_TEST(sut->suspicion(last + 1min) >= 1.0);
  sut->heartbeat(last + 1min);
  BOOST_TEST(sut->suspicion(last + 1min) < 0.1);
  BOOST_TEST(sut->suspicion(last + 1min + 500ms) < 1.0);
  BOOST_TEST(sut->suspicion(last + 2min) >= 1.0);
}

BOOST_DATA_TEST_CASE(ignores_heartbeats_from_before_the_last_one, all_names, name) {
  const auto sut = made(name);
  const auto same = made(name);
  random_source random{4};
  random_source again{4};
  const auto last = feed(*sut, start, 100, random);
  feed(*same, start, 100, again);
  for (const auto late : {last, last - 1ms, start, start - 1h})
    sut->heartbeat(late);
  BOOST_TEST((sut->last_heartbeat() == last));
  for (auto silence = 0ms; silence < 10s; silence += 10ms)
    BOOST_REQUIRE(sut->suspicion(last + silence) == same->suspicion(last + silence));
}

BOOST_DATA_TEST_CASE(is_never_negative_infinite_or_nan, all_names, name) {
  config extreme;
  extreme.phi_threshold = 0.01;
  extreme.phi_window = 2;
  extreme.phi_min_deviation = 1ms;
  extreme.phi_acceptable_pause = 0ms;
  extreme.phi_first_estimate = 1ms;
  extreme.detector_timeout = 1ms;
  for (const auto& cfg : {config{}, extreme}) {
    const auto sut = made(name, cfg);
    for (const auto now :
         {time_point{}, start - 1ns, start, start + 1ns, start + 24h * 10'000, never}) {
      const double level = sut->suspicion(now);
      BOOST_TEST(std::isfinite(level));
      BOOST_TEST(level >= 0.0);
    }
  }
}

BOOST_DATA_TEST_CASE(keeps_apart_the_peers_of_one_factory, all_names, name) {
  config cfg;
  cfg.detector = name;
  const auto factory = make_detector_factory(cfg).value();
  const auto heard = factory(start);
  const auto silent = factory(start);
  heard->heartbeat(start + 1min);
  BOOST_TEST(heard->suspicion(start + 1min) < 0.1);
  BOOST_TEST(silent->suspicion(start + 1min) >= 1.0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
