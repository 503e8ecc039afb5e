#include "caf_gossip/membership/record.hpp"

#include <array>
#include <set>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/random.hpp"

namespace caf_gossip::tests {

using fact = caf_gossip::record;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(record)

namespace {

constexpr int rounds = 20'000;

/// Draws from so few values that every tie happens often.
fact any_record(random_source& random) {
  fact result{"n", {"h", 1}, random.below(2) + 1, random.below(3), {}, {}};
  result.status = all_statuses[random.below(all_statuses.size())];
  if (random.below(4) == 0)
    result.address.port = 2;
  if (random.below(4) == 0)
    result.attrs["role"] = random.below(2) == 0 ? "a" : "b";
  return result;
}

fact greater(const fact& lhs, const fact& rhs) {
  return compare(lhs, rhs) < 0 ? rhs : lhs;
}

std::string texts(const fact& lhs, const fact& rhs) {
  return to_string(lhs) + " and " + to_string(rhs);
}

const fact sample{"n1", {"10.0.0.1", 80}, 7, 3, member_status::up, {{"role", "db"}}};

/// One record per field, each differing from `sample` in that field only.
std::vector<fact> variants() {
  std::vector<fact> all(9, sample);
  all[0].id = "n2";
  all[1].address.host = "10.0.0.2";
  all[2].address.port = 81;
  all[3].incarnation = 8;
  all[4].version = 4;
  all[5].status = member_status::suspect;
  all[6].attrs["role"] = "web";
  all[7].attrs["zone"] = "";
  all[8].attrs = {{"rol", "edb"}};
  return all;
}

} // namespace

// S2.5.5: the order is total.
BOOST_DATA_TEST_CASE(is_totally_ordered, data::xrange(1, 6), seed) {
  random_source random{static_cast<std::uint64_t>(seed)};
  for (int i = 0; i < rounds; ++i) {
    const auto a = any_record(random);
    const auto b = any_record(random);
    const auto c = any_record(random);
    BOOST_REQUIRE_MESSAGE((compare(a, b) == 0) == (a == b), texts(a, b));
    BOOST_REQUIRE_MESSAGE((compare(a, b) < 0) == (compare(b, a) > 0), texts(a, b));
    if (compare(a, b) <= 0 && compare(b, c) <= 0)
      BOOST_REQUIRE_MESSAGE(compare(a, c) <= 0, texts(a, c));
  }
}

// S3.2.5: within one incarnation the greater record never takes a forbidden step.
BOOST_DATA_TEST_CASE(is_replaced_only_along_the_transition_matrix, data::xrange(1, 6), seed) {
  random_source random{static_cast<std::uint64_t>(seed)};
  for (int i = 0; i < rounds; ++i) {
    const auto a = any_record(random);
    const auto b = any_record(random);
    if (a.incarnation == b.incarnation && compare(a, b) < 0)
      BOOST_REQUIRE_MESSAGE(is_reachable(a.status, b.status), texts(a, b));
  }
}

// S2.5.5, S4.8: order, repetition and grouping of merges do not matter.
BOOST_DATA_TEST_CASE(merges_to_the_same_in_any_order, data::xrange(1, 6), seed) {
  random_source random{static_cast<std::uint64_t>(seed)};
  for (int i = 0; i < rounds; ++i) {
    const auto a = any_record(random);
    const auto b = any_record(random);
    const auto c = any_record(random);
    BOOST_REQUIRE_MESSAGE(greater(a, b) == greater(b, a), texts(a, b));
    BOOST_REQUIRE(greater(greater(a, b), c) == greater(a, greater(b, c)));
    BOOST_REQUIRE(greater(a, a) == a);
    BOOST_REQUIRE(greater(greater(a, b), b) == greater(a, b));
  }
}

// S2.7.3, D15
BOOST_AUTO_TEST_CASE(cannot_undo_a_verdict_within_its_incarnation) {
  for (const auto verdict : {member_status::dead, member_status::removed})
    for (const auto other : all_statuses)
      if (!is_final(other)) {
        fact final = sample;
        final.status = verdict;
        fact late = sample;
        late.status = other;
        late.version = 1000;
        BOOST_TEST((compare(late, final) < 0));
        late.incarnation += 1;
        BOOST_TEST((compare(late, final) > 0));
      }
}

// S3.2.2: refutation (SWIM 4.2).
BOOST_AUTO_TEST_CASE(refutes_a_suspicion_with_a_higher_version) {
  fact suspected = sample;
  suspected.status = member_status::suspect;
  BOOST_TEST((compare(suspected, sample) > 0));
  fact refuted = sample;
  refuted.version += 1;
  BOOST_TEST((compare(refuted, suspected) > 0));
}

BOOST_AUTO_TEST_CASE(is_in_conflict_when_two_say_different_things_under_one_version) {
  const auto all = variants();
  constexpr std::array<bool, 9> wanted{false, true, true, false, false, false, true, true, true};
  for (std::size_t i = 0; i < all.size(); ++i) {
    BOOST_TEST(in_conflict(sample, all[i]) == wanted[i], texts(sample, all[i]));
    BOOST_TEST(in_conflict(all[i], sample) == wanted[i], texts(all[i], sample));
  }
  BOOST_TEST(!in_conflict(sample, sample));
}

// D17
BOOST_AUTO_TEST_CASE(has_a_hash_of_every_field) {
  auto all = variants();
  all.push_back(sample);
  std::set<std::uint64_t> hashes;
  for (const auto& one : all)
    BOOST_TEST(hashes.insert(hash_of(one)).second, to_string(one));
  const auto copy = sample;
  BOOST_TEST(hash_of(copy) == hash_of(sample));
}

// S1.1.3: oversized counts and lengths.
BOOST_AUTO_TEST_CASE(is_valid_within_its_bounds) {
  BOOST_TEST(is_valid(sample));
  fact full = sample;
  full.attrs.clear();
  for (std::size_t i = 0; i < attributes_max; ++i)
    full.attrs[std::string(attribute_bytes_max - 1, 'k') + static_cast<char>('a' + i)] =
        std::string(attribute_bytes_max, 'v');
  BOOST_TEST(is_valid(full));
  full.attrs["one more"] = "";
  BOOST_TEST(!is_valid(full));
  std::vector<fact> bad(8, sample);
  bad[0].id.clear();
  bad[1].id.assign(node_id_bytes_max + 1, 'n');
  bad[2].address.host.clear();
  bad[3].address.port = 0;
  bad[4].incarnation = 0;
  bad[5].attrs[""] = "no name";
  bad[6].attrs[std::string(attribute_bytes_max + 1, 'k')] = "";
  bad[7].attrs["k"] = std::string(attribute_bytes_max + 1, 'v');
  for (const auto& one : bad)
    BOOST_TEST(!is_valid(one));
}

BOOST_AUTO_TEST_CASE(tells_who_is_meant_and_prints_itself) {
  BOOST_TEST((ref_of(sample) == member_ref{"n1", 7, {"10.0.0.1", 80}}));
  BOOST_TEST(to_string(sample) == "n1#7@10.0.0.1:80 v3 up");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
