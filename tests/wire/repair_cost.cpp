/// What it costs in bytes to make two stores equal, every frame written and read again.
#include <map>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/wire/codec.hpp"
#include "tests/support/repair_pair.hpp"
#include "tests/wire/sealing.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;

namespace {

struct cost {
  std::size_t bytes = 0;
  std::size_t messages = 0;
  int rounds = 0;
  bool is_equal = false;
};

/// How a store differs from the other one: which of the two, if not each in turn, has newer values.
enum class newer { at_a, at_b, in_turn };

struct measured {
  std::size_t members = 1000;
  std::size_t differences = 1;
  newer where = newer::in_turn;
  /// Takes off what a node of version 1.2 does not read or write.
  bool is_older_peer = false;
};

/// Writes and reads a message, as between two nodes. Returns its size.
std::size_t carry(const envelope& head, state_payload& what) {
  const auto data = wire::encode({head, what}, frame_bytes_max).value();
  const auto read = wire::decode(data, frame_bytes_max);
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST((std::get<state_payload>(read->body) == what));
  return data.size();
}

cost measure(const measured& how) {
  repair_pair pair{how.members, 4};
  for (std::size_t i = 0; i < how.differences; ++i) {
    const bool at_a = how.where == newer::at_a || (how.where == newer::in_turn && i % 2 == 0);
    const auto owner = "m" + std::to_string(i * (how.members / how.differences));
    pair.learn_only(at_a ? pair.a : pair.b, owner, {{"key-2", entry("another value", 50)}});
  }
  pair.settle();
  BOOST_TEST_REQUIRE(!pair.is_equal());
  cost result;
  pair.passes = [&](const envelope& head, state_payload& what) {
    result.bytes += carry(head, what);
    ++result.messages;
    if (auto* request = std::get_if<gossip_request>(&what); request != nullptr && how.is_older_peer)
      request->question.reset();
    return true;
  };
  result.rounds = pair.rounds_until_equal(1000);
  result.is_equal = pair.is_equal();
  BOOST_TEST_MESSAGE(how.members << " members, " << how.differences << " differences"
                                 << (how.is_older_peer ? ", without ranges: " : ": ")
                                 << result.bytes << " bytes in " << result.messages << " messages, "
                                 << result.rounds << " rounds");
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(repair_cost)

BOOST_AUTO_TEST_CASE(of_one_entry_among_five_thousand_is_below_four_kilobytes) {
  for (const auto where : {newer::at_a, newer::at_b}) {
    const auto found = measure({1000, 1, where});
    BOOST_TEST(found.is_equal);
    BOOST_TEST(found.bytes < 4096U);
  }
}

BOOST_AUTO_TEST_CASE(grows_with_the_differences_times_the_logarithm_of_the_members) {
  for (const std::size_t members : {100U, 1000U, 4000U})
    for (const std::size_t differences : {1U, 10U, 100U}) {
      const auto found = measure({members, differences});
      BOOST_TEST(found.is_equal);
      // Each difference leads through at most log16(entries) splits to one listing.
      const auto steps = members <= 100 ? 3U : 4U;
      const auto each =
          steps * (range_fan_out + 1) * 24 + caf_gossip::comparison::listed_max * 16 + 400;
      const auto frames = (steps + 2) * 2 * 160;
      BOOST_TEST(found.bytes <= differences * each + frames);
    }
}

BOOST_AUTO_TEST_CASE(with_nodes_that_answer_no_questions_is_that_of_everything) {
  const auto found = measure({1000, 1, newer::in_turn, true});
  BOOST_TEST(found.is_equal);
  BOOST_TEST(found.bytes > 100'000U);
}

BOOST_AUTO_TEST_SUITE_END()
