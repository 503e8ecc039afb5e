/// The driver by hand, over transports that record and refuse.
#include "caf_gossip/net/driver.hpp"

#include <boost/test/unit_test.hpp>

using namespace caf_gossip;
using namespace std::chrono_literals;
using boost::unit_test::description;

namespace {

/// Keeps what it is given, and writes down in which order it was called.
class recording_transport : public net::transport {
public:
  explicit recording_transport(std::vector<std::string>& log) : log_(log) {}

  std::vector<net::outbound> sent;
  std::vector<net::inbound> arriving;
  /// Sends to this authority are refused.
  authority broken;

  expected<authority> start(const authority& where) override { return where; }
  expected<void> send(net::outbound what) override {
    log_.emplace_back("send");
    if (what.target == broken)
      return fail(errc::send_failed, "broken");
    sent.push_back(std::move(what));
    return {};
  }
  std::vector<net::inbound> poll() override {
    log_.emplace_back("poll");
    return std::exchange(arriving, {});
  }
  void stop() override {}
  [[nodiscard]] net::transport_stats stats() const override { return {}; }
  void on_arrival(std::function<void()>) override {}

private:
  std::vector<std::string>& log_;
};

struct fixture {
  std::vector<std::string> log;
  recording_transport network{log};
  config cfg;
  time_point now{1h};
  member_ref self{"self", 10, {"h", 1}};
  member_ref other{"other", 10, {"h", 2}};
  membership_coordinator core{cfg, 7};
  net::driver sut{core, network};
  std::vector<membership_event> events;

  fixture() {
    sut.on_events = [this](std::vector<membership_event> told) {
      log.emplace_back("publish");
      events.insert(events.end(), told.begin(), told.end());
    };
    (void)sut.step(now, [&](auto& each) { BOOST_REQUIRE(each.start_member(self, {}, now)); });
    log.clear();
    events.clear();
  }

  [[nodiscard]] wire::frame frame_from(const member_ref& who, membership_payload payload) const {
    return {{cfg.cluster_name, who, 0, 0, 0, 0}, std::move(payload)};
  }

  [[nodiscard]] static record joining(const member_ref& who) {
    return {who.id, who.address, who.incarnation, 1, member_status::joining, {}};
  }

  template <class Event>
  [[nodiscard]] std::size_t told() const {
    return static_cast<std::size_t>(
        std::count_if(events.begin(), events.end(),
                      [](const auto& event) { return std::holds_alternative<Event>(event); }));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(driver, fixture)

BOOST_AUTO_TEST_CASE(drains_processes_ticks_sends_and_publishes_in_this_order,
                     *description("S1.2.3 S4.3")) {
  network.arriving.push_back(frame_from(other, join_request{joining(other)}));
  bool admitted_before_input = false;
  BOOST_TEST(sut.step(now,
                      [&](auto& each) {
                        log.emplace_back("input");
                        admitted_before_input = each.table().find(other.id) != nullptr;
                      })
                 .has_value());
  BOOST_TEST(admitted_before_input);
  BOOST_TEST((log == std::vector<std::string>{"poll", "input", "send", "publish"}));
}

BOOST_AUTO_TEST_CASE(lets_processed_gossip_change_the_core, *description("S1.3.1 S1.3.3")) {
  const member_ref third{"third", 10, {"h", 3}};
  auto up = joining(third);
  up.status = member_status::up;
  network.arriving.push_back(frame_from(other, join_request{joining(other)}));
  network.arriving.push_back(frame_from(other, delta{0, 5, {up}}));
  BOOST_TEST(sut.step(now).has_value());
  BOOST_TEST((core.table().find(third.id)->status() == member_status::up));
  for (const auto& out : network.sent)
    BOOST_TEST((out.target != self.address));
  (void)sut.step(now + cfg.topology_emit_interval);
  BOOST_TEST(told<topology_updated>() == 1U, "S1.3.2: all changes of a window are one update");
}

BOOST_AUTO_TEST_CASE(reports_a_failed_send_after_everything_else_was_done, *description("S1.3.4")) {
  const member_ref third{"third", 10, {"h", 3}};
  network.broken = other.address;
  network.arriving.push_back(frame_from(other, join_request{joining(other)}));
  network.arriving.push_back(frame_from(third, join_request{joining(third)}));
  const auto result = sut.step(now);
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error() == error{errc::send_failed, "broken"}));
  BOOST_TEST(network.sent.size() == 1U, "the answer behind the failed one went out");
  BOOST_TEST(told<member_status_changed>() == 2U, "and the events were published");
  BOOST_TEST(told<gossip_send_failed>() == 1U);
  network.broken = {};
  BOOST_TEST(sut.round(now + 500ms).has_value(), "the next round goes on");
  BOOST_TEST(network.sent.size() > 1U);
}

BOOST_AUTO_TEST_CASE(tells_the_core_what_became_of_its_messages, *description("S1.1.2")) {
  network.arriving.emplace_back(
      net::delivery_failed{{"h", 9}, 0, {errc::send_failed, "connection refused"}});
  BOOST_TEST(sut.step(now).has_value());
  BOOST_TEST(told<gossip_send_failed>() == 1U);
  BOOST_TEST(core.metrics()->send_failures == 1U);
}

BOOST_AUTO_TEST_CASE(tells_the_core_that_frames_were_dropped) {
  network.arriving.emplace_back(net::frames_dropped{7});
  BOOST_TEST(sut.step(now).has_value());
  BOOST_TEST(core.metrics()->local_health == 1U);
}

BOOST_AUTO_TEST_CASE(counts_messages_of_a_plane_that_is_not_there) {
  wire::frame frame;
  frame.head = {cfg.cluster_name, other, 0, 0, 0, 0};
  frame.body = state_payload{gossip_request{other.id, {}}};
  network.arriving.emplace_back(frame);
  BOOST_TEST(sut.step(now).has_value());
  BOOST_TEST(core.metrics()->messages_refused[static_cast<std::size_t>(errc::disabled)] == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
