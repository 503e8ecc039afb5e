/// When news is passed on.
#include "caf_gossip/base/burst_pacer.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>

using namespace caf_gossip;
using namespace std::chrono_literals;

namespace {

using std::chrono::milliseconds;
using times = std::vector<milliseconds>;

struct fixture {
  caf_gossip::burst_pacer sut{5ms, 4};
  time_point begin{1h};

  /// Sends whenever it is due for a minute and returns when that was, since `begin`.
  times bursts(bool untold, bool unfinished) {
    times result;
    while (sut.next_deadline() < begin + 1min && result.size() < 1000) {
      const auto now = sut.next_deadline();
      BOOST_TEST(sut.due(now));
      result.push_back(std::chrono::duration_cast<milliseconds>(now - begin));
      sut.sent(untold, unfinished, now);
    }
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(burst_pacer, fixture)

BOOST_AUTO_TEST_CASE(has_nothing_to_do_without_news) {
  BOOST_TEST((sut.next_deadline() == never));
  BOOST_TEST(!sut.due(begin + 24h));
}

BOOST_AUTO_TEST_CASE(passes_the_first_news_on_at_once) {
  sut.news(begin);
  BOOST_TEST((sut.next_deadline() == begin));
  BOOST_TEST(sut.due(begin));
  BOOST_TEST(!sut.due(begin - 1ns));
}

BOOST_AUTO_TEST_CASE(collects_what_follows) {
  sut.news(begin);
  sut.sent(false, false, begin);
  BOOST_TEST((sut.next_deadline() == never));
  sut.news(begin + 1ms);
  sut.news(begin + 4ms);
  BOOST_TEST((sut.next_deadline() == begin + 5ms), "a batch after the last burst");
  sut.sent(false, false, begin + 7ms);
  sut.news(begin + 8ms);
  BOOST_TEST((sut.next_deadline() == begin + 12ms), "from when it was sent, not when it was due");
  sut.sent(false, false, begin + 12ms);
  sut.news(begin + 20ms);
  BOOST_TEST((sut.next_deadline() == begin + 20ms), "after a pause at once");
}

BOOST_AUTO_TEST_CASE(repeats_with_doubled_pauses_and_ends) {
  sut.news(begin);
  BOOST_TEST((bursts(false, true) == times{0ms, 10ms, 30ms, 70ms}));
  BOOST_TEST((sut.next_deadline() == never));
}

BOOST_AUTO_TEST_CASE(does_not_repeat_what_is_finished) {
  sut.news(begin);
  BOOST_TEST((bursts(false, false) == times{0ms}));
}

BOOST_AUTO_TEST_CASE(goes_on_with_the_batch_while_something_is_untold) {
  sut.news(begin);
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST((sut.next_deadline() == begin + i * 5ms));
    sut.sent(true, true, sut.next_deadline());
  }
  BOOST_TEST((bursts(false, true) == times{100ms, 110ms, 130ms, 170ms}), "and then repeats");
}

BOOST_AUTO_TEST_CASE(begins_anew_with_more_news) {
  sut.news(begin);
  sut.sent(false, true, begin);
  sut.sent(false, true, begin + 10ms);
  BOOST_TEST((sut.next_deadline() == begin + 30ms));
  sut.news(begin + 12ms);
  BOOST_TEST((bursts(false, true) == times{15ms, 25ms, 45ms, 85ms}));
}

BOOST_AUTO_TEST_CASE(does_not_put_off_a_burst_for_more_news) {
  sut.news(begin);
  sut.news(begin + 1ms);
  BOOST_TEST((sut.next_deadline() == begin));
}

BOOST_AUTO_TEST_CASE(never_sends_without_bursts) {
  sut = {5ms, 0};
  sut.news(begin);
  BOOST_TEST((sut.next_deadline() == never));
  BOOST_TEST(!sut.due(begin + 1h));
}

BOOST_AUTO_TEST_CASE(sends_each_news_once_with_one_burst) {
  sut = {5ms, 1};
  sut.news(begin);
  BOOST_TEST((bursts(false, true) == times{0ms}));
}

BOOST_AUTO_TEST_CASE(is_not_due_again_at_the_same_moment) {
  for (const bool untold : {false, true})
    for (const bool unfinished : {false, true}) {
      sut.news(begin);
      sut.sent(untold, unfinished, begin);
      BOOST_TEST(!sut.due(begin));
      sut.news(begin);
      BOOST_TEST(!sut.due(begin));
      sut.clear();
    }
}

BOOST_AUTO_TEST_CASE(ends_at_once_without_a_batch) {
  sut = {0ms, 16};
  sut.news(begin);
  BOOST_TEST(bursts(false, true).size() == 16U, "as many as there are bursts, and no more");
}

BOOST_AUTO_TEST_CASE(forgets_what_is_due) {
  sut.news(begin);
  sut.clear();
  BOOST_TEST((sut.next_deadline() == never));
}

BOOST_AUTO_TEST_SUITE_END()
