// What a joiner does with the roster that its seed sends.
#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;

namespace {

struct fixture : coordinator_fixture {
  member_ref seed = named("seed");

  fixture() {
    start({seed.address});
    tick();
  }

  /// The number of the last message of this kind.
  template <class Payload>
  std::uint64_t number_of() const {
    std::uint64_t result = 0;
    for (const auto& message : outbounds)
      if (std::holds_alternative<Payload>(message.payload))
        result = message.head.correlation;
    return result;
  }

  shared_records roster_of(const std::vector<std::string>& ids) const {
    shared_records result;
    for (const auto& id : ids)
      result.push_back(record_of(named(id), up));
    return result;
  }

  void first_page() {
    (void)receive(seed, join_response{{}, {roster_of({"a", "b", "c", "seed"}), "seed"}},
                  number_of<join_request>());
  }

  void last_page() {
    (void)receive(seed, roster_response{{roster_of({"t", "u"}), {}}}, number_of<roster_request>());
  }

  std::vector<membership_outbound> pings() const {
    auto result = outbounds;
    std::erase_if(
        result, [](const auto& message) { return !std::holds_alternative<ping>(message.payload); });
    return result;
  }

  /// The ids in all records that were sent, however they were sent.
  std::set<node_id> told_about() const {
    std::set<node_id> result;
    const auto add = [&](const shared_records& news) {
      for (const auto& each : news)
        result.insert(each->id);
    };
    for (const auto& message : outbounds) {
      if (const auto* news = std::get_if<delta>(&message.payload))
        add(news->records);
      else if (const auto* asked = std::get_if<ping>(&message.payload))
        add(asked->news);
      else if (const auto* beat = std::get_if<heartbeat>(&message.payload))
        add(beat->news);
    }
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(first_roster, fixture)

BOOST_AUTO_TEST_CASE(two_others_show_by_their_hashes_whether_the_roster_is_whole) {
  first_page();
  BOOST_TEST(pings().empty(), "it is not whole yet, and that is known");
  last_page();
  const auto asked = pings();
  BOOST_REQUIRE(asked.size() == 2U);
  BOOST_TEST((asked[0].target != asked[1].target));
  const auto witness = named(asked[0].target.host.substr(std::string_view{"host-"}.size()));
  BOOST_TEST(is_member(witness));
  // It knows somebody more.
  auto head = head_of(witness, asked[0].head.correlation);
  head.roster_hash = core->table().roster_hash() + 1;
  (void)call([&](auto& sut) { return sut.receive({head, ping_ack{1, {}}}, now); });
  pass(2s);
  BOOST_TEST(sent<sync_request>(witness).size() == 1U);
}

BOOST_AUTO_TEST_CASE(only_the_joiner_is_news_for_the_others) {
  first_page();
  last_page();
  (void)hear(seed);
  for (int i = 0; i < 10; ++i) {
    pass(200ms);
    round();
  }
  BOOST_TEST((told_about() == std::set<node_id>{self.id}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
