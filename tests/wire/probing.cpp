/// The messages by which members are probed and rosters compared: sizes and bounds.
#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/wire/codec.hpp"
#include "tests/support/wire_samples.hpp"
#include "tests/wire/sealing.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using wire::decode_error;

namespace {

wire::bytes encoded(const wire::frame& message) {
  return wire::encode(message, frame_bytes_max).value();
}

wire::frame carrying(const membership_payload& body) {
  return {sample_head(), body};
}

/// Returns what a reader says to a message that our writer does not refuse to write.
decode_error refusal_of_message(const wire::frame& message) {
  return refusal_of(encoded(message));
}

} // namespace

BOOST_AUTO_TEST_SUITE(probing)

BOOST_AUTO_TEST_CASE(keeps_what_idle_members_send_small) {
  const auto size_of = [](membership_payload body, std::uint64_t correlation) {
    auto head = sample_head();
    head.sender.id = "member-007";
    head.correlation = correlation;
    // What a node without key/value state leaves out.
    head.state_hash = 0;
    return encoded({head, std::move(body)}).size();
  };
  BOOST_TEST_MESSAGE("with an id of 10 bytes: heartbeat "
                     << size_of(heartbeat{3, {}}, 0) << " bytes, ping " << size_of(ping{3, {}}, 42)
                     << " bytes, ping_ack " << size_of(ping_ack{3, {}}, 42) << " bytes");
  BOOST_TEST(size_of(heartbeat{3, {}}, 0) <= 160U);
  BOOST_TEST(size_of(ping{3, {}}, 42) <= 168U);
  BOOST_TEST(size_of(ping_ack{3, {}}, 42) <= 168U);
}

BOOST_AUTO_TEST_CASE(refuses_subjects_out_of_bounds) {
  const std::vector<void (*)(member_ref&)> changes{
      [](member_ref& who) { who.id.clear(); },
      [](member_ref& who) { who.id = "\x1f"; },
      [](member_ref& who) { who.id.assign(node_id_bytes_max + 1, 'n'); },
      [](member_ref& who) { who.incarnation = 0; },
      [](member_ref& who) { who.address.port = 0; },
      [](member_ref& who) { who.address.host.clear(); },
      [](member_ref& who) { who.address.host.assign(host_bytes_max + 1, 'h'); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    auto who = sample_head().sender;
    changes[i](who);
    for (const auto& item : std::vector<membership_payload>{
             probe_request{who}, probe_report{who, true, 1}, accusation{who, 1, {}}})
      BOOST_TEST((refusal_of_message(carrying(item)) == decode_error::invalid), i);
  }
}

BOOST_AUTO_TEST_CASE(refuses_ranges_out_of_bounds) {
  std::vector<hash_range> most;
  for (std::uint64_t i = 0; i < 4096; ++i)
    most.push_back({2 * i, 2 * i + 1, i});
  auto too_many = most;
  too_many.push_back({9999, 9999, 1});
  const auto carried_by_each = [](const std::vector<hash_range>& ranges) {
    return std::vector<membership_payload>{range_request{ranges}, range_response{ranges},
                                           sync_request{{}, ranges}};
  };
  for (const auto& item : carried_by_each(most))
    BOOST_TEST(wire::decode(encoded(carrying(item)), frame_bytes_max).has_value());
  const std::vector<std::vector<hash_range>> broken{
      too_many,
      {{5, 4, 0}},
      {{7, 8, 0}, {1, 2, 0}},
      {{1, 2, 0}, {1, 2, 0}},
      {{1, 5, 0}, {5, 6, 0}},
      {{1, 9, 0}, {2, 3, 0}},
  };
  for (std::size_t i = 0; i < broken.size(); ++i)
    for (const auto& item : carried_by_each(broken[i]))
      BOOST_TEST((refusal_of_message(carrying(item)) == decode_error::invalid), i);
}

BOOST_AUTO_TEST_SUITE_END()
