/// Who is blocked, why, and what becomes of it.
#include <boost/test/unit_test.hpp>

#include "tests/support/gossiper_fixture.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;

namespace caf_gossip::test {

namespace {

using ids = std::vector<node_id>;

config of(std::optional<milliseconds> expiration) {
  config cfg;
  cfg.heartbeat_expiration = expiration;
  return cfg;
}

struct three_peers : one_gossiper {
  three_peers() : one_gossiper(of(10s)) { join({node("b"), node("c"), node("d")}); }

  [[nodiscard]] ids blocked() const { return sut.blocked_members().value(); }
  [[nodiscard]] std::vector<member_blocked> told() const { return only<member_blocked>(events); }
  void leave(const member_ref& who) {
    receive(who, {{std::string{gracefully_left_key}, entry("", 1)}});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gossiper_blocking, three_peers)

BOOST_AUTO_TEST_CASE(begins_with_nobody, *description("S2.10.1")) {
  BOOST_TEST(blocked().empty());
  BOOST_TEST(!sut.is_blocked("b"));
}

BOOST_AUTO_TEST_CASE(waits_until_a_silent_member_is_too_old,
                     *description("S2.2.3 S2.6.3 S5.2.6 S5.2.8")) {
  const auto since = now;
  while (now < since + 10s)
    tick();
  BOOST_TEST((now == since + 10s));
  BOOST_TEST(blocked().empty(), "as old as allowed");
  tick();
  BOOST_TEST((blocked() == ids{"b", "c", "d"}), "none of them has ever sent a heartbeat");
  tick();
  BOOST_TEST(told().size() == 3U, "told once");
  BOOST_TEST((told()[0].reason == block_reason::expired_heartbeat));
  BOOST_TEST(to_string(told()[0].reason) == "expired heartbeat");
}

BOOST_AUTO_TEST_CASE(takes_any_sign_of_life, *description("S2.6.3")) {
  for (std::uint64_t i = 1; i <= 40; ++i) {
    receive(node("c"), node("b"), {{"heartbeat", {encode_heartbeat({}).value(), i, 0, false}}});
    for (const auto& request : tick())
      if (request.target.id == "d")
        sut.answered(request.token, {}, now);
      else
        sut.failed(request.token, {errc::timeout, ""}, now);
    BOOST_REQUIRE(sut.set_state("k", bytes(std::to_string(i)), now));
  }
  BOOST_TEST(blocked().empty(), "a heartbeat passed on, a frame, an answer");
}

BOOST_AUTO_TEST_CASE(is_not_deceived_by_old_heartbeats_or_incarnations, *description("S2.6.3")) {
  for (int i = 0; i < 30; ++i) {
    receive(node("c"), node("b"), {{"heartbeat", {encode_heartbeat({}).value(), 1, 0, false}}});
    sut.heard(node("b", 2), 0, now);
    sut.heard(node("d"), 0, now);
    tick();
  }
  BOOST_TEST((blocked() == ids{"b"}));
}

BOOST_AUTO_TEST_CASE(honours_the_configured_time, *description("S2.6.4")) {
  one_gossiper quick{of(50ms)};
  one_gossiper never_blocks{of(std::nullopt)};
  for (auto* one : {&quick, &never_blocks}) {
    one->join({node("b")});
    for (int i = 0; i < 100; ++i)
      one->tick();
  }
  BOOST_TEST((quick.sut.blocked_members().value() == ids{"b"}));
  BOOST_TEST(never_blocks.sut.blocked_members().value().empty());
}

BOOST_AUTO_TEST_CASE(never_blocks_itself, *description("S2.6.5 S2.10.3 S5.2.6")) {
  now += 100s;
  tick();
  BOOST_TEST(!sut.is_blocked("a"));
  const auto refused = sut.block_members({"b", "a"}, now);
  BOOST_TEST((code_of(refused) == errc::invalid_argument));
  leave(node("b"));
  receive(node("c"), node("a"), {{std::string{gracefully_left_key}, entry("", 99)}});
  tick();
  BOOST_TEST(!sut.is_blocked("a"));
}

BOOST_AUTO_TEST_CASE(blocks_who_left_in_the_next_tick, *description("S2.2.4 S2.10.3 S5.2.8")) {
  leave(node("c"));
  BOOST_TEST(blocked().empty());
  tick();
  BOOST_TEST((blocked() == ids{"c"}));
  BOOST_TEST((told()[0].reason == block_reason::gracefully_left));
  BOOST_TEST(sut.get_state(gracefully_left_key).value().empty(), "its state is gone");
}

BOOST_AUTO_TEST_CASE(blocks_who_left_when_the_membership_is_faster_than_the_tick,
                     *description("S2.9.2 S2.10.3")) {
  leave(node("c"));
  join({node("b"), node("d")});
  take();
  BOOST_TEST((blocked() == ids{"c"}));
  BOOST_REQUIRE(!told().empty());
  BOOST_TEST((told()[0].reason == block_reason::gracefully_left));
}

BOOST_AUTO_TEST_CASE(blocks_who_left_before_it_was_known, *description("S2.10.3")) {
  receive(node("b"), node("e"), {{std::string{gracefully_left_key}, entry("", 1)}});
  join({node("b"), node("c"), node("d"), node("e")});
  tick();
  BOOST_TEST((blocked() == ids{"e"}));
}

BOOST_AUTO_TEST_CASE(does_not_exchange_with_the_blocked, *description("S2.10.2 S2.8.2")) {
  receive(node("b"), {{"x", entry("v", 1)}});
  BOOST_REQUIRE(sut.block_members({"b"}, now));
  BOOST_TEST(sut.get_state("x").value().empty());
  BOOST_TEST((receive(node("b"), {{"x", entry("v", 2)}}).rejected == errc::blocked));
  receive(node("c"), node("b"), {{"x", entry("v", 2)}});
  receive(node("c"), node("c"), {{"y", entry("v", 1)}});
  BOOST_TEST(sut.get_state("x").value().empty());
  BOOST_TEST(sut.metrics().members_refused == 1U);
  for (int i = 0; i < 100; ++i) {
    BOOST_REQUIRE(sut.set_state("k", bytes(std::to_string(i)), now));
    for (const auto& who : {"c", "d"})
      sut.heard(node(who), 0, now);
    for (const auto& request : tick()) {
      BOOST_TEST(request.target.id != "b");
      BOOST_TEST(request.what.state.members.count("b") == 0U);
      sut.answered(request.token, {}, now);
    }
  }
  BOOST_TEST(sut.get_state("y").value().size() == 1U, "others are not affected");
}

BOOST_AUTO_TEST_CASE(keeps_the_first_block, *description("S2.10.4 S5.2.8")) {
  BOOST_REQUIRE(sut.block_members({"c", "b"}, now));
  take();
  const auto before = sut.blocks();
  BOOST_TEST((blocked() == ids{"b", "c"}));
  now += 1s;
  BOOST_REQUIRE(sut.block_members({"b", "c"}, now));
  take();
  BOOST_TEST((sut.blocks() == before));
  BOOST_TEST(told().size() == 2U);
}

BOOST_AUTO_TEST_CASE(blocks_all_or_nobody) {
  const auto refused = sut.block_members({"b", "nobody"}, now);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == errc::unknown_authority));
  BOOST_TEST(refused.error().text.find("nobody") != std::string::npos);
  BOOST_TEST(blocked().empty());
  BOOST_TEST((code_of(sut.unblock_member("b", now)) == errc::unknown_authority));
}

BOOST_AUTO_TEST_CASE(welcomes_a_new_incarnation, *description("D9")) {
  BOOST_REQUIRE(sut.block_members({"b"}, now));
  join({node("b", 2), node("c"), node("d")});
  BOOST_TEST(blocked().empty());
  BOOST_TEST((receive(node("b", 2), {{"x", entry("v", 1)}}).rejected == errc::none));
  BOOST_TEST((receive(node("b", 1), {{"x", entry("v", 9)}}).rejected == errc::stale_incarnation));
  receive(node("c"), node("b", 1), {{"x", entry("old", 9)}});
  BOOST_TEST((sut.get_state("x").value().at("b").value == bytes("v")));
}

BOOST_AUTO_TEST_CASE(stays_blocked_when_it_leaves_the_membership, *description("D9")) {
  leave(node("b"));
  tick();
  join({node("c"), node("d")});
  BOOST_TEST((blocked() == ids{"b"}));
  join({node("b"), node("c"), node("d")});
  BOOST_TEST((blocked() == ids{"b"}), "the same incarnation is not welcome");
  BOOST_TEST(sut.peers().size() == 2U);
}

BOOST_AUTO_TEST_CASE(forgets_a_block_after_its_retention, *description("D9")) {
  BOOST_REQUIRE(sut.block_members({"b"}, now));
  const auto keep_alive = [this] {
    for (const auto* id : {"b", "c", "d"})
      sut.heard(node(id), 0, now);
  };
  now += 24h;
  keep_alive();
  sut.tick(now);
  BOOST_TEST((blocked() == ids{"b"}));
  now += 1s;
  keep_alive();
  sut.tick(now);
  BOOST_TEST(blocked().empty());
  BOOST_TEST(sut.peers().size() == 3U, "it is a member still");
}

BOOST_AUTO_TEST_CASE(gets_the_state_of_the_unblocked_back) {
  gossiper_cluster all{4, of(std::nullopt)};
  BOOST_REQUIRE(all.at(1).set_state("k", bytes("v"), all.now));
  all.round(5);
  BOOST_REQUIRE(all.agrees());
  BOOST_REQUIRE(all.at(0).block_members({"1"}, all.now));
  all.round(5);
  BOOST_TEST(all.at(0).get_state("k").value().empty());
  std::size_t unblocked = 0;
  all.told = [&unblocked](auto&, const auto& event) {
    unblocked += std::holds_alternative<member_unblocked>(event) ? 1 : 0;
  };
  BOOST_REQUIRE(all.at(0).unblock_member("1", all.now));
  for (int i = 0; i < 80 && !all.agrees(); ++i) {
    for (std::size_t other = 1; other < 4; ++other)
      all.at(other).heard(all.at(0).self(), all.at(0).state_hash(), all.now);
    all.round();
  }
  BOOST_TEST(all.agrees());
  BOOST_TEST(unblocked == 1U);
  BOOST_TEST((all.at(0).get_state("k").value().at("1").value == bytes("v")));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
