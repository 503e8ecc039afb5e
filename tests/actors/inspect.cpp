// Every message survives CAF's serializer, as between two systems.
#include "actors/inspect.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include "actors/type_ids.hpp"
#include "tests/support/deterministic_actors.hpp"

namespace caf_gossip::test {

namespace {

const member_ref someone{"someone", 4711, {"host", 80}};
const event_stamp stamp{7, unix_time{milliseconds{1234567}}};
const record full{"someone", {"host", 80},           4711,
                  3,         member_status::suspect, {{"zone", "z"}, {"rack", "r"}}};
const cause why{cause_kind::silence, "informant", 8.25, milliseconds{1500}};
const topology change{{someone}, {someone}, {someone}, {someone, someone}, {"blocked"}, 99};

/// At least one value of every message with contents, the optional ones with and without.
auto samples() {
  membership_metrics metrics;
  metrics.members = 1;
  metrics.messages_refused[3] = 5;
  metrics.messages_refused.back() = 6;
  state_metrics counted;
  counted.members = 1;
  counted.blocks_dropped = 2;
  counted.requests_refused.back() = 3;
  return std::tuple{
      authority{"host", 80},
      membership_snapshot{node_mode::member,
                          someone,
                          true,
                          5,
                          6,
                          gossip_phase::reconciling,
                          7,
                          8,
                          {{full, unix_time{milliseconds{5}}, why}}},
      metrics,
      leave_finished{2, 3},
      gossiper_status{gossiper_state::stopping, someone, 5, 6},
      quarantine_view{"id", {"host", 1}, "reason", unix_time{milliseconds{77}}},
      std::vector<quarantine_view>{{"id", {"host", 1}, "reason", unix_time{milliseconds{77}}}},
      event_stats{1, 2, 3, 4, 5},
      gossip_values{{"one", {{1, 2, 3}, 4, 5, true}}, {"two", {{}, 6, -7, false}}},
      map_state_value{byte_buffer{1, 2}},
      map_state_value{std::nullopt},
      map_state_keys{{"one", "two"}},
      merged_map_values{{{"key", {{"one", {1}}, {"two", {}}}}}},
      blocked_view{"id", 5, block_reason::expired_heartbeat, unix_time{milliseconds{77}}},
      std::vector<blocked_view>{
          {"id", 5, block_reason::gracefully_left, unix_time{milliseconds{77}}}},
      counted,
      startup{stamp, {"host", 80}, node_mode::client},
      startup_failed{stamp, errc::network_error, "reason"},
      shutdown{stamp},
      shutdown_failed{stamp, errc::timeout, "reason"},
      join_refused{stamp, {"host", 80}, errc::quarantined, "reason"},
      self_declared_dead{stamp, someone, "informant", unix_time{milliseconds{9}}},
      self_declared_dead{stamp, someone, "informant", std::nullopt},
      member_status_changed{stamp, someone, member_status::up, member_status::dead, why},
      member_status_changed{stamp, someone, std::nullopt, member_status::joining, why},
      transition_refused{stamp, someone, member_status::dead, member_status::up, "informant"},
      member_quarantined{stamp, "id", {"host", 80}, "reason", unix_time{milliseconds{9}}},
      quarantine_cleared{stamp, "id", {"host", 80}},
      rejoin_refused{stamp, someone, errc::stale_incarnation, "reason"},
      topology_updated{stamp, change},
      topology_apply_failed{stamp, "reason"},
      disseminated{stamp, {"one", "two"}, 5},
      reconciling_requested{stamp, "peer"},
      conflict_detected{stamp, "id", {"host", 1}, {"host", 2}},
      confirmed{stamp, 5},
      seen_changed{stamp, "peer", 2, 3},
      gossip_send_failed{stamp, {"host", 80}, errc::send_failed, "reason"},
      gossip_update{stamp, "id", "key", std::nullopt, {1, 2}, 5, false, 6},
      gossip_update{stamp, "id", "key", "map key", {}, 5, true, 6},
      member_blocked{stamp, "id", 5, block_reason::requested},
      member_unblocked{stamp, "id"},
      gossip_request_failed{stamp, someone, errc::timeout, "reason"},
      gossip_input_refused{stamp, "id", "what", "reason"}};
}

/// Messages that are compared by their fields.
auto plain_samples() {
  return std::tuple{start_membership{someone, {{"seed", 1}, {"seed", 2}}, node_mode::client},
                    join_member{full},
                    leave_member{{"host", 1}},
                    down_member{{"host", 2}},
                    heard_member{{"host", 3}},
                    quarantine_member{{"host", 4}, "reason"},
                    clear_quarantine{{"host", 5}},
                    apply_topology{change},
                    bind_transport{{"host", 6}},
                    stop_transport{milliseconds{250}},
                    replay_events{41, nullptr},
                    subscribe_events{nullptr, start_with::snapshot},
                    unsubscribe_events{nullptr},
                    start_gossip{},
                    stop_gossip{},
                    get_gossiper_status{},
                    loop_tick{},
                    shut_down_membership{},
                    leave_cluster{},
                    get_membership{},
                    get_quarantine{},
                    get_membership_metrics{},
                    run_round{},
                    core_tick{},
                    get_transport_stats{},
                    frames_arrived{},
                    get_event_stats{},
                    outcome_ready{},
                    get_state{"key"},
                    remove_state{"key"},
                    set_map_state{"key", "map key", {1}},
                    get_map_state{"key", "map key"},
                    remove_map_state{"key", "map key"},
                    get_map_keys{"key"},
                    get_merged_map{"key"},
                    get_blocked{},
                    block_member{"id"},
                    unblock_member{"id"},
                    get_state_metrics{},
                    subscribe_state{nullptr, "key", true, start_with::snapshot},
                    unsubscribe_state{nullptr}};
}

struct serializing_fixture {
  deterministic_actors world;
  virtual_node& node = world.add("a");

  template <class T>
  std::vector<char> write(T value) {
    std::vector<char> result;
    caf::binary_serializer sink{node.sys(), result};
    BOOST_TEST(!sink(value));
    return result;
  }

  template <class T>
  T read(const std::vector<char>& bytes) {
    T result;
    caf::binary_deserializer source{node.sys(), bytes};
    BOOST_TEST(!source(result));
    BOOST_TEST(source.remaining() == 0U);
    return result;
  }

  /// As a message of any type, the way it travels between two systems.
  template <class T>
  T travel(const T& value) {
    const auto bytes = write(caf::make_message(value));
    const auto message = read<caf::message>(bytes);
    BOOST_REQUIRE(message.size() == 1U);
    BOOST_REQUIRE(message.template match_element<T>(0));
    return message.template get_as<T>(0);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(inspect)

BOOST_FIXTURE_TEST_CASE(brings_every_value_and_event_back, serializing_fixture) {
  const auto check = [&]<class T>(const T& value) {
    BOOST_TEST((travel(value) == value), typeid(T).name());
  };
  std::apply([&](const auto&... value) { (check(value), ...); }, samples());
}

BOOST_FIXTURE_TEST_CASE(brings_every_message_back, serializing_fixture) {
  const auto check = [&]<class T>(T value) {
    auto back = travel(value);
    BOOST_TEST((members_of(back) == members_of(value)), typeid(T).name());
  };
  std::apply([&](const auto&... value) { (check(value), ...); }, plain_samples());
}

BOOST_FIXTURE_TEST_CASE(brings_a_write_back_with_and_without_its_time_to_live,
                        serializing_fixture) {
  for (const auto ttl : {std::optional{milliseconds{5}}, std::optional<milliseconds>{}}) {
    const auto back = travel(set_state{"key", {1, 2}, ttl});
    BOOST_TEST(back.key == "key");
    BOOST_TEST((back.value == byte_buffer{1, 2}));
    BOOST_TEST((back.ttl == ttl));
  }
}

// A new event must be added to the samples.
BOOST_AUTO_TEST_CASE(has_a_sample_of_every_event) {
  const auto listed = []<class... Events>(const std::variant<Events...>*) {
    const auto is_sampled = []<class Event>(const Event*) {
      return []<class... Samples>(const std::tuple<Samples...>*) {
        return (std::is_same_v<Event, Samples> || ...);
      }(static_cast<const decltype(samples())*>(nullptr));
    };
    return (is_sampled(static_cast<const Events*>(nullptr)) && ...);
  };
  BOOST_TEST(listed(static_cast<const cluster_event*>(nullptr)));
}

// Half a message is an error, not a crash.
BOOST_FIXTURE_TEST_CASE(refuses_what_is_cut_off, serializing_fixture) {
  const auto whole =
      write(member_status_changed{stamp, someone, member_status::up, member_status::dead, why});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::vector<char> part(whole.begin(),
                                 whole.begin() + static_cast<std::ptrdiff_t>(length));
    member_status_changed result;
    caf::binary_deserializer source{node.sys(), part};
    BOOST_TEST(!!source(result), "after " << length << " bytes");
  }
}

// As text, for logs.
BOOST_AUTO_TEST_CASE(prints_messages) {
  const auto text = caf::to_string(caf::make_message(down_member{{"host", 4711}}));
  BOOST_TEST(text.find("host") != std::string::npos);
  BOOST_TEST(text.find("4711") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
