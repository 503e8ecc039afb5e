/// Stores that stay different are compared, and become equal.
#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/random.hpp"
#include "tests/support/repair_pair.hpp"

using boost::unit_test::description;
using namespace std::chrono_literals;

namespace caf_gossip::test {

namespace {

/// Long enough for the patience of a few hundred members.
constexpr int patient = 40;

gossip_member_state one_entry(std::string_view value, std::uint64_t sequence) {
  return {{"key-0", entry(value, sequence)}};
}

std::string value_at(const gossiper_core& core, const node_id& owner, std::string_view key) {
  const auto found = core.get_state(owner, key);
  return found ? std::string{found->value.begin(), found->value.end()} : "";
}

/// The member "a" beside "b", in whose name the test answers.
struct asked_gossiper : one_gossiper {
  asked_gossiper() : one_gossiper(without_expiration()) {
    join({node("b"), node("c")});
    receive(node("c"), {{"k", entry("v", 1)}});
    settle();
  }

  static config without_expiration() {
    config cfg;
    cfg.heartbeat_expiration.reset();
    return cfg;
  }

  /// Waits until b is asked a question.
  std::optional<state_outbound> question(duration limit = 60s) {
    for (const auto end = now + limit; now < end;) {
      sut.heard(node("b"), 12345, now);
      for (auto& request : tick()) {
        if (request.what.question)
          return std::move(request);
        sut.answered(request.token, {}, now);
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::uint64_t refused(errc why) const {
    return sut.metrics().requests_refused[static_cast<std::size_t>(why)];
  }

  gossip_response ask(state_question what) {
    envelope head;
    head.sender = node("b");
    return sut.receive(head, {"b", {}, std::move(what)}, now);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(gossiper_repair)

// -- what it brings -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(brings_what_either_side_has_lost, *description("S2.5.5")) {
  repair_pair pair{200, 4};
  pair.learn_only(pair.a, "m7", one_entry("new at a", 50));
  pair.learn_only(pair.b, "m9", one_entry("new at b", 50));
  pair.learn_only(pair.a, "m11", {{"key-3", tombstone(50)}});
  pair.learn_only(pair.b, "m13", {{"key-3", tombstone(50)}});
  pair.settle();
  BOOST_REQUIRE(!pair.is_equal());
  BOOST_TEST(pair.rounds_until_equal() <= patient);
  for (const auto* core : {&pair.a, &pair.b}) {
    BOOST_TEST(value_at(*core, "m7", "key-0") == "new at a");
    BOOST_TEST(value_at(*core, "m9", "key-0") == "new at b");
    for (const auto* id : {"m11", "m13"})
      BOOST_TEST((code_of(core->get_state(id, "key-3")) == errc::state_not_found));
  }
  const auto all = pair.a.metrics();
  BOOST_TEST(all.repairs + pair.b.metrics().repairs >= 1U);
  BOOST_TEST(all.repairs_without_ranges == 0U);
  BOOST_TEST(all.entries_repaired + pair.b.metrics().entries_repaired == 4U);
  BOOST_TEST(all.ranges_compared > 0U);
}

BOOST_AUTO_TEST_CASE(brings_maps_that_were_removed_as_a_whole) {
  repair_pair pair{50, 2};
  gossip_member_state entries;
  for (int i = 0; i < 40; ++i)
    entries[map_entry_key("map", std::to_string(i))] = entry("v", 100U + static_cast<unsigned>(i));
  pair.learn_only(pair.a, "m7", entries);
  pair.learn_only(pair.b, "m7", entries);
  pair.settle();
  BOOST_REQUIRE(pair.is_equal());
  for (const bool at_a : {true, false}) {
    auto& knows = at_a ? pair.a : pair.b;
    pair.learn_only(knows, "m7", {{"map", tombstone(at_a ? 200 : 300)}});
    pair.settle();
    BOOST_REQUIRE(!pair.is_equal());
    BOOST_TEST(pair.rounds_until_equal() < 100);
    BOOST_TEST((code_of(pair.a.get_state("m7", "map")) == errc::state_not_found));
    for (auto& [key, what] : entries)
      what.sequence_number += 150;
    pair.learn_only(pair.a, "m7", entries);
    pair.learn_only(pair.b, "m7", entries);
    pair.settle();
    BOOST_REQUIRE(pair.is_equal());
  }
}

BOOST_AUTO_TEST_CASE(brings_thousands_of_entries_in_bounded_messages) {
  config cfg;
  cfg.gossip_max_send = 20; // many messages
  for (const bool at_a : {true, false}) {
    repair_pair pair{300, 4, cfg};
    for (std::size_t i = 0; i < 300; ++i) {
      gossip_member_state entries;
      for (unsigned k = 0; k < 10; ++k)
        entries["more-" + std::to_string(k)] = entry("v", 100U + k);
      pair.learn_only(at_a ? pair.b : pair.a, "m" + std::to_string(i), entries);
    }
    pair.settle();
    BOOST_REQUIRE(!pair.is_equal());
    BOOST_TEST(pair.rounds_until_equal() <= patient, "in one go");
    BOOST_TEST(pair.a.metrics().entries_repaired + pair.b.metrics().entries_repaired == 3000U);
  }
}

BOOST_AUTO_TEST_CASE(makes_random_stores_equal) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    random_source random{seed};
    repair_pair pair{1 + random.below(200), 1 + random.below(6)};
    const auto members = pair.a.peers().size() - 1;
    for (auto changes = 1 + random.below(300); changes > 0; --changes) {
      const auto owner = "m" + std::to_string(random.below(members));
      const auto key = "key-" + std::to_string(random.below(8));
      const auto sequence = 10 + random.below(1000);
      pair.learn_only(random.below(2) == 0 ? pair.a : pair.b, owner,
                      {{key, random.below(4) == 0 ? tombstone(sequence)
                                                  : entry(std::to_string(sequence), sequence)}});
    }
    pair.settle();
    BOOST_TEST(pair.rounds_until_equal(200) < 200, "seed " << seed);
  }
}

// -- what may happen meanwhile --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(ends_while_both_go_on_writing) {
  repair_pair pair{200, 4};
  pair.learn_only(pair.a, "m7", one_entry("lost", 50));
  pair.settle();
  int writes = 0;
  pair.passes = [&](const envelope&, state_payload& what) {
    const auto* request = std::get_if<gossip_request>(&what);
    if (request != nullptr && request->question && writes < 30) {
      (void)pair.a.set_state("own", bytes(std::to_string(++writes)), pair.now);
      (void)pair.b.set_state("own", bytes(std::to_string(++writes)), pair.now);
    }
    return true;
  };
  BOOST_TEST(pair.rounds_until_equal() <= patient);
  BOOST_TEST(writes > 2);
  BOOST_TEST(value_at(pair.b, "m7", "key-0") == "lost");
}

BOOST_AUTO_TEST_CASE(is_repeated_when_a_message_is_lost, *description("S2.5.5")) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    repair_pair pair{200, 4};
    pair.learn_only(pair.a, "m7", one_entry("new at a", 50));
    pair.learn_only(pair.b, "m9", one_entry("new at b", 50));
    pair.settle();
    random_source random{seed};
    pair.passes = [&](const envelope&, state_payload&) { return random.fraction() >= 0.3; };
    BOOST_TEST(pair.rounds_until_equal(200) < 200, "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(is_one_at_a_time_and_made_by_one_side) {
  repair_pair pair{200, 4};
  pair.learn_only(pair.a, "m7", one_entry("lost", 50));
  pair.settle();
  (void)pair.rounds_until_equal();
  BOOST_TEST(pair.a.metrics().repairs + pair.b.metrics().repairs == 1U);
}

BOOST_AUTO_TEST_CASE(asks_nothing_of_who_has_the_same) {
  repair_pair pair{200, 4};
  std::size_t carried = 0;
  pair.passes = [&](const envelope&, state_payload&) { return ++carried > 0; };
  for (int i = 0; i < 200; ++i)
    pair.round();
  BOOST_TEST(carried == 0U);
  BOOST_TEST(pair.a.metrics().ranges_compared == 0U);
}

BOOST_FIXTURE_TEST_CASE(goes_on_with_others_when_the_peer_is_removed, asked_gossiper) {
  BOOST_REQUIRE(question().has_value());
  join({node("c"), node("d")});
  BOOST_TEST(sut.is_idle());
  join({node("b", 2), node("c"), node("d")});
  settle();
  const auto begin = now;
  std::optional<state_outbound> next;
  while (!next && now < begin + 60s) {
    sut.heard(node("b", 2), 12345, now);
    for (auto& request : tick())
      if (request.what.question)
        next = std::move(request);
      else
        sut.answered(request.token, {}, now);
  }
  BOOST_TEST(next.has_value());
}

BOOST_FIXTURE_TEST_CASE(asks_no_further_when_it_stops, asked_gossiper) {
  const auto asked = question();
  BOOST_REQUIRE(asked.has_value());
  BOOST_REQUIRE(sut.begin_stop(now));
  sut.answered(asked->token, {errc::none, {}, state_findings{asked->what.question->scope, {}}},
               now);
  for (const auto& request : take())
    BOOST_TEST(!request.what.question.has_value());
}

// -- odd messages ---------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(refuses_and_counts_odd_questions, asked_gossiper) {
  const std::vector<hash_range> many(state_question::ranges_max + 1);
  const std::vector<state_question> odd{
      {{{5, 4, 0}}, {}, {}},
      {{{7, 8, 0}, {1, 2, 0}}, {}, {}},
      {{{1, 5, 0}, {5, 6, 0}}, {}, {}},
      {{}, {{1, 5, 0}, {5, 6, 0}}, {}},
      {many, {}, {}},
      {{}, many, {}},
      {{}, {}, {{2, 1}, {1, 1}}},
      {{}, {}, std::vector<entry_digest>(state_question::entries_max + 1)},
  };
  for (const auto& what : odd) {
    const auto answer = ask(what);
    BOOST_TEST((answer.rejected == errc::invalid_argument));
    BOOST_TEST(!answer.findings.has_value());
  }
  BOOST_TEST(refused(errc::invalid_argument) == odd.size());
  BOOST_TEST((ask({{all_hashes}, {}, {}}).rejected == errc::none));
}

BOOST_FIXTURE_TEST_CASE(answers_an_empty_question_with_nothing, asked_gossiper) {
  const auto answer = ask({});
  BOOST_TEST((answer == gossip_response{errc::none, std::nullopt, state_findings{}}));
}

BOOST_FIXTURE_TEST_CASE(refuses_and_counts_odd_findings, asked_gossiper) {
  const auto asked = question();
  BOOST_REQUIRE(asked.has_value());
  sut.answered(asked->token, {errc::none, {}, state_findings{{{1, 2, 3}}, {}}}, now);
  BOOST_TEST(sut.metrics().repairs_refused == 1U);
  BOOST_TEST(take().empty());
  const auto told = only<gossip_request_failed>(events);
  BOOST_REQUIRE(told.size() == 1U);
  BOOST_TEST((told.front().code == errc::invalid_argument));
  BOOST_TEST(!question(9s).has_value(), "it waits as after any repair");
  BOOST_TEST(question().has_value());
}

BOOST_FIXTURE_TEST_CASE(asks_less_and_less_while_it_does_not_help, asked_gossiper) {
  std::vector<duration> begun;
  const auto begin = now;
  while (now < begin + 90s)
    if (const auto asked = question(1s)) {
      begun.push_back(now - begin);
      sut.answered(asked->token, {errc::none, {}, state_findings{}}, now);
    }
  BOOST_TEST(begun.size() == 4U);
  BOOST_TEST(sut.metrics().repairs == 4U);
}

BOOST_FIXTURE_TEST_CASE(goes_on_soon_after_a_failure, asked_gossiper) {
  const auto asked = question();
  BOOST_REQUIRE(asked.has_value());
  sut.failed(asked->token, {errc::timeout, ""}, now);
  const auto again = question(cfg.gossip_interval * 2);
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST((again->what == asked->what));
  BOOST_TEST(sut.metrics().repairs == 1U, "the same one");
}

BOOST_FIXTURE_TEST_CASE(begins_anew_when_both_were_equal_meanwhile, asked_gossiper) {
  const auto asked = question();
  BOOST_REQUIRE(asked.has_value());
  sut.failed(asked->token, {errc::timeout, ""}, now);
  sut.heard(node("b"), sut.state_hash(), now);
  BOOST_TEST(!question(3s).has_value(), "there is patience again");
  BOOST_TEST(question().has_value());
  BOOST_TEST(sut.metrics().repairs == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
