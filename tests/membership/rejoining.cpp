#include <algorithm>
#include <variant>

#include <boost/test/unit_test.hpp>

#include "tests/support/coordinator_fixture.hpp"

namespace caf_gossip::test {

using enum member_status;

namespace {

struct fixture : coordinator_fixture {
  member_ref a = named("a");
  member_ref b = named("b");

  fixture() {
    start();
    add(a);
    add(b);
    forget();
  }

  void down(const member_ref& who) {
    (void)call([&](auto& sut) { return sut.down(who.address, now); });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rejoining, fixture)

BOOST_AUTO_TEST_CASE(a_dead_member_is_quarantined_once) { // S3.3.1
  down(a);
  BOOST_REQUIRE(told<member_quarantined>().size() == 1U);
  const auto event = told<member_quarantined>()[0];
  BOOST_TEST(event.address == a.address);
  BOOST_TEST(event.id == "a");
  BOOST_TEST(!event.reason.empty());
  BOOST_TEST((event.expires_at == clock.at(now + cfg.quarantine_ttl)));
  (void)tell(b, record_of(a, dead));
  BOOST_TEST(told<member_quarantined>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_declared_dead_again_is_kept_out_twice_as_long) { // RFC 2439 4.2
  down(a);
  now += cfg.quarantine_ttl;
  const auto again = named("a", a.incarnation + 1);
  add(again);
  forget();
  down(again);
  BOOST_REQUIRE(told<member_quarantined>().size() == 1U);
  BOOST_TEST((told<member_quarantined>()[0].expires_at == clock.at(now + 2 * cfg.quarantine_ttl)));
}

// Who is new has not seen the removals, and lets it in.
BOOST_AUTO_TEST_CASE(whom_others_have_let_in_is_kept_out_no_longer_than_after_a_first_removal) {
  down(a);
  now += cfg.quarantine_ttl;
  const auto again = named("a", a.incarnation + 1);
  add(again);
  down(again);
  forget();
  const auto third = record_of(named("a", a.incarnation + 2), up);
  now += cfg.quarantine_ttl - 1ms;
  (void)tell(b, third);
  BOOST_TEST(!is_member(ref_of(third)));
  BOOST_TEST(told<quarantine_cleared>().empty());
  now += 1ms;
  BOOST_TEST(join(ref_of(third)).error().code == errc::quarantined); // at this door
  (void)tell(b, third);
  BOOST_TEST(is_member(ref_of(third)));
  BOOST_TEST(told<quarantine_cleared>().size() == 1U);
  BOOST_TEST(core->quarantined(now).empty());
}

// A name, and the authority that it comes with, may be kept out for different reasons.
BOOST_AUTO_TEST_CASE(all_that_keeps_a_member_out_ends_when_others_have_let_it_in) {
  const auto c = named("c");
  add(c);
  down(a);
  down(b);
  now += cfg.quarantine_ttl;
  for (const auto& who : {a, b}) {
    const member_ref again{who.id, who.incarnation + 1, who.address};
    add(again);
    down(again);
    now += cfg.quarantine_ttl / 2;
  }
  const member_ref mixed{a.id, a.incarnation + 2, b.address};
  now += cfg.quarantine_ttl / 2 - 1ms; // b is out for 1 ms less than after a first removal
  (void)tell(c, record_of(mixed, up));
  BOOST_TEST(!is_member(mixed));
  BOOST_TEST(core->quarantined(now).size() == 2U);
  now += 1ms;
  (void)tell(c, record_of(mixed, up));
  BOOST_TEST(is_member(mixed));
  BOOST_TEST(core->quarantined(now).empty());
}

BOOST_AUTO_TEST_CASE(the_dead_that_are_tried_again_are_told_that_they_are_dead) {
  down(a);
  forget();
  for (int i = 0; i < 20 && sent<ping>(a).empty(); ++i)
    pass(cfg.reunion_interval);
  BOOST_REQUIRE(sent<ping>(a).size() == 1U);
  BOOST_TEST(sent<ping>(a)[0].news == shared_records{record_of(a, dead)});
}

BOOST_AUTO_TEST_CASE(many_members_together_try_one_of_the_dead_once_per_interval) {
  constexpr int members = 20;
  constexpr int intervals = 400;
  for (int i = 3; i < members; ++i) // besides this node, a and b
    (void)join(named("m" + std::to_string(i)));
  down(a);
  BOOST_REQUIRE(core->table().active_count() == members - 1U);
  forget();
  pass(intervals * cfg.reunion_interval);
  const auto pings = static_cast<double>(sent<ping>(a).size());
  BOOST_TEST(pings > 0.5 * intervals / members);
  BOOST_TEST(pings < 2.0 * intervals / members);
}

BOOST_AUTO_TEST_CASE(the_larger_side_does_not_give_way) {
  down(a);
  forget();
  (void)receive(a, ping{1, {record_of(self, dead)}}); // two are here, one is there
  BOOST_TEST(told<self_declared_dead>().empty());
  BOOST_TEST(sent<delta>(a).size() == 1U); // it is told what this side thinks
  down(b);
  (void)receive(a, ping{1, {record_of(self, dead)}});
  BOOST_TEST(told<self_declared_dead>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(of_two_equal_sides_the_one_without_the_first_on_the_ring_gives_way) {
  (void)call([&](auto& sut) { return sut.leave(b.address, now); });
  BOOST_REQUIRE(hash_of_id(a.id) > hash_of_id(self.id));
  down(a);
  (void)receive(a, ping{1, {record_of(self, dead)}});
  BOOST_TEST(told<self_declared_dead>().empty());
  auto before = named("0");
  for (char name = '1'; hash_of_id(before.id) > hash_of_id(self.id); ++name)
    before = named(std::string(1, name));
  add(before);
  down(before);
  auto behind = named("A");
  for (char name = 'B'; hash_of_id(behind.id) < hash_of_id(self.id); ++name)
    behind = named(std::string(1, name));
  add(behind); // two are here, two are there
  (void)receive(before, ping{1, {record_of(self, dead)}});
  BOOST_TEST(told<self_declared_dead>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(strangers_that_buried_this_node_are_asked_to_let_it_in) {
  const auto stranger = named("stranger");
  const auto buried = record_of(self, dead);
  BOOST_TEST(receive(stranger, ping{1, {buried}}).error().code == errc::unknown_authority);
  BOOST_TEST(told<self_declared_dead>().empty()); // it might have made that up
  tick();
  const auto asked = std::find_if(outbounds.begin(), outbounds.end(), [](const auto& message) {
    return std::holds_alternative<join_request>(message.payload);
  });
  BOOST_REQUIRE(asked != outbounds.end());
  BOOST_TEST(asked->target == stranger.address);
  const auto open = asked->head.correlation;
  outbounds.clear();
  const refusal gone{errc::invalid_transition, "dead", self.incarnation, 0ms};
  (void)receive(stranger, join_response{gone, {}}, open);
  tick();
  BOOST_REQUIRE(sent<join_request>(stranger).size() == 1U);
  BOOST_TEST(sent<join_request>(stranger)[0].self.incarnation > self.incarnation);
}

BOOST_AUTO_TEST_CASE(what_strangers_say_of_others_or_of_earlier_runs_is_nothing_to_this_node) {
  auto earlier = record_of(self, dead);
  --earlier.incarnation;
  for (const auto& news : {record_of(a, dead), record_of(self, up), earlier})
    (void)receive(named("stranger"), ping{1, {news}});
  tick();
  BOOST_TEST(sent<join_request>(named("stranger")).empty());
}

BOOST_AUTO_TEST_CASE(who_returns_takes_the_word_of_the_others_for_who_is_dead) {
  down(a);
  (void)tell(b, record_of(self, dead, 9));
  pass(cfg.quarantine_ttl);
  BOOST_TEST(core->self().incarnation > self.incarnation);
  BOOST_TEST((core->table().find(a.id) == nullptr));
}

BOOST_AUTO_TEST_CASE(a_quarantined_member_stays_out_whatever_arrives) { // S3.3.2
  (void)call([&](auto& sut) { return sut.quarantine_authority(a.address, "noisy", now); });
  BOOST_TEST(!is_member(a));
  (void)hear(a);
  (void)tell(b, record_of(a, up, 9));
  (void)tell(b, record_of(named("a", a.incarnation + 1), up));
  BOOST_TEST(!is_member(a));
  BOOST_TEST(core->table().members().size() == 2U);
  BOOST_TEST(core->engine().peers() == std::vector{b});
  const auto code = static_cast<std::size_t>(errc::quarantined);
  BOOST_TEST(core->metrics()->messages_refused[code] == 1U);
}

BOOST_AUTO_TEST_CASE(a_rejoin_while_quarantined_is_refused_with_its_reason) { // S3.3.3, D9
  down(a);
  forget();
  const auto version = core->table().version();
  auto elsewhere = named("a", a.incarnation + 1);
  elsewhere.address = {"elsewhere", 1};
  auto renamed = named("other", a.incarnation + 1);
  renamed.address = a.address;
  for (const auto& who : {named("a", a.incarnation + 1), elsewhere, renamed}) {
    const auto result = join(who);
    BOOST_REQUIRE(!result.has_value());
    BOOST_TEST(result.error().code == errc::quarantined);
    BOOST_TEST(result.error().text.find("declared dead") != std::string::npos);
  }
  BOOST_TEST(told<rejoin_refused>().size() == 3U);
  BOOST_TEST(core->table().version() == version);
}

BOOST_AUTO_TEST_CASE(the_refusal_travels_to_the_newcomer) { // S3.3.3
  down(a);
  forget();
  const auto again = named("a", a.incarnation + 1);
  now += 4s;
  (void)receive(again, join_request{record_of(again, joining)}, 55);
  const auto answers = sent<join_response>(again);
  BOOST_REQUIRE(answers.size() == 1U);
  BOOST_REQUIRE(answers[0].refused.has_value());
  BOOST_TEST(answers[0].refused->code == errc::quarantined);
  BOOST_TEST((answers[0].refused->retry_after == cfg.quarantine_ttl - 4s));
  BOOST_TEST(outbounds.back().head.correlation == 55U);
}

BOOST_AUTO_TEST_CASE(at_the_expiry_a_rejoin_succeeds_without_a_poll) { // S3.3.4
  down(a);
  forget();
  now += cfg.quarantine_ttl;
  BOOST_TEST(join(named("a", a.incarnation + 1)).has_value());
  BOOST_TEST(told<quarantine_cleared>().size() == 1U);
  tick();
  BOOST_TEST(told<quarantine_cleared>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_same_incarnation_never_comes_back) { // D9
  down(a);
  now += cfg.quarantine_ttl;
  BOOST_TEST(join(a).error().code == errc::invalid_transition);
  BOOST_TEST(join(named("a", a.incarnation - 1)).error().code == errc::stale_incarnation);
}

BOOST_AUTO_TEST_CASE(the_list_of_the_quarantined_is_sorted_and_complete) { // S3.3.5
  down(b);
  down(a);
  const auto list = core->quarantined(now);
  BOOST_REQUIRE(list.size() == 2U);
  BOOST_TEST(list[0].address == a.address);
  BOOST_TEST(!list[0].reason.empty());
  BOOST_TEST((list[0].expires_at == now + cfg.quarantine_ttl));
  (void)call([&](auto& sut) { return sut.shut_down(now); });
  BOOST_TEST(core->quarantined(now).empty());
}

BOOST_AUTO_TEST_CASE(operators_can_clear_and_switch_off_the_quarantine) { // D9
  down(a);
  forget();
  BOOST_TEST(call([&](auto& sut) { return sut.clear_quarantine(a.address, now); }).has_value());
  BOOST_TEST(told<quarantine_cleared>().size() == 1U);
  BOOST_TEST(core->clear_quarantine(a.address, now).error().code == errc::unknown_authority);
  BOOST_TEST(join(named("a", a.incarnation + 1)).has_value());
  cfg.quarantine_ttl = 0ms;
  start();
  add(a);
  down(a);
  BOOST_TEST(core->quarantined(now).empty());
  BOOST_TEST(core->quarantine_authority(b.address, "r", now).error().code == errc::disabled);
  BOOST_TEST(core->quarantine_authority(self.address, "r", now).has_value() == false);
}

BOOST_AUTO_TEST_CASE(a_late_relay_of_a_removed_member_is_refused_and_corrected) { // D15
  (void)call([&](auto& sut) { return sut.leave(a.address, now); });
  (void)tell(b, record_of(a, removed));
  now += 1s;
  forget();
  (void)tell(b, record_of(a, up));
  BOOST_TEST(status(a) == std::optional{removed});
  BOOST_REQUIRE(sent<delta>(b).size() == 1U);
  BOOST_TEST(sent<delta>(b)[0].records == shared_records{record_of(a, removed)});
}

BOOST_AUTO_TEST_CASE(a_live_name_is_not_given_to_another_authority) {
  auto intruder = named("a", a.incarnation);
  intruder.address = {"elsewhere", 1};
  (void)receive(intruder, join_request{record_of(intruder, joining)}, 5);
  const auto answers = sent<join_response>(intruder);
  BOOST_REQUIRE(answers.size() == 1U);
  BOOST_TEST(answers[0].refused->code == errc::authority_conflict);
  BOOST_TEST(answers[0].refused->known_incarnation == 0U); // nothing to outbid
  BOOST_TEST(hear(intruder).error().code == errc::authority_conflict);
  BOOST_TEST(join(named("self", 999)).error().code == errc::authority_conflict);
}

BOOST_AUTO_TEST_CASE(an_authority_taken_by_a_newer_one_asks_for_a_higher_incarnation) { // S4.9
  auto newer = named("c", 500);
  newer.address = a.address;
  BOOST_TEST(join(newer).has_value());
  BOOST_TEST(status(a) == std::optional{removed});
  auto older = named("d", 400);
  older.address = a.address;
  BOOST_TEST(join(older).error().code == errc::authority_conflict);
  down(newer);
  now += cfg.quarantine_ttl;
  BOOST_TEST(join(older).error().code == errc::stale_incarnation);
  older.incarnation = 501;
  BOOST_TEST(join(older).has_value());
}

BOOST_AUTO_TEST_CASE(a_full_cluster_refuses_newcomers) {
  cfg.members_max = 2;
  start();
  add(a);
  BOOST_TEST(join(b).error().code == errc::limit_reached);
  BOOST_TEST(join(named("a", a.incarnation + 1)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
