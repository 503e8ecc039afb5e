/// What the simulator finds when messages are too large.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/checked_world.hpp"
#include "tests/support/simulator_budgets.hpp"

namespace caf_gossip::test {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(budget_checks)

BOOST_AUTO_TEST_CASE(a_message_above_its_budget_is_a_violation) {
  const config cfg;
  const auto found_in = [&](any_payload body, channel via, std::uint32_t bytes = 100,
                            std::uint64_t correlation = 1) {
    sim_message what;
    what.body = std::move(body);
    what.via = via;
    what.bytes = bytes;
    what.head.correlation = correlation;
    std::vector<std::string> found;
    check_budgets(what, cfg, found);
    return found;
  };
  const auto some = [](std::size_t count, std::size_t attributes_of_each = 0) {
    shared_records result;
    for (std::size_t i = 0; i < count; ++i) {
      record one_more{"n" + std::to_string(i), {"host", 1}, 1, 1, member_status::up, {}};
      for (std::size_t k = 0; k < attributes_of_each; ++k)
        one_more.attrs[std::to_string(k)] = std::string(attribute_bytes_max, 'x');
      result.emplace_back(std::move(one_more));
    }
    return result;
  };
  const auto state_of = [](std::size_t members, std::size_t value_bytes) {
    gossip_state result;
    for (std::size_t i = 0; i < members; ++i)
      result.members["n" + std::to_string(i)].entries["key"].value.resize(value_bytes);
    return result;
  };
  const auto plain = [](auto what) { return any_payload{membership_payload{std::move(what)}}; };
  const auto state = [](auto what) { return any_payload{state_payload{std::move(what)}}; };
  // The membership.
  BOOST_TEST(found_in(plain(ping{0, some(10)}), channel::datagram).empty());
  BOOST_TEST(tells(found_in(plain(ping{0, some(20)}), channel::datagram), "bytes of records"));
  BOOST_TEST(tells(found_in(plain(delta{0, 1, some(20)}), channel::datagram), "bytes of records"));
  BOOST_TEST(found_in(plain(delta{0, 0, some(20)}), channel::stream).empty());
  BOOST_TEST(tells(found_in(plain(join_response{{}, {some(5000), {}}}), channel::stream),
                   "bytes of records"));
  BOOST_TEST(tells(found_in(plain(ping{0, some(1)}), channel::datagram, 1401), "as a datagram"));
  BOOST_TEST(found_in(plain(ping{0, some(1, 16)}), channel::datagram, 3000).empty());
  BOOST_TEST(tells(found_in(plain(ping{}), channel::stream, (1U << 20U) + 1), "bytes in one ping"));
  // The key/value plane.
  const auto most = cfg.gossip_max_send;
  BOOST_TEST(found_in(state(gossip_request{"n", state_of(most, 10)}), channel::stream).empty());
  BOOST_TEST(tells(found_in(state(gossip_request{"n", state_of(most + 1, 10)}), channel::stream),
                   "51 member states"));
  BOOST_TEST(
      tells(found_in(state(gossip_response{errc::none, state_of(most + 1, 10)}), channel::stream),
            "51 member states"));
  const auto much = state_of(2, cfg.state_message_bytes_max / 2);
  BOOST_TEST(tells(found_in(state(gossip_request{"n", much}), channel::stream), "bytes of state"));
  BOOST_TEST(
      tells(found_in(state(gossip_response{errc::none, much}), channel::stream), "bytes of state"));
  BOOST_TEST(
      tells(found_in(state(gossip_request{"n", state_of(2, 800)}), channel::datagram, 100, 0),
            "bytes of state"));
  BOOST_TEST(
      found_in(state(gossip_request{"n", state_of(1, 2000)}), channel::datagram, 2200, 0).empty());
  state_question question;
  question.ranges.resize(state_question::ranges_max + 1);
  BOOST_TEST(tells(found_in(state(gossip_request{"n", {}, question}), channel::stream),
                   "a question out of bounds"));
}

BOOST_AUTO_TEST_CASE(datagrams_that_are_too_large_are_counted) {
  checked_world run;
  BOOST_TEST(run.counted().datagrams_too_large == 0U);
  auto large = run.rec_of(subject, member_status::up, 1);
  for (std::size_t i = 0; i < attributes_max; ++i)
    large.attrs[std::to_string(i)] = std::string(attribute_bytes_max, 'x');
  run.forge(2, delta{0, 1, {shared_record{large}}});
  BOOST_TEST(run.counted().datagrams_too_large == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
