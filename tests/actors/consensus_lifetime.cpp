// Consensus checks in whole nodes: how they are waited for, and how they end.
#include "tests/actors/consensus_nodes.hpp"

namespace caf_gossip::test {

using boost::unit_test::description;

BOOST_AUTO_TEST_SUITE(consensus_lifetime)

// -- waiting --------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(is_waited_for_within_a_limit, checking_nodes, *description("S2.11.3")) {
  const auto handle = check();
  BOOST_TEST(!handle.wait(0ms).has_value());
  BOOST_TEST(!handle.wait(milliseconds::min()).has_value());
  BOOST_TEST(!handle.wait(1ms).has_value());
  auto found = waiting(sut, handle);
  set_both(7);
  BOOST_TEST((found.get() == 7U));
  BOOST_TEST((handle.wait(milliseconds::max()) == 7U));
}

BOOST_FIXTURE_TEST_CASE(is_not_waited_for_after_its_removal, checking_nodes,
                        *description("S2.11.3 S2.11.4")) {
  const auto handle = check();
  auto found = waiting(sut, handle);
  sut.remove_consensus_check(handle.id());
  BOOST_TEST(!found.get().has_value());
  BOOST_TEST(!handle.wait(1h).has_value());
}

BOOST_FIXTURE_TEST_CASE(is_not_waited_for_after_the_stop, checking_nodes, *description("S2.11.3")) {
  const auto handle = check();
  auto found = waiting(sut, handle);
  (void)first.stop();
  world.advance(10s);
  BOOST_TEST(!found.get().has_value());
  BOOST_TEST(!handle.wait(1h).has_value());
}

// -- removal --------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(is_removed_by_id_message_or_handle, checking_nodes,
                        *description("S2.11.4 S5.4.2")) {
  set_both(7);
  auto by_id = check(note());
  auto by_message = check(note());
  auto by_handle = std::make_optional(check(note()));
  auto by_assignment = check(note());
  BOOST_TEST(take().size() == 4U);
  sut.remove_consensus_check(by_id.id());
  caf::anon_send(first.owner().consensus_actor(), remove_consensus_check{by_message.id()});
  by_handle.reset();
  by_assignment = {};
  world.settle();
  BOOST_TEST(sut.consensus().checks == 0U);
  set_both(8);
  BOOST_TEST(take().empty());
  BOOST_TEST(!by_id.value().has_value());
}

BOOST_FIXTURE_TEST_CASE(is_not_evaluated_after_its_removal, checking_nodes,
                        *description("S2.11.4")) {
  std::size_t calls = 0;
  set_both(7);
  auto made = sut.register_consensus_check("key", [&](const byte_buffer&) { return ++calls; });
  made = {}; // the actor has not seen it yet
  world.settle();
  BOOST_TEST(calls == 0U);
  made = sut.register_consensus_check("key", [&](const byte_buffer&) { return ++calls; });
  world.settle();
  BOOST_TEST(calls == 2U);
  made = {};
  set_both(8);
  BOOST_TEST(calls == 2U);
}

BOOST_FIXTURE_TEST_CASE(is_not_there_under_an_unknown_id, checking_nodes,
                        *description("S2.11.4 S5.4.2")) {
  const auto handle = check(note());
  sut.remove_consensus_check(0);
  sut.remove_consensus_check(handle.id() + 1000);
  caf::anon_send(first.owner().consensus_actor(), remove_consensus_check{0});
  BOOST_TEST(sut.consensus().checks == 1U);
  set_both(7);
  BOOST_TEST((take() == told{7}));
}

BOOST_FIXTURE_TEST_CASE(lives_on_without_the_handle_it_was_released_from, checking_nodes,
                        *description("S2.11.4")) {
  std::uint64_t id = 0;
  {
    auto handle = check(note());
    auto moved = std::move(handle);
    id = moved.release();
    BOOST_TEST(moved.id() == 0U);
    BOOST_TEST(!moved.wait(1h).has_value());
  }
  set_both(7);
  BOOST_TEST((take() == told{7}));
  sut.remove_consensus_check(id);
  set_both(8);
  BOOST_TEST(take().empty());
}

// -- the end --------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(outlives_its_system_without_agreement, checking_nodes,
                        *description("S2.11.3 S2.11.4")) {
  set_both(7);
  auto handle = check(note());
  set(first, 8);
  const auto board = first.owner().consensus();
  auto found = waiting(sut, handle);
  (void)take();
  world.remove(first);
  BOOST_TEST(!found.get().has_value());
  BOOST_TEST(!handle.value().has_value());
  BOOST_TEST(!handle.wait(1h).has_value());
  const auto late =
      register_check<std::uint64_t>(board, make_consensus_check("key", first_byte), {});
  BOOST_TEST((late.error().code == errc::already_stopped));
  BOOST_TEST((board->stats() == consensus_stats{0, 1, 0}));
  handle = {};
}

// What was handed over is let go with the system, even if it holds its own handle.
BOOST_FIXTURE_TEST_CASE(keeps_nothing_alive_after_its_system, checking_nodes) {
  auto own = std::make_shared<consensus_handle<std::uint64_t>>();
  *own = check([own](const number&) {});
  const std::weak_ptr watched = own;
  own = nullptr;
  BOOST_TEST(!watched.expired());
  world.remove(first);
  BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
