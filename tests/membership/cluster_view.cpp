/// What the view accepts, and what it leaves as it was.
#include "caf_gossip/membership/cluster_view.hpp"

#include <boost/test/unit_test.hpp>

using namespace caf_gossip;
using namespace std::chrono_literals;
using boost::unit_test::description;

namespace {

struct fixture {
  member_ref a{"a", 1, {"h", 1}};
  member_ref b{"b", 1, {"h", 2}};
  member_ref c{"c", 1, {"h", 3}};
  class cluster_view sut;
  unix_time moment{1000h};

  static topology update(std::vector<member_ref> joined, std::vector<member_ref> left,
                         std::vector<member_ref> dead, std::vector<member_ref> members) {
    topology result{std::move(joined), std::move(left), std::move(dead), std::move(members), {}, 0};
    result.hash = topology_hash(result.members);
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cluster_view, fixture)

BOOST_AUTO_TEST_CASE(applies_a_valid_update, *description("S3.4.5")) {
  sut.start();
  const auto first = update({a, b}, {}, {}, {a, b});
  BOOST_TEST(sut.apply(first, moment).value());
  BOOST_TEST((sut.current() == first));
  BOOST_TEST((sut.members() == std::vector{a, b}));
  BOOST_TEST(sut.hash() == first.hash);
  BOOST_TEST((sut.observed_at() == moment));
}

BOOST_AUTO_TEST_CASE(applies_an_equal_update_once, *description("S3.4.5")) {
  sut.start();
  const auto first = update({a}, {}, {}, {a});
  BOOST_TEST(sut.apply(first, moment).value());
  BOOST_TEST(!sut.apply(first, moment + 1s).value());
  BOOST_TEST(sut.applied() == 1U);
  BOOST_TEST((sut.observed_at() == moment));
}

BOOST_AUTO_TEST_CASE(refuses_every_contradiction_and_stays_as_it_is, *description("S3.4.4")) {
  sut.start();
  const auto good = update({a}, {}, {}, {a});
  BOOST_REQUIRE(sut.apply(good, moment));
  for (const auto& bad :
       {update({b, b}, {}, {}, {a, b}), update({}, {b, b}, {}, {a}), update({}, {}, {c, c}, {a}),
        update({b}, {b}, {}, {a}), update({b}, {}, {b}, {a, b}), update({}, {b}, {b}, {a}),
        update({}, {}, {}, {a, a}), update({}, {a}, {}, {a}), update({}, {}, {a}, {a}),
        update({c}, {}, {}, {a})}) {
    const auto result = sut.apply(bad, moment + 1s);
    BOOST_REQUIRE(!result);
    BOOST_TEST((result.error().code == errc::invalid_topology));
    BOOST_TEST(!result.error().text.empty());
    BOOST_TEST((sut.current() == good));
    BOOST_TEST(sut.applied() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(refuses_updates_while_it_is_not_started, *description("S3.4.4")) {
  const auto good = update({a}, {}, {}, {a});
  BOOST_TEST((sut.apply(good, moment).error().code == errc::invalid_topology));
  sut.start();
  BOOST_REQUIRE(sut.apply(good, moment));
  sut.stop();
  BOOST_TEST(sut.members().empty());
  BOOST_TEST((sut.apply(good, moment).error().code == errc::invalid_topology));
}

BOOST_AUTO_TEST_SUITE_END()
