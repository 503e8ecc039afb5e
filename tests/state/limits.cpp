/// The bounds of the key/value state, and that nothing starves within them.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/random.hpp"
#include "tests/support/gossiper_fixture.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

namespace caf_gossip::test {

namespace {

config small() {
  config cfg;
  cfg.state_value_bytes_max = 100;
  cfg.state_keys_max = 3;
  cfg.heartbeat_expiration.reset();
  return cfg;
}

/// A value with which an entry counts for so many bytes under a key of one byte.
byte_buffer of_size(std::size_t size) {
  return byte_buffer(size - entry_bytes("k", {}));
}

struct small_member : one_gossiper {
  small_member() : one_gossiper(small()) { join({node("b")}); }

  void check(const expected<void>& refused, errc code, const std::string& setting) {
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == code));
    BOOST_TEST(refused.error().text.find(setting) != std::string::npos, refused.error().text);
  }

  [[nodiscard]] std::uint64_t refused() const { return sut.metrics().entries_refused; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(limits, small_member)

BOOST_AUTO_TEST_CASE(bound_a_value, *description("S5.1.4")) {
  BOOST_TEST((code_of(sut.set_state("k", byte_buffer(100), now)) == errc::none));
  check(sut.set_state("k", byte_buffer(101), now), errc::invalid_argument, "100");
  BOOST_TEST(sut.get_state("k").value().at("a").value.size() == 100U, "nothing has changed");
  check(sut.set_map_state("m", "x", byte_buffer(101), now), errc::invalid_argument,
        "gossip.state-value-bytes-max");
  receive(node("b"), {{"k", {byte_buffer(100), 1, 0, false}}});
  BOOST_TEST(refused() == 0U);
  receive(node("b"), {{"k", {byte_buffer(101), 2, 0, false}}});
  BOOST_TEST(refused() == 1U);
}

BOOST_AUTO_TEST_CASE(bound_the_keys_of_a_member) {
  BOOST_REQUIRE(sut.set_state("1", {}, now));
  BOOST_REQUIRE(sut.set_map_state("m", "x", {}, now));
  BOOST_REQUIRE(sut.set_state("3", {}, now));
  check(sut.set_state("4", {}, now), errc::limit_reached, "gossip.state-keys-max = 3");
  check(sut.set_map_state("m", "y", {}, now), errc::limit_reached, "gossip.state-keys-max = 3");
  BOOST_TEST((code_of(sut.set_state("1", bytes("new"), now)) == errc::none));
  BOOST_REQUIRE(sut.remove_state("1", now));
  check(sut.set_state("4", {}, now), errc::limit_reached, "removed");
  BOOST_TEST((code_of(sut.set_state("m", bytes("for its map"), now)) == errc::none));
  receive(node("b"), {{"1", entry("", 1)}, {"2", entry("", 2)}, {"3", entry("", 3)}});
  BOOST_TEST(refused() == 0U);
  receive(node("b"), {{"0", entry("", 4)}});
  BOOST_TEST(refused() == 1U);
}

BOOST_AUTO_TEST_CASE(do_not_hold_for_reserved_keys, *description("D10")) {
  for (const auto* key : {"1", "2", "3"})
    BOOST_REQUIRE(sut.set_state(key, {}, now));
  settle();
  BOOST_TEST(sut.get_state(heartbeat_key).value().size() == 1U);
  receive(node("b"), {{"heartbeat", entry("h", 1)},
                      {"gracefully_left", entry("", 2)},
                      {"1", entry("", 3)},
                      {"2", entry("", 4)},
                      {"3", entry("", 5)}});
  BOOST_TEST(refused() == 0U, "and do not take the room of others");
  BOOST_REQUIRE(sut.begin_stop(now));
  const auto goodbye = take();
  BOOST_TEST_REQUIRE(goodbye.size() == 1U);
  BOOST_TEST(goodbye[0].what.state.members.at("a").entries.count("gracefully_left") == 1U);
}

BOOST_AUTO_TEST_CASE(accept_what_the_owner_could_write_in_its_order) {
  receive(node("b"),
          {{"m\x1fx", entry("", 1)}, {"m\x1fy", entry("", 2)}, {"m\x1fz", entry("", 3)}});
  receive(node("b"), {{"m", entry("plain", 4)}, {"a1", entry("", 5)}, {"a2", entry("", 6)}});
  BOOST_TEST(refused() == 0U, "the map has made room before");
  BOOST_TEST(sut.get_state("a2").value().size() == 1U);
}

BOOST_AUTO_TEST_CASE(bound_the_bytes_of_a_member) {
  config few;
  few.state_member_bytes_max = 1024;
  one_gossiper one{few};
  one.join({node("b")});
  BOOST_TEST((code_of(one.sut.set_state("k", of_size(1024), one.now)) == errc::none));
  check(one.sut.set_state("k", of_size(1025), one.now), errc::limit_reached,
        "gossip.state-member-bytes-max = 1024");
  one.receive(node("b"), {{"k", {of_size(1025), 1, 0, false}}});
  BOOST_TEST(one.sut.metrics().entries_refused == 1U);
  one.receive(node("b"), {{"k", {of_size(1024), 2, 0, false}}});
  BOOST_TEST(one.sut.metrics().entries_refused == 1U);
}

BOOST_AUTO_TEST_CASE(bound_the_bytes_of_all) {
  config few;
  few.state_bytes_max = 2048;
  one_gossiper one{few};
  one.join({node("b")});
  one.receive(node("b"), {{"k", {of_size(1024), 1, 0, false}}});
  BOOST_TEST((code_of(one.sut.set_state("k", of_size(1024), one.now)) == errc::none));
  check(one.sut.set_state("k", of_size(1025), one.now), errc::limit_reached,
        "gossip.state-bytes-max = 2048");
  one.receive(node("b"), {{"k", {of_size(1025), 2, 0, false}}});
  BOOST_TEST(one.sut.metrics().entries_refused == 1U);
  one.join({});
  BOOST_TEST((code_of(one.sut.set_state("k", of_size(2048), one.now)) == errc::none),
             "who leaves makes room");
}

BOOST_AUTO_TEST_CASE(bound_what_ten_thousand_writes_leave) {
  for (int i = 0; i < 10'000; ++i)
    BOOST_REQUIRE(sut.set_state("k", bytes(std::to_string(i)), now));
  BOOST_TEST(sut.metrics().entries == 1U);
  BOOST_TEST(sut.metrics().bytes == entry_bytes("k", bytes("9999")));
  const auto requests = tick();
  BOOST_TEST_REQUIRE(requests.size() == 1U);
  BOOST_TEST(requests[0].what.state.members.at("a").entries.size() == 2U);
}

BOOST_AUTO_TEST_CASE(keep_reserved_and_malformed_keys_from_users, *description("D10")) {
  for (const std::string key : {"heartbeat", "gracefully_left", "", "a\nb",
                                "a\x1f"
                                "b"}) {
    BOOST_TEST((code_of(sut.set_state(key, {}, now)) == errc::invalid_argument));
    BOOST_TEST((code_of(sut.remove_state(key, now)) == errc::invalid_argument));
  }
  const std::string longest(key_bytes_max, 'k');
  BOOST_TEST((code_of(sut.set_state(longest, {}, now)) == errc::none));
  BOOST_TEST((code_of(sut.set_state(longest + "k", {}, now)) == errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(bound_the_time_to_live) {
  const auto code = [this](milliseconds ttl) { return code_of(sut.set_state("k", {}, now, ttl)); };
  BOOST_TEST((code(1ms) == errc::none));
  BOOST_TEST((code(state_ttl_max) == errc::none));
  BOOST_TEST((code(0ms) == errc::invalid_argument));
  BOOST_TEST((code(-1ms) == errc::invalid_argument));
  BOOST_TEST((code(state_ttl_max + 1ms) == errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(answer_single_lookups_with_an_error, *description("S2.4.1 D7")) {
  BOOST_REQUIRE(sut.set_state("k", bytes("v"), now));
  BOOST_TEST((sut.get_state("a", "k")->value == bytes("v")));
  BOOST_TEST((code_of(sut.get_state("b", "k")) == errc::state_not_found));
  BOOST_TEST((code_of(sut.get_state("nobody", "k")) == errc::unknown_authority));
  BOOST_TEST(sut.get_state("unknown").value().empty());
  receive(node("b"), {{"k", entry("w", 3)}});
  const gossip_values both{{"a", {bytes("v"), 1, 1'000'000, false}},
                           {"b", {bytes("w"), 3, 1'000'000, false}}};
  BOOST_TEST((sut.get_state("k").value() == both));
}

BOOST_TEST_DECORATOR(*description("S2.8.6 D13"))
BOOST_DATA_TEST_CASE(do_not_starve_anybody, data::make({1U, 2U, 3U, 50U}), max_send) {
  auto with = small();
  with.gossip_max_send = max_send;
  gossiper_cluster all{8, with};
  all.passes = [max_send](const state_outbound& request) {
    BOOST_TEST(request.what.state.members.size() <= max_send);
    const bool has_own = request.what.state.members.count(request.head.sender.id) > 0;
    BOOST_TEST((has_own || max_send == 1 || request.what.state.members.size() < max_send));
    return true;
  };
  for (auto& one : all.nodes)
    BOOST_REQUIRE(one->set_state("once", bytes("v"), all.now));
  for (int round = 0; round < 60; ++round) {
    for (auto& one : all.nodes)
      BOOST_REQUIRE(one->set_state("always", bytes(std::to_string(round)), all.now));
    all.round();
  }
  for (auto& one : all.nodes) {
    BOOST_TEST(one->get_state("once").value().size() == 8U);
    const auto always = one->get_state("always").value();
    for (const auto& [id, last] : always)
      BOOST_TEST(std::stoi(std::string{last.value.begin(), last.value.end()}) >= 50);
  }
  all.round(40);
  BOOST_TEST(all.agrees(), "and all comes to rest");
}

BOOST_TEST_DECORATOR(*description("S2.5.5 S2.8.3 S5.3.2"))
BOOST_DATA_TEST_CASE(hold_while_all_write_and_requests_are_lost, data::xrange(1, 31), seed) {
  random_source random{static_cast<std::uint64_t>(seed)};
  config with;
  with.heartbeat_expiration.reset();
  with.gossip_max_send = static_cast<std::uint32_t>(1 + random.below(5));
  with.state_value_bytes_max = 64;
  with.state_message_bytes_max = 2048;
  gossiper_cluster all{2 + random.below(7), with, static_cast<std::uint64_t>(seed)};
  all.passes = [&random](const auto&) { return random.below(4) > 0; };
  for (int round = 0; round < 40; ++round) {
    for (auto& one : all.nodes) {
      const auto key = "k" + std::to_string(random.below(4));
      const auto map_key = "m" + std::to_string(random.below(4));
      switch (random.below(8)) {
        case 0:
          (void)one->set_state(key, bytes(std::to_string(round)), all.now);
          break;
        case 1:
          (void)one->remove_state(key, all.now);
          break;
        case 2:
          (void)one->remove_map_state(key, map_key, all.now);
          break;
        case 3:
          (void)one->set_state(key, bytes("short"), all.now, 700ms);
          break;
        default:
          (void)one->set_map_state(key, map_key, bytes(std::to_string(round)), all.now);
      }
    }
    all.round();
  }
  for (int round = 0; round < 200; ++round)
    all.round();
  BOOST_TEST(all.agrees());
  for (auto& one : all.nodes)
    for (const auto* key : {"k0", "k1", "k2", "k3"}) {
      const auto seen = one->get_state(key).value();
      for (const auto& [id, value] : seen)
        BOOST_TEST((value.value == all.at(std::stoul(id)).get_state(id, key)->value));
    }
  const auto sent = all.sent;
  all.round(20);
  BOOST_TEST(all.sent == sent, "a quiet cluster sends nothing");
  for (auto& one : all.nodes)
    BOOST_TEST(one->metrics().tombstones == 0U, "and removed keys are forgotten");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
