#include "caf_gossip/membership/shared_record.hpp"

#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/hashing.hpp"
#include "tests/support/printing.hpp"

namespace caf_gossip::test {

namespace {

record sample(const node_id& id = "a", std::uint64_t version = 1) {
  return {id, {"host-" + id, 7}, 3, version, member_status::up, {{"role", "worker"}}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(shared_record)

BOOST_AUTO_TEST_CASE(carries_the_hashes_of_its_record) {
  const auto plain = sample();
  const caf_gossip::shared_record shared = plain;
  BOOST_TEST(*shared == plain);
  BOOST_TEST(shared->id == "a");
  BOOST_TEST(shared.hash() == hash_of(plain));
  BOOST_TEST(shared.id_hash() == hash_bytes(plain.id.data(), plain.id.size()));
  BOOST_TEST(shared.id_hash() == hash_of_id(plain.id));
  BOOST_TEST(shared.address_hash() == hash_of(plain.address));
}

BOOST_AUTO_TEST_CASE(the_hash_of_an_address_tells_hosts_and_ports_apart) {
  BOOST_TEST(hash_of(authority{"h", 1}) == hash_of(authority{"h", 1}));
  BOOST_TEST(hash_of(authority{"h", 1}) != hash_of(authority{"h", 2}));
  BOOST_TEST(hash_of(authority{"h", 1}) != hash_of(authority{"i", 1}));
}

BOOST_AUTO_TEST_CASE(is_equal_by_value) {
  const caf_gossip::shared_record one = sample();
  const auto same = one;
  const caf_gossip::shared_record alike = sample();
  BOOST_TEST(one == same);
  BOOST_TEST(&*one == &*same);
  BOOST_TEST(one == alike);
  BOOST_TEST(&*one != &*alike);
  BOOST_TEST(!(one == caf_gossip::shared_record{sample("a", 2)}));
  BOOST_TEST(!(one == caf_gossip::shared_record{sample("b")}));
}

BOOST_AUTO_TEST_CASE(nothing_is_equal_to_nothing_only) {
  const caf_gossip::shared_record nothing;
  BOOST_TEST(!nothing);
  BOOST_TEST((nothing == caf_gossip::shared_record{}));
  BOOST_TEST(!(nothing == caf_gossip::shared_record{sample()}));
  BOOST_TEST(!(caf_gossip::shared_record{sample()} == nothing));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
