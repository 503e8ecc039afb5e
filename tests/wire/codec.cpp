#include "caf_gossip/wire/codec.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/support/wire_samples.hpp"
#include "tests/wire/sealing.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using wire::decode_error;

namespace {

wire::bytes encoded(const wire::frame& message) {
  return wire::encode(message, frame_bytes_max).value();
}

wire::frame carrying(wire::payload body) {
  return {sample_head(), std::move(body)};
}

/// Returns what a reader says to a message that our writer does not refuse to write.
decode_error refusal_of_message(const wire::frame& message) {
  return refusal_of(encoded(message));
}

/// Returns a delta with the sample record after `change`.
template <class Change>
wire::frame delta_with(Change change) {
  auto item = sample_record("node", member_status::up);
  change(item);
  return carrying(membership_payload{delta{0, 1, {item}}});
}

template <class Change>
wire::frame heartbeat_from(Change change) {
  auto result = carrying(membership_payload{heartbeat{1, {}}});
  change(result.head);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(codec)

BOOST_AUTO_TEST_CASE(returns_every_sample_unchanged,
                     *boost::unit_test::description("S4.7, S5.3.1: round trip")) {
  for (const auto& [name, message] : wire_samples()) {
    const auto data = encoded(message);
    const auto result = wire::decode(data, frame_bytes_max);
    BOOST_TEST_REQUIRE(result.has_value(), name);
    BOOST_TEST((*result == message), name);
  }
}

BOOST_AUTO_TEST_CASE(has_samples_of_every_payload) {
  std::set<std::pair<std::size_t, std::size_t>> seen;
  std::set<std::string> names;
  for (const auto& [name, message] : wire_samples()) {
    names.insert(name);
    if (const auto* plane = std::get_if<membership_payload>(&message.body))
      seen.insert({0, plane->index()});
    else if (const auto* state = std::get_if<state_payload>(&message.body))
      seen.insert({1, state->index()});
    else
      seen.insert({message.body.index(), 0});
  }
  BOOST_TEST(seen.size() == 16U + 2U + 1U);
  BOOST_TEST(names.size() == wire_samples().size());
}

BOOST_AUTO_TEST_CASE(keeps_all_six_statuses, *boost::unit_test::description("S1.1.3")) {
  for (const auto status : all_statuses) {
    const auto message = delta_with([status](record& item) { item.status = status; });
    BOOST_TEST((wire::decode(encoded(message), frame_bytes_max).value() == message),
               to_string(status));
  }
}

BOOST_AUTO_TEST_CASE(writes_the_same_bytes_whatever_was_written_before) {
  const auto samples = wire_samples();
  std::vector<wire::bytes> first;
  for (const auto& sample : samples)
    first.push_back(encoded(sample.message));
  for (auto i = samples.size(); i > 0; --i)
    BOOST_TEST((encoded(samples[i - 1].message) == first[i - 1]), samples[i - 1].name);
}

BOOST_AUTO_TEST_CASE(keeps_datagrams_small) {
  BOOST_TEST(encoded(carrying(membership_payload{heartbeat{3, {}}})).size() <= 160U);
  const auto with_records = [](std::size_t count) {
    delta message{1, 2, {}};
    for (std::size_t i = 0; i < count; ++i)
      message.records.push_back(
          sample_record("node-" + std::to_string(100 + i), member_status::up));
    return encoded(carrying(membership_payload{message})).size();
  };
  BOOST_TEST_MESSAGE("heartbeat " << encoded(carrying(membership_payload{heartbeat{3, {}}})).size()
                                  << " bytes, each record "
                                  << (with_records(101) - with_records(1)) / 100 << " bytes");
  BOOST_TEST((with_records(101) - with_records(1)) / 100 <= 33U);
  BOOST_TEST(with_records(35) <= 1400U);
}

BOOST_AUTO_TEST_CASE(reads_bodies_at_any_address) {
  const auto data = encoded(carrying(membership_payload{delta{1, 2, unusual_records()}}));
  const auto expected = wire::decode(data, frame_bytes_max).value();
  for (std::size_t shift = 0; shift < 9; ++shift) {
    wire::bytes moved(shift);
    moved.insert(moved.end(), data.begin(), data.end());
    const auto result = wire::decode(std::span{moved}.subspan(shift), frame_bytes_max);
    BOOST_TEST((result == expected), shift);
  }
}

// -- limits ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(writes_up_to_the_limit_and_names_it_beyond) {
  const auto message = carrying(membership_payload{delta{1, 2, sample_records()}});
  const auto size = encoded(message).size();
  BOOST_TEST(wire::encode(message, size).has_value());
  const auto refused = wire::encode(message, size - 1);
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == errc::limit_reached));
  BOOST_TEST(refused.error().text.find(std::to_string(size) + " bytes") != std::string::npos);
  BOOST_TEST(refused.error().text.find(std::to_string(size - 1) + " bytes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(writes_every_sample_into_exactly_its_size) {
  for (const auto& [name, message] : wire_samples()) {
    const auto size = encoded(message).size();
    BOOST_TEST(wire::encode(message, size).has_value(), name);
    BOOST_TEST(!wire::encode(message, size - 1).has_value(), name);
  }
}

BOOST_AUTO_TEST_CASE(does_not_build_what_cannot_fit) {
  gossip_state state;
  state.members["a"].entries["x"] = {byte_buffer(1U << 21U), 1, 0};
  const auto refused =
      wire::encode(carrying(state_payload{gossip_request{"a", state}}), frame_bytes_max);
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == errc::limit_reached));
  BOOST_TEST(refused.error().text.find("at least") != std::string::npos);
  const std::vector<hash_range> many(100'000);
  const auto ranges = wire::encode(carrying(membership_payload{range_request{many}}), 1400);
  BOOST_TEST_REQUIRE(!ranges.has_value());
  BOOST_TEST(ranges.error().text.find("at least") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(cuts_long_reasons_between_characters) {
  std::string text(1023, 'x');
  text += "\u00fc and more";
  const auto data = encoded(carrying(wire::reject{errc::wrong_cluster, text}));
  const auto message = wire::decode(data, frame_bytes_max).value();
  BOOST_TEST(std::get<wire::reject>(message.body).text == std::string(1023, 'x'));
}

BOOST_AUTO_TEST_CASE(limits_the_pause_of_a_refusal_to_what_fits) {
  const auto pause_of = [](std::chrono::milliseconds pause) {
    const refusal refused{errc::quarantined, "", 0, pause};
    const auto data = encoded(carrying(membership_payload{join_response{refused, {}}}));
    const auto message = wire::decode(data, frame_bytes_max).value();
    return std::get<join_response>(std::get<membership_payload>(message.body)).refused->retry_after;
  };
  BOOST_TEST(pause_of(std::chrono::milliseconds{-1}).count() == 0);
  BOOST_TEST(pause_of(std::chrono::milliseconds::max()).count() == 0xffffffff);
}

// -- errors ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(names_every_error) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < wire::decode_error_count; ++i)
    names.insert(to_string(static_cast<decode_error>(i)));
  BOOST_TEST(names.size() == wire::decode_error_count);
  BOOST_TEST(!names.contains("unknown"));
  BOOST_TEST(to_string(static_cast<decode_error>(wire::decode_error_count)) == "unknown");
}

BOOST_AUTO_TEST_CASE(recognises_other_protocols_by_their_first_byte) {
  const std::string http = "GET / HTTP/1.1\r\n";
  for (std::size_t size = 1; size <= http.size(); ++size)
    BOOST_TEST((refusal_of(wire::bytes(http.begin(), http.begin() + static_cast<int>(size)))
                == decode_error::wrong_magic));
  BOOST_TEST((refusal_of({}) == decode_error::truncated));
  BOOST_TEST((refusal_of(wire::bytes{0xca, 0xf0}) == decode_error::truncated));
  BOOST_TEST((refusal_of(wire::bytes{0xca, 0xf0, 'g', 'S'}) == decode_error::wrong_magic));
}

BOOST_AUTO_TEST_CASE(checks_the_version_before_anything_that_may_differ_in_it) {
  auto data = encoded(carrying(membership_payload{heartbeat{1, {}}}));
  data[4] = wire::protocol_major + 1;
  BOOST_TEST((refusal_of(data) == decode_error::wrong_version));
  BOOST_TEST((refusal_of(std::span{data}.first(5)) == decode_error::wrong_version));
  put(data, 8, 4, 0xffffffff);
  BOOST_TEST((refusal_of(data) == decode_error::wrong_version));
  data[4] = 0;
  BOOST_TEST((refusal_of(data) == decode_error::wrong_version));
}

BOOST_AUTO_TEST_CASE(believes_no_declared_length) {
  auto data = encoded(carrying(membership_payload{heartbeat{1, {}}}));
  const auto size = data.size();
  put(data, 8, 4, 1U << 30U);
  BOOST_TEST((refusal_of(data) == decode_error::too_large));
  put(data, 8, 4, 0xffffffff);
  BOOST_TEST((wire::decode(data, static_cast<std::size_t>(-1)).error() == decode_error::too_large));
  put(data, 8, 4, size - wire::header_bytes + 1);
  BOOST_TEST((refusal_of(data) == decode_error::truncated));
  put(data, 8, 4, size - wire::header_bytes - 1);
  BOOST_TEST((refusal_of(data) == decode_error::invalid));
  put(data, 8, 4, 0);
  BOOST_TEST((refusal_of(data) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(finds_the_end_of_a_frame_in_its_header) {
  const auto data = encoded(carrying(membership_payload{heartbeat{1, {}}}));
  const auto first = std::span{data}.first(wire::header_bytes);
  const auto header = wire::decode_header(first, data.size());
  BOOST_TEST_REQUIRE(header.has_value());
  BOOST_TEST(header->body_bytes == data.size() - wire::header_bytes);
  BOOST_TEST(int{header->major} == int{wire::protocol_major});
  BOOST_TEST(int{header->minor} == int{wire::protocol_minor});
  BOOST_TEST((wire::decode_header(first, data.size() - 1).error() == decode_error::too_large));
}

BOOST_AUTO_TEST_CASE(refuses_flags_and_reserved_bytes_it_does_not_know) {
  for (const std::size_t at : {6U, 7U, 12U, 13U, 14U, 15U}) {
    auto data = encoded(carrying(membership_payload{heartbeat{1, {}}}));
    data[at] = 1;
    seal(data);
    BOOST_TEST((refusal_of(data) == decode_error::invalid), at);
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_wrong_checksum_and_a_body_that_is_none) {
  auto data = encoded(carrying(membership_payload{heartbeat{1, {}}}));
  data.back() ^= 1U;
  BOOST_TEST((refusal_of(data) == decode_error::wrong_checksum));
  BOOST_TEST((refusal_of(sealed({})) == decode_error::malformed));
  BOOST_TEST((refusal_of(sealed(wire::bytes(64, 0xff))) == decode_error::malformed));
}

// -- meaning ---------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(refuses_unknown_codes, *boost::unit_test::description("S1.1.3")) {
  const auto unknown_status = static_cast<member_status>(6);
  const auto unknown_errc = static_cast<errc>(errc_count);
  const std::vector<wire::frame> messages{
      delta_with([=](record& item) { item.status = unknown_status; }),
      carrying(membership_payload{join_response{refusal{unknown_errc, "", 0, {}}, {}}}),
      carrying(membership_payload{join_response{refusal{}, {}}}),
      carrying(state_payload{gossip_response{unknown_errc, std::nullopt}}),
      carrying(wire::reject{unknown_errc, ""}),
      carrying(membership_payload{accusation{sample_head().sender, 1, static_cast<evidence>(3)}}),
      carrying(wire::reject{}),
  };
  for (const auto& message : messages)
    BOOST_TEST((refusal_of_message(message) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(refuses_records_out_of_bounds, *boost::unit_test::description("S1.1.3")) {
  const std::vector<wire::frame> messages{
      delta_with([](record& item) { item.id.clear(); }),
      delta_with([](record& item) { item.id = "line\nbreak"; }),
      delta_with([](record& item) { item.id.assign(node_id_bytes_max + 1, 'n'); }),
      delta_with([](record& item) { item.address.host.clear(); }),
      delta_with([](record& item) { item.address.host = "a b"; }),
      delta_with([](record& item) { item.address.host.assign(host_bytes_max + 1, 'h'); }),
      delta_with([](record& item) { item.id.assign(1000, 'n'); }),
      delta_with([](record& item) { item.attrs["k"].assign(1000, 'v'); }),
      delta_with([](record& item) { item.address.port = 0; }),
      delta_with([](record& item) { item.incarnation = 0; }),
      delta_with([](record& item) { item.attrs[""] = "x"; }),
      delta_with([](record& item) { item.attrs[std::string(attribute_bytes_max + 1, 'k')] = ""; }),
      delta_with([](record& item) { item.attrs["k"].assign(attribute_bytes_max + 1, 'v'); }),
      delta_with([](record& item) {
        for (std::size_t i = 0; i <= attributes_max; ++i)
          item.attrs["k" + std::to_string(i)] = "v";
      }),
  };
  for (std::size_t i = 0; i < messages.size(); ++i)
    BOOST_TEST((refusal_of_message(messages[i]) == decode_error::invalid), i);
}

BOOST_AUTO_TEST_CASE(refuses_one_bad_record_wherever_records_stand) {
  auto bad = sample_record("bad", member_status::up);
  bad.incarnation = 0;
  const shared_records records{sample_record("good", member_status::up), bad};
  const std::vector<membership_payload> payloads{
      heartbeat{0, records},
      ping{0, records},
      ping_ack{0, records},
      delta{0, 0, records},
      join_request{bad},
      join_response{std::nullopt, {records, ""}},
      roster_response{{records, ""}},
      sync_response{records, {}},
  };
  for (const auto& item : payloads)
    BOOST_TEST((refusal_of_message(carrying(item)) == decode_error::invalid), item.index());
}

BOOST_AUTO_TEST_CASE(refuses_senders_out_of_bounds) {
  const std::vector<wire::frame> messages{
      heartbeat_from([](envelope& head) { head.cluster.clear(); }),
      heartbeat_from([](envelope& head) { head.cluster.assign(256, 'c'); }),
      heartbeat_from([](envelope& head) { head.sender.id.clear(); }),
      heartbeat_from([](envelope& head) { head.sender.id = "\x7f"; }),
      heartbeat_from([](envelope& head) { head.sender.id.assign(node_id_bytes_max + 1, 'n'); }),
      heartbeat_from([](envelope& head) { head.sender.incarnation = 0; }),
      heartbeat_from([](envelope& head) { head.sender.address.port = 0; }),
      heartbeat_from([](envelope& head) { head.sender.address.host.clear(); }),
      heartbeat_from([](envelope& head) { head.sender.address.host.assign(256, 'h'); }),
  };
  for (std::size_t i = 0; i < messages.size(); ++i)
    BOOST_TEST((refusal_of_message(messages[i]) == decode_error::invalid), i);
}

BOOST_AUTO_TEST_CASE(refuses_ids_and_keys_out_of_bounds) {
  const node_id too_long(node_id_bytes_max + 1, 'n');
  const auto state_of = [](const node_id& id, const std::string& key) {
    gossip_state result;
    result.members[id].entries[key] = {{1}, 1, 1};
    return result;
  };
  const std::vector<wire::payload> payloads{
      membership_payload{roster_request{too_long}},
      membership_payload{roster_request{"\n"}},
      membership_payload{roster_response{{{}, too_long}}},
      state_payload{gossip_request{"", {}}},
      state_payload{gossip_request{too_long, {}}},
      state_payload{gossip_request{"a", state_of("", "k")}},
      state_payload{gossip_request{"a", state_of(too_long, "k")}},
      state_payload{gossip_request{"a", state_of("a", "")}},
      state_payload{gossip_request{"a", state_of("a", std::string(key_bytes_max + 1, 'k'))}},
      state_payload{gossip_response{errc::none, state_of("\t", "k")}},
  };
  for (std::size_t i = 0; i < payloads.size(); ++i)
    BOOST_TEST((refusal_of_message(carrying(payloads[i])) == decode_error::invalid), i);
}

BOOST_AUTO_TEST_SUITE_END()
