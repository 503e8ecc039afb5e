/// Frames of versions to come. Their bodies are written by flatc, from newer_frame.fbs and the
/// .json files beside it.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/wire/codec.hpp"
#include "tests/support/wire_samples.hpp"
#include "tests/wire/sealing.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using wire::decode_error;

namespace {

constexpr auto newer_minor = static_cast<std::uint8_t>(wire::protocol_minor + 1);

wire::bytes newer_body(const std::string& name) {
  std::ifstream in{CAF_GOSSIP_NEWER_BODIES "/" + name + ".bin", std::ios::binary};
  BOOST_TEST_REQUIRE(in.good(), name);
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Returns the message as a node of a newer minor version writes it.
wire::bytes written_by_newer(const wire::frame& message) {
  auto data = wire::encode(message, frame_bytes_max).value();
  data[5] = newer_minor;
  seal(data);
  return data;
}

bool contains(const wire::bytes& data, std::string_view text) {
  return std::search(data.begin(), data.end(), text.begin(), text.end()) != data.end();
}

} // namespace

BOOST_AUTO_TEST_SUITE(evolution)

BOOST_AUTO_TEST_CASE(unknown_fields_of_a_newer_minor_are_skipped,
                     *boost::unit_test::description("S4.7: forward compatibility")) {
  const auto body = newer_body("newer_delta");
  BOOST_TEST_REQUIRE(contains(body, "in the frame"));
  BOOST_TEST_REQUIRE(contains(body, "in the payload"));
  BOOST_TEST_REQUIRE(contains(body, "in the record"));
  auto expected = sample_record("node-2", member_status::suspect);
  expected.incarnation = 21;
  expected.version = 22;
  expected.attrs["role"] = "worker";
  const wire::frame message{{"caf-gossip", {"node-1", 11, {"127.0.0.1", 7101}}, 12, 0, 13, 14},
                            membership_payload{delta{1, 2, {expected}}}};
  const auto result = wire::decode(sealed(body, newer_minor), frame_bytes_max);
  BOOST_TEST_REQUIRE(result.has_value());
  BOOST_TEST((*result == message));
}

BOOST_AUTO_TEST_CASE(unknown_payloads_of_a_newer_minor_are_refused_alone) {
  BOOST_TEST(
      (refusal_of(sealed(newer_body("newer_payload"), newer_minor)) == decode_error::invalid));
}

// The rest of a refusal is worth more than its code: text, pause, and that it is one.
BOOST_AUTO_TEST_CASE(unknown_codes_of_a_newer_minor_are_refusals_without_a_name,
                     *boost::unit_test::description("S4.7: forward compatibility")) {
  const auto messages_with = [](errc code) {
    const refusal refused{code, "why", 17, std::chrono::milliseconds{5}};
    const auto head = sample_head();
    return std::vector<wire::frame>{
        {head, membership_payload{join_response{refused, {}}}},
        {head, state_payload{gossip_response{code, std::nullopt}}},
        {head, wire::reject{code, "why"}},
    };
  };
  const auto expected = messages_with(errc::invalid_state);
  for (unsigned code = errc_count; code < 256; ++code) {
    const auto messages = messages_with(static_cast<errc>(code));
    for (std::size_t i = 0; i < messages.size(); ++i)
      BOOST_TEST((wire::decode(written_by_newer(messages[i]), frame_bytes_max) == expected[i]),
                 code);
  }
}

BOOST_AUTO_TEST_CASE(unknown_statuses_of_a_newer_minor_are_refused) {
  auto item = sample_record("node-2", member_status::up);
  item.status = static_cast<member_status>(6);
  const wire::frame message{sample_head(), membership_payload{delta{0, 1, {item}}}};
  BOOST_TEST((refusal_of(written_by_newer(message)) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(unknown_evidence_of_a_newer_minor_is_refused) {
  const wire::frame message{sample_head(), membership_payload{accusation{
                                               sample_head().sender, 1, static_cast<evidence>(3)}}};
  BOOST_TEST((refusal_of(written_by_newer(message)) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(every_newer_minor_is_understood) {
  for (const auto& [name, message] : wire_samples()) {
    auto data = wire::encode(message, frame_bytes_max).value();
    data[5] = 255;
    seal(data);
    BOOST_TEST((wire::decode(data, frame_bytes_max) == message), name);
  }
}

BOOST_AUTO_TEST_CASE(every_newer_major_is_refused,
                     *boost::unit_test::description("S4.7: newer major rejected")) {
  const auto body = newer_body("newer_delta");
  for (unsigned major = wire::protocol_major + 1U; major < 256; ++major) {
    const auto data = sealed(body, 0, static_cast<std::uint8_t>(major));
    BOOST_TEST((refusal_of(data) == decode_error::wrong_version), major);
  }
}

BOOST_AUTO_TEST_SUITE_END()
