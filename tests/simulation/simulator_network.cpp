/// Decisions of the simulated network about single packets.
#include "tests/support/simulator_network.hpp"

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

constexpr int packets = 20'000;

double share_lost(const network_model& sut, host from, host to) {
  random_source random{1};
  int lost = 0;
  for (int i = 0; i < packets; ++i)
    lost += sut.loses(from, to, random) ? 1 : 0;
  return static_cast<double>(lost) / packets;
}

} // namespace

BOOST_AUTO_TEST_SUITE(simulator_network)

BOOST_AUTO_TEST_CASE(losses_everywhere_at_a_host_and_on_a_link_add_up) {
  network_model sut;
  BOOST_TEST(share_lost(sut, 1, 2) == 0.0);
  sut.loss = 0.5;
  sut.set_host_loss(2, 0.5, 0.0);
  sut.set_link_loss(1, 2, 0.5);
  BOOST_TEST(share_lost(sut, 1, 3) == 0.5, boost::test_tools::tolerance(0.05));
  BOOST_TEST(share_lost(sut, 3, 2) == 0.75, boost::test_tools::tolerance(0.05));
  BOOST_TEST(share_lost(sut, 1, 2) == 0.875, boost::test_tools::tolerance(0.05));
  BOOST_TEST(share_lost(sut, 2, 1) == 0.5, boost::test_tools::tolerance(0.05));
}

BOOST_AUTO_TEST_CASE(a_cut_is_one_way_until_it_is_mended) {
  network_model sut;
  sut.cut(1, 2);
  BOOST_TEST(sut.is_cut(1, 2, {}));
  BOOST_TEST(!sut.is_cut(2, 1, {}));
  sut.mend(1, 2);
  BOOST_TEST(!sut.is_cut(1, 2, {}));
}

BOOST_AUTO_TEST_CASE(groups_do_not_reach_each_other_until_healed) {
  network_model sut;
  sut.set_group(3, 1);
  BOOST_TEST(sut.is_cut(1, 3, {}));
  BOOST_TEST(sut.is_cut(3, 1, {}));
  BOOST_TEST(!sut.is_cut(1, 2, {}));
  sut.heal();
  BOOST_TEST(!sut.is_cut(1, 3, {}));
  BOOST_TEST(sut.is_whole());
}

BOOST_AUTO_TEST_CASE(a_flapping_link_is_down_at_the_beginning_of_each_period) {
  network_model sut;
  const time_point since{10s};
  sut.flap(1, 2, since, 5s, 2s);
  BOOST_TEST(!sut.is_cut(1, 2, since - 1s));
  BOOST_TEST(sut.is_cut(1, 2, since + 1s));
  BOOST_TEST(!sut.is_cut(1, 2, since + 3s));
  BOOST_TEST(sut.is_cut(1, 2, since + 6s));
  BOOST_TEST(!sut.is_cut(2, 1, since + 1s));
}

BOOST_AUTO_TEST_CASE(latencies_are_within_their_bounds_but_for_the_tail) {
  network_model sut;
  random_source random{1};
  for (int i = 0; i < 1000; ++i) {
    const auto took = sut.latency(random);
    BOOST_REQUIRE((took >= sut.latency_min && took <= sut.latency_max));
  }
  sut.tail_share = 1.0;
  duration sum{};
  for (int i = 0; i < 1000; ++i)
    sum += sut.latency(random);
  BOOST_TEST((sum / 1000 > sut.tail_median));
}

BOOST_AUTO_TEST_CASE(a_stream_repeats_what_is_lost) {
  network_model sut;
  random_source random{1};
  BOOST_TEST((sut.retransmission(1, 2, 10, random) == duration{}));
  sut.loss = 0.999;
  BOOST_TEST((sut.retransmission(1, 2, 10, random) >= 200ms + 400ms));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
