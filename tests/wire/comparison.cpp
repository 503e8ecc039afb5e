/// The messages by which stores are compared: bounds.
#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/wire/codec.hpp"
#include "tests/support/wire_samples.hpp"
#include "tests/wire/sealing.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using wire::decode_error;

namespace {

wire::bytes encoded(const state_payload& what) {
  return wire::encode({sample_head(), what}, frame_bytes_max).value();
}

gossip_request asking(state_question what) {
  return {"node-1", {}, std::move(what)};
}

gossip_response finding(state_findings what) {
  return {errc::none, std::nullopt, std::move(what)};
}

std::vector<hash_range> ranges_of(std::size_t count) {
  std::vector<hash_range> result;
  for (std::uint64_t i = 0; i < count; ++i)
    result.push_back({2 * i, 2 * i + 1, i});
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(comparison)

BOOST_AUTO_TEST_CASE(questions_and_findings_at_their_bounds_are_read) {
  const auto most = ranges_of(state_question::ranges_max);
  const std::vector<entry_digest> entries(state_question::entries_max, {7, 7});
  const std::vector<std::uint64_t> wanted(state_question::entries_max, 7);
  const std::vector<state_payload> all{
      asking({most, most, entries}),
      finding({ranges_of(2 * state_question::ranges_max), wanted}),
  };
  for (const auto& what : all) {
    const auto data = encoded(what);
    const auto read = wire::decode(data, frame_bytes_max);
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST((std::get<state_payload>(read->body) == what));
    BOOST_TEST(data.size() < 50'000U);
  }
}

BOOST_AUTO_TEST_CASE(questions_and_findings_out_of_bounds_are_refused) {
  const auto many = ranges_of(state_question::ranges_max + 1);
  const std::vector<entry_digest> entries(state_question::entries_max + 1, {7, 7});
  const std::vector<std::uint64_t> wanted(state_question::entries_max + 1, 7);
  std::vector<state_payload> broken{
      asking({many, {}, {}}),
      asking({{}, many, {}}),
      asking({{}, {}, entries}),
      asking({{}, {}, {{2, 1}, {1, 1}}}),
      finding({ranges_of(2 * state_question::ranges_max + 1), {}}),
      finding({{}, wanted}),
  };
  for (const auto& ranges : std::vector<std::vector<hash_range>>{
           {{5, 4, 0}}, {{7, 8, 0}, {1, 2, 0}}, {{1, 2, 0}, {1, 2, 0}}, {{1, 5, 0}, {5, 6, 0}}}) {
    broken.emplace_back(asking({ranges, {}, {}}));
    broken.emplace_back(asking({{}, ranges, {}}));
    broken.emplace_back(finding({ranges, {}}));
  }
  for (std::size_t i = 0; i < broken.size(); ++i)
    BOOST_TEST((refusal_of(encoded(broken[i])) == decode_error::invalid), i);
}

BOOST_AUTO_TEST_SUITE_END()
