#include "caf_gossip/membership/quarantine.hpp"

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;

struct fixture {
  caf_gossip::quarantine sut{3};
  time_point now{1h};

  quarantine_entry entry(const node_id& id, duration ttl, const std::string& reason = "r") const {
    return {id, {"host-" + id, 1}, reason, now, now + ttl};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(quarantine, fixture)

BOOST_AUTO_TEST_CASE(counts_until_its_expiry_and_not_a_moment_longer) { // S3.3.4
  BOOST_TEST(sut.add(entry("a", 10s)));
  const authority where{"host-a", 1};
  BOOST_TEST((sut.find(where, "", now + 10s - 1ns) != nullptr));
  BOOST_TEST((sut.find(where, "", now + 10s) == nullptr)); // nobody polled
  BOOST_TEST(sut.list(now + 10s).empty());
}

BOOST_AUTO_TEST_CASE(finds_by_authority_and_by_id) { // S3.3.3
  sut.add(entry("a", 10s));
  BOOST_TEST((sut.find({"host-a", 1}, "other", now) != nullptr));
  BOOST_TEST((sut.find({"elsewhere", 1}, "a", now) != nullptr));
  BOOST_TEST((sut.find({"elsewhere", 1}, "other", now) == nullptr));
}

BOOST_AUTO_TEST_CASE(finds_those_that_are_young_enough) {
  sut.add(entry("a", 10s));
  BOOST_TEST((sut.find({"host-a", 1}, "a", now + 5s, now - 1ns) != nullptr));
  BOOST_TEST((sut.find({"host-a", 1}, "a", now + 5s, now) == nullptr));
}

BOOST_AUTO_TEST_CASE(an_entry_that_counts_is_kept_as_it_is) {
  sut.add(entry("a", 10s, "first"));
  BOOST_TEST(!sut.add(entry("a", 20s, "second")));
  BOOST_TEST(sut.list(now).front().reason == "first");
  now += 10s;
  BOOST_TEST(sut.add(entry("a", 20s, "second")));
}

BOOST_AUTO_TEST_CASE(at_its_bound_the_first_to_expire_makes_room_and_is_counted) {
  sut.add(entry("a", 30s));
  sut.add(entry("b", 10s));
  sut.add(entry("c", 20s));
  BOOST_TEST(sut.add(entry("d", 40s)));
  BOOST_TEST(sut.size() == 3U);
  BOOST_TEST(sut.dropped() == 1U);
  BOOST_TEST((sut.find({"host-b", 1}, "b", now) == nullptr));
  caf_gossip::quarantine none{0};
  BOOST_TEST(!none.add(entry("a", 10s)));
  BOOST_TEST(none.dropped() == 1U);
}

BOOST_AUTO_TEST_CASE(every_expired_entry_is_returned_once_in_order) { // S3.3.4
  sut.add(entry("a", 20s));
  sut.add(entry("b", 10s));
  BOOST_TEST((sut.next_deadline() == now + 10s));
  const auto expired = sut.take_expired(now + 20s);
  BOOST_REQUIRE(expired.size() == 2U);
  BOOST_TEST(expired[0].id == "b");
  BOOST_TEST(expired[1].id == "a");
  BOOST_TEST(sut.take_expired(now + 20s).empty());
  BOOST_TEST((sut.next_deadline() == never));
}

BOOST_AUTO_TEST_CASE(the_list_is_sorted_and_clearing_ends_an_entry) { // S3.3.5
  sut.add(entry("b", 10s));
  sut.add(entry("a", 10s));
  BOOST_TEST(sut.list(now).front().id == "a");
  BOOST_TEST(sut.clear({"host-a", 1}, now)->id == "a");
  BOOST_TEST(!sut.clear({"host-a", 1}, now).has_value());
  BOOST_TEST(!sut.clear({"host-b", 1}, now + 10s).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
