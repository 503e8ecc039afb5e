/// How a probe over a stream of its own ends, and how streams do.
#include "tests/support/simulator.hpp"

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t prober = 1;
constexpr std::uint32_t probed = 4;

/// A few nodes, one of which probes another. Failures are told as events.
struct world : simulator {
  struct failure {
    errc code = errc::none;
    duration after{};
  };

  world() : simulator(1) {
    BOOST_REQUIRE(start_converged(6));
    run_for(2s);
  }

  /// Sends a ping and returns how it failed, if it did within three seconds.
  std::optional<failure> probe(channel via, bool expects_reply = true) {
    const auto begun = now();
    std::optional<failure> result;
    const auto target = node(probed).self.address;
    on_event = [&](const sim_node& who, const membership_event& event) {
      const auto* failed = std::get_if<gossip_send_failed>(&event);
      if (failed != nullptr && who.number == prober && failed->target == target && !result)
        result = failure{failed->code, now() - begun};
    };
    membership_outbound out;
    out.target = target;
    out.head = {cfg.cluster_name, node(prober).self, 0, expects_reply ? 4711U : 0U, 0, 0};
    out.payload = ping{};
    out.via = via;
    out.expects_reply = expects_reply;
    send_for(prober, std::move(out));
    run_for(3500ms);
    on_event = nullptr;
    return result;
  }
};

void check(const std::optional<world::failure>& found, errc code, duration min, duration max) {
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(to_string(found->code) == to_string(code));
  BOOST_TEST((found->after >= min && found->after <= max));
}

} // namespace

BOOST_AUTO_TEST_SUITE(simulator_channels)

BOOST_AUTO_TEST_CASE(a_probe_of_a_dead_process_is_refused_after_one_round_trip) {
  world run;
  run.kill(probed);
  check(run.probe(channel::new_stream), errc::connection_refused, 600us, 1400us);
}

BOOST_AUTO_TEST_CASE(a_probe_of_a_lost_host_ends_after_two_probe_timeouts) {
  world run;
  run.lose_host(probed);
  check(run.probe(channel::new_stream), errc::unreachable, 399ms, 401ms);
}

BOOST_AUTO_TEST_CASE(a_probe_over_a_way_that_is_cut_in_either_direction_ends_likewise) {
  world there;
  there.network.cut(prober, probed);
  check(there.probe(channel::new_stream), errc::unreachable, 399ms, 401ms);
  world back;
  back.network.cut(probed, prober);
  check(back.probe(channel::new_stream), errc::unreachable, 399ms, 401ms);
}

BOOST_AUTO_TEST_CASE(a_lost_handshake_ends_likewise) {
  world run;
  run.network.set_link_loss(prober, probed, 1.0);
  check(run.probe(channel::new_stream), errc::unreachable, 399ms, 401ms);
}

BOOST_AUTO_TEST_CASE(a_probe_of_a_paused_process_times_out) {
  world run;
  run.pause(probed, 10s);
  check(run.probe(channel::new_stream), errc::timeout, 1999ms, 2001ms);
}

BOOST_AUTO_TEST_CASE(an_ordinary_stream_to_a_dead_process_is_refused) {
  world run;
  run.kill(probed);
  check(run.probe(channel::stream), errc::send_failed, 600us, 3ms);
}

BOOST_AUTO_TEST_CASE(a_request_over_a_cut_stream_times_out) {
  world run;
  run.network.cut(prober, probed);
  check(run.probe(channel::stream), errc::timeout, 1999ms, 2001ms);
}

BOOST_AUTO_TEST_CASE(a_message_over_a_cut_stream_fails_when_its_repetitions_have) {
  world run;
  run.network.cut(prober, probed);
  check(run.probe(channel::stream, false), errc::send_failed, 2900ms, 3100ms);
}

BOOST_AUTO_TEST_CASE(a_stream_gets_through_when_the_cut_ends_in_time) {
  world run;
  run.network.cut(prober, probed);
  run.at(run.now() + 500ms, [&] { run.network.heal(); });
  BOOST_TEST(!run.probe(channel::stream, false).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
