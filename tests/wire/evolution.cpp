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
