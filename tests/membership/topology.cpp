#include "caf_gossip/membership/topology.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/printing.hpp"

namespace caf_gossip::test {

namespace {

member_ref named(const node_id& id, std::uint64_t incarnation = 1) {
  return {id, incarnation, {"host-" + id, 1}};
}

const member_ref a = named("a");
const member_ref b = named("b");
const member_ref c = named("c");

topology update(std::vector<member_ref> joined, std::vector<member_ref> left,
                std::vector<member_ref> dead, std::vector<member_ref> members) {
  return {std::move(joined), std::move(left), std::move(dead), std::move(members), {}, 0};
}

void expect_invalid(const topology& what, const member_ref& culprit) {
  const auto result = validate(what);
  BOOST_REQUIRE(!result.has_value());
  BOOST_TEST(result.error().code == errc::invalid_topology);
  BOOST_TEST(result.error().text.find(to_string(culprit)) != std::string::npos);
}

} // namespace

BOOST_AUTO_TEST_SUITE(topology)

BOOST_AUTO_TEST_CASE(a_consistent_update_is_valid) { // S3.4.1
  BOOST_TEST(validate(update({b}, {c}, {}, {a, b})).has_value());
  BOOST_TEST(validate(update({}, {}, {}, {})).has_value());
  BOOST_TEST(validate(update({named("b", 2)}, {b}, {}, {a, named("b", 2)})).has_value());
}

BOOST_AUTO_TEST_CASE(every_contradiction_is_named) { // S3.4.4
  expect_invalid(update({b, b}, {}, {}, {a, b}), b);
  expect_invalid(update({}, {b, b}, {}, {a}), b);
  expect_invalid(update({}, {}, {b, b}, {a}), b);
  expect_invalid(update({b}, {b}, {}, {a, b}), b);
  expect_invalid(update({}, {b}, {b}, {a}), b);
  expect_invalid(update({}, {}, {}, {a, a}), a);
  expect_invalid(update({}, {b}, {}, {a, b}), b);
  expect_invalid(update({}, {}, {b}, {a, b}), b);
  expect_invalid(update({b}, {}, {}, {a}), b);
}

BOOST_AUTO_TEST_CASE(the_hash_tells_members_apart_and_nothing_else) { // D17
  BOOST_TEST(topology_hash({a, b}) == topology_hash({a, b}));
  BOOST_TEST(topology_hash({a, b}) != topology_hash({a}));
  BOOST_TEST(topology_hash({a}) != topology_hash({named("a", 2)}));
  auto moved = a;
  moved.address.port = 2;
  BOOST_TEST(topology_hash({a}) != topology_hash({moved}));
  // Lengths are part of it: "ab" + "c" is not "a" + "bc".
  BOOST_TEST(topology_hash({{"ab", 1, {"c", 1}}}) != topology_hash({{"a", 1, {"bc", 1}}}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
