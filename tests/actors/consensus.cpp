// Consensus checks in whole nodes: when they are evaluated and whom they tell.
#include <set>

#include "tests/actors/consensus_nodes.hpp"

namespace caf_gossip::test {

using boost::unit_test::description;

namespace {

/// What two keys say together.
struct release {
  std::string name;
  std::uint8_t number = 0;

  friend bool operator==(const release&, const release&) = default;
};

} // namespace

BOOST_AUTO_TEST_SUITE(consensus)

// -- registration ---------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(is_evaluated_at_once_under_a_unique_id, checking_nodes,
                        *description("S2.11.1 S5.4.1")) {
  set_both(7);
  const auto when = world.now();
  const auto one = check(note());
  BOOST_TEST((take() == told{7}));
  const auto other = check();
  const auto elsewhere = second.facade().register_consensus_check("key", first_byte);
  BOOST_REQUIRE(elsewhere.has_value());
  world.settle();
  BOOST_TEST((world.now() == when));
  BOOST_TEST((std::set{one.id(), other.id(), elsewhere->id(), std::uint64_t{0}}.size() == 4U));
  for (const auto* handle : {&one, &other, &*elsewhere}) {
    BOOST_TEST((handle->value() == 7U));
    BOOST_TEST((handle->wait(0ms) == 7U));
  }
}

BOOST_FIXTURE_TEST_CASE(is_about_several_keys_and_any_type, checking_nodes,
                        *description("S2.11.1 S5.4.1 D12")) {
  const auto extract = [](const consensus_values& values) {
    return release{{values[0].begin(), values[0].end()}, values[1].at(0)};
  };
  auto made = sut.register_consensus_check<release>({"name", "number"}, extract);
  BOOST_REQUIRE(made.has_value());
  for (auto* node : {&first, &second})
    set(*node, 'x', "name");
  set(first, 4, "number");
  BOOST_TEST(!made->value().has_value());
  set(second, 5, "number");
  BOOST_TEST(!made->value().has_value());
  set(first, 5, "number");
  BOOST_TEST((made->value() == release{"x", 5}));
}

BOOST_FIXTURE_TEST_CASE(may_be_registered_before_the_start, checking_node,
                        *description("S2.11.1")) {
  told seen;
  const auto handle = *sut.register_consensus_check(
      "key", first_byte, [&](const number& now) { seen.push_back(now); });
  world.settle();
  BOOST_TEST(!handle.wait(0ms).has_value());
  for (const auto run : std::vector<std::uint8_t>{1, 2}) {
    BOOST_REQUIRE((node.start().code() == errc::none));
    BOOST_TEST(!handle.value().has_value());
    set(run);
    BOOST_TEST((handle.value() == number{run}));
    (void)node.stop();
    world.advance(10s);
    BOOST_TEST(!handle.value().has_value());
  }
  BOOST_TEST((seen == told{1, std::nullopt, 2, std::nullopt}));
}

BOOST_FIXTURE_TEST_CASE(needs_keys_that_are_allowed, checking_node) {
  for (const auto& keys : std::vector<std::vector<std::string>>{{}, {""}, {"good", "b\x1f"}}) {
    const auto made = sut.register_consensus_check(
        keys, [](const consensus_values& values) { return values.size(); });
    BOOST_REQUIRE(!made.has_value());
    BOOST_TEST((made.error().code == errc::invalid_argument));
  }
  BOOST_TEST((sut.consensus() == consensus_stats{0, 3, 0}));
}

BOOST_FIXTURE_TEST_CASE(is_one_of_1024_at_most, checking_node) {
  std::vector<consensus_handle<std::uint64_t>> handles;
  for (std::size_t i = 0; i < consensus_checks::checks_max; ++i)
    handles.push_back(*sut.register_consensus_check("key", first_byte));
  const auto refused = sut.register_consensus_check("key", first_byte);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == errc::limit_reached));
  BOOST_TEST(refused.error().text.find("1024") != std::string::npos);
  BOOST_TEST((sut.consensus() == consensus_stats{1024, 1, 0}));
  // The place of a removed one is free at once, and the actor follows.
  world.settle();
  handles.pop_back();
  handles.push_back(*sut.register_consensus_check("key", first_byte));
  (void)node.start();
  set(7);
  BOOST_TEST((handles.back().value() == 7U));
}

BOOST_FIXTURE_TEST_CASE(needs_the_module, checking_node) {
  auto without = world.add("b", {}, false).facade();
  BOOST_TEST(
      (without.register_consensus_check("key", first_byte).error().code == errc::not_started));
  BOOST_TEST((without.consensus() == consensus_stats{}));
  without.remove_consensus_check(1);
  auto broken = world.add("c", {{"fan-out", caf::config_value{0}}}).facade();
  BOOST_TEST(
      (broken.register_consensus_check("key", first_byte).error().code == errc::invalid_config));
  broken.remove_consensus_check(1);
}

// -- transitions ----------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(is_told_once_per_transition, checking_nodes, *description("S2.11.3")) {
  const auto handle = check(note());
  set(first, 7);
  BOOST_TEST(take().empty());
  set(second, 7);
  BOOST_TEST((take() == told{7}));
  set(first, 7);
  world.advance(5s);
  BOOST_TEST(take().empty());
  set(first, 8);
  BOOST_TEST((take() == told{std::nullopt}));
  BOOST_TEST(!handle.value().has_value());
  set(second, 9);
  BOOST_TEST(take().empty());
  set(second, 8);
  BOOST_TEST((take() == told{8}));
  BOOST_TEST((handle.value() == 8U));
}

BOOST_FIXTURE_TEST_CASE(is_told_when_the_value_moves, checking_node, *description("S2.11.3")) {
  told seen;
  (void)node.start();
  const auto handle = sut.register_consensus_check("key", first_byte,
                                                   [&](const number& now) { seen.push_back(now); });
  for (const auto value : std::vector<std::uint8_t>{7, 8, 8, 9})
    set(value);
  BOOST_TEST((seen == told{7, 8, 9}));
}

// D11: active members count, this one included.
BOOST_FIXTURE_TEST_CASE(follows_the_active_members, checking_nodes,
                        *description("S2.11.2 S5.4.3 D11")) {
  set_both(7);
  const auto handle = check(note());
  BOOST_TEST((take() == told{7}));
  auto& third = world.add("c", {deterministic_actors::through_first()});
  (void)third.start();
  world.advance(3s);
  BOOST_TEST((take() == told{std::nullopt})); // it lacks the key
  BOOST_REQUIRE(sut.block_members({"c"}).has_value());
  world.settle();
  BOOST_TEST((take() == told{7}));
  set(third, 8);
  BOOST_TEST(take().empty());
  BOOST_REQUIRE(sut.unblock_member("c").has_value());
  world.advance(3s);
  BOOST_TEST((take() == told{std::nullopt}));
  (void)third.stop();
  world.advance(10s);
  BOOST_TEST((take() == told{7}));
}

BOOST_FIXTURE_TEST_CASE(is_evaluated_once_for_many_changes, checking_node) {
  std::size_t calls = 0;
  (void)node.start();
  const auto handle = sut.register_consensus_check("key", [&](const byte_buffer& value) {
    ++calls;
    return value.size();
  });
  for (std::uint8_t i = 0; i < 10; ++i)
    BOOST_REQUIRE(sut.set_state("key", {i}).has_value());
  BOOST_TEST(calls == 0U); // never in the thread of the writer
  world.settle();
  BOOST_TEST(calls == 1U);
  caf::anon_send(node.owner().consensus_actor(), consensus_due{});
  world.settle();
  BOOST_TEST(calls == 1U); // nothing has changed
}

// -- callbacks ------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(lets_its_callback_use_the_cluster, checking_nodes,
                        *description("S2.11.3")) {
  std::optional<gossip_values> read;
  consensus_handle<std::uint64_t> handle;
  handle = check([&](const number& now) {
    seen.push_back(now);
    seen.push_back(handle.value());
    BOOST_TEST(sut.set_state("answer", {42}).has_value());
    read = sut.get_state("answer").value();
    handle = {}; // removes itself while it is called
  });
  set_both(7);
  BOOST_TEST((take() == told{7, 7}));
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->at("a").value == byte_buffer{42}));
  set_both(8);
  BOOST_TEST(take().empty());
}

BOOST_FIXTURE_TEST_CASE(survives_a_callback_that_throws, checking_node, *description("S2.11.3")) {
  (void)node.start();
  auto events = node.subscribed();
  told seen;
  const auto handle = sut.register_consensus_check("key", first_byte, [&](const number& now) {
    seen.push_back(now);
    if (now == 7U)
      throw std::runtime_error("not seven");
    if (now == 8U)
      throw 8;
  });
  for (const auto value : std::vector<std::uint8_t>{7, 8, 9})
    set(value);
  BOOST_TEST((seen == told{7, 8, 9}));
  const auto complaints = events.told<gossip_input_refused>();
  BOOST_REQUIRE(complaints.size() == 2U);
  BOOST_TEST(complaints[0].what == "consensus callback");
  BOOST_TEST(complaints[0].reason == "check " + std::to_string(handle->id()) + ", not seven");
  BOOST_TEST(complaints[1].reason.find("no std::exception") != std::string::npos);
}

// -- extractors -----------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(survives_an_extractor_that_throws, checking_nodes,
                        *description("S2.11.2")) {
  auto events = first.subscribed();
  const auto handle = check(note());
  auto other =
      sut.register_consensus_check("key", [](const byte_buffer& value) { return value.size(); });
  set_both(66);
  set(first, 7);
  set(first, 8);
  BOOST_TEST(take().empty());
  BOOST_TEST((other->value() == 1U));
  const auto complaints = events.told<gossip_input_refused>();
  // First the own value, then that of the other member.
  BOOST_REQUIRE(complaints.size() == 2U);
  BOOST_TEST(complaints[0].what == "consensus extractor");
  const auto name = "check " + std::to_string(handle.id());
  BOOST_TEST(complaints[0].reason == name + ", member a: 66 is too much");
  BOOST_TEST(complaints[1].reason == name + ", member b: 66 is too much");
  set(second, 8);
  BOOST_TEST((take() == told{8}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
