#include "caf_gossip/membership/observation.hpp"

#include <boost/test/unit_test.hpp>

#include "caf_gossip/detector/fixed_timeout.hpp"
#include "caf_gossip/detector/overdue_heartbeat.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

struct fixture {
  time_point now{1h};
  caf_gossip::observation sut{
      [](time_point start) { return std::make_unique<fixed_timeout>(1s, start); }, 250ms};
  member_ref a{"a", 1, {"a", 1}};
  member_ref b{"b", 1, {"b", 1}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(observation, fixture)

BOOST_AUTO_TEST_CASE(finds_the_silent_ones_with_their_silence) {
  sut.watch({a, b}, 500ms, now);
  now += 600ms;
  sut.heard("a", now);
  now += 600ms;
  const auto failed = sut.failed(now);
  BOOST_REQUIRE(failed.size() == 1U);
  BOOST_TEST(failed[0].id == "b");
  BOOST_TEST(failed[0].suspicion >= 1.0);
  BOOST_TEST((failed[0].silent_for == 1200ms));
}

BOOST_AUTO_TEST_CASE(known_incarnations_keep_their_history_and_new_ones_start_afresh) {
  sut.watch({a, b}, 500ms, now);
  now += 900ms;
  auto newer = b;
  newer.incarnation = 2;
  sut.watch({a, newer}, 500ms, now);
  now += 200ms;
  BOOST_REQUIRE(sut.failed(now).size() == 1U);
  BOOST_TEST(sut.failed(now)[0].id == "a");
}

BOOST_AUTO_TEST_CASE(who_is_not_watched_is_not_found) {
  sut.watch({a}, 500ms, now);
  sut.heard("b", now);
  sut.watch({}, 500ms, now);
  BOOST_TEST(sut.empty());
  BOOST_TEST(sut.failed(now + 1h).empty());
}

BOOST_AUTO_TEST_CASE(forgiving_takes_everybody_as_heard) {
  sut.watch({a, b}, 500ms, now);
  now += 1h;
  sut.forgive(now);
  BOOST_TEST(sut.failed(now).empty());
}

BOOST_AUTO_TEST_CASE(signs_of_life_close_together_count_once) {
  int heartbeats = 0;
  struct counting : failure_detector {
    counting(int& count, time_point start) : count_(count), last_(start) {}
    void heartbeat(time_point at) override {
      ++count_;
      last_ = at;
    }
    double suspicion(time_point) const override { return 0; }
    time_point last_heartbeat() const override { return last_; }
    int& count_;
    time_point last_;
  };
  caf_gossip::observation counted{
      [&](time_point start) { return std::make_unique<counting>(heartbeats, start); }, 250ms};
  counted.watch({a}, 500ms, now);
  for (int i = 0; i < 10; ++i)
    counted.heard("a", now += 100ms);
  BOOST_TEST(heartbeats == 3);
}

BOOST_AUTO_TEST_CASE(heartbeats_keep_the_rhythm_and_other_signs_do_not_shift_it) {
  caf_gossip::observation overdue{
      [](time_point start) { return std::make_unique<overdue_heartbeat>(9s, 200ms, start); },
      250ms};
  overdue.watch({a}, 2s, now); // the period is what `watch` says
  const auto first = now;
  overdue.heartbeat("a", now);
  overdue.heard("a", first + 1900ms);
  BOOST_TEST(overdue.failed(first + 2200ms - 1ns).empty());
  BOOST_TEST(overdue.failed(first + 2200ms).size() == 1U);
  overdue.heartbeat("a", first + 2100ms);
  BOOST_TEST(overdue.failed(first + 4200ms).empty());
}

BOOST_AUTO_TEST_CASE(knows_how_long_a_member_has_been_silent) {
  sut.watch({a}, 500ms, now);
  BOOST_TEST((sut.silence_of("a", now + 700ms) == 700ms));
  sut.heartbeat("a", now + 600ms);
  BOOST_TEST((sut.silence_of("a", now + 700ms) == 100ms));
  BOOST_TEST((sut.silence_of("b", now + 700ms) == 0ms));
}

BOOST_AUTO_TEST_CASE(hears_nobody_when_all_of_several_are_silent) {
  BOOST_TEST(!sut.hears_nobody(now + 1h));
  sut.watch({a}, 500ms, now);
  BOOST_TEST(!sut.hears_nobody(now + 1h)); // one alone may well be dead
  sut.watch({a, b}, 500ms, now);
  BOOST_TEST(!sut.hears_nobody(now + 1s - 1ns));
  BOOST_TEST(sut.hears_nobody(now + 1s));
  sut.heard("b", now + 1s);
  BOOST_TEST(!sut.hears_nobody(now + 1s));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
