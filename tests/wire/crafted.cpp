/// Bodies that pass the verifier and that no writer of ours produces.

#include <boost/test/unit_test.hpp>

#include "caf_gossip/wire/codec.hpp"
#include "frame_generated.h"
#include "tests/support/wire_samples.hpp"
#include "tests/wire/sealing.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
namespace schema = caf_gossip::wire::schema;
using wire::decode_error;

namespace {

using builder = flatbuffers::FlatBufferBuilder;

template <class T>
using offset = flatbuffers::Offset<T>;

template <class T>
using table_list = std::vector<offset<T>>;

/// Returns a sealed frame of a well-known sender with any payload.
wire::bytes finish(builder& out, schema::any_payload type, offset<void> payload) {
  const auto cluster = out.CreateString("caf-gossip");
  const auto sender = out.CreateString("node-1");
  out.Finish(schema::Createframe(out, cluster, sender, 0x7f000001, 7101, 1, type, payload));
  return sealed({out.GetBufferPointer(), out.GetSize()});
}

template <class T>
wire::bytes finish(builder& out, offset<T> payload) {
  return finish(out, schema::any_payloadTraits<T>::enum_value, payload.Union());
}

using texts = std::vector<std::uint8_t>;
using cores = std::vector<schema::record_core>;

/// Returns a delta with these columns.
wire::bytes delta_of(const cores* core_column, const texts* text_column) {
  builder out;
  const auto records = schema::Createrecord_listDirect(out, core_column, text_column);
  return finish(out, schema::Createdelta(out, 0, 0, records));
}

wire::bytes delta_of(const cores& core_column, const texts& text_column) {
  return delta_of(&core_column, &text_column);
}

/// A core with an IPv4 address.
schema::record_core core_with(std::size_t attributes) {
  return {1, 0, 0x7f000001, 7101, 1, static_cast<std::uint8_t>(attributes)};
}

bool is_frame(const wire::bytes& data) {
  return wire::decode(data, frame_bytes_max).has_value();
}

/// Writes a list of one element of up to 24 bytes, which is a valid record core, and aligns it to
/// 4 bytes only. Converts to any list.
struct misaligned_list {
  template <class T>
  operator offset<flatbuffers::Vector<T>>() const {
    return where;
  }
  flatbuffers::uoffset_t where;
};

misaligned_list push_list_of_one(builder& out) {
  // From the end to the beginning: port and status, IPv4, version, incarnation, length.
  for (const std::uint32_t word : {7101U | 1U << 16U, 0x7f000001U, 0U, 0U, 0U, 1U, 1U})
    out.PushElement(word);
  return {out.GetSize()};
}

/// The same with a range, which ends where it begins.
misaligned_list push_range_of_one(builder& out) {
  for (const std::uint32_t word : {0U, 1U, 0U, 1U, 0U, 1U, 1U})
    out.PushElement(word);
  return {out.GetSize()};
}

wire::bytes finish_delta(builder& out, misaligned_list cores_column) {
  const auto text_column = out.CreateVector(texts{1, 'n'});
  const auto records = schema::Createrecord_list(out, cores_column, text_column);
  return finish(out, schema::Createdelta(out, 0, 0, records));
}

/// Every key gets the value "v".
wire::bytes delta_with_keys(const std::string& keys) {
  texts column{1, 'n'};
  for (const auto key : keys)
    column.insert(column.end(), {1, static_cast<std::uint8_t>(key), 1, 'v'});
  return delta_of({core_with(keys.size())}, column);
}

wire::bytes request_with_keys(const std::vector<std::string>& keys) {
  builder out;
  table_list<schema::state_entry> entries;
  for (const auto& key : keys)
    entries.push_back(schema::Createstate_entryDirect(out, key.c_str(), nullptr, 1, 1));
  const table_list<schema::state_member> members{
      schema::Createstate_memberDirect(out, "n", 1, &entries)};
  const auto state = schema::Creategossip_stateDirect(out, &members);
  return finish(out, schema::Creategossip_requestDirect(out, "n", state));
}

wire::bytes request_with_members(const std::vector<std::string>& ids) {
  builder out;
  table_list<schema::state_member> members;
  for (const auto& id : ids)
    members.push_back(schema::Createstate_memberDirect(out, id.c_str(), 1));
  const auto state = schema::Creategossip_stateDirect(out, &members);
  return finish(out, schema::Creategossip_requestDirect(out, "n", state));
}

} // namespace

BOOST_AUTO_TEST_SUITE(crafted)

BOOST_AUTO_TEST_CASE(lists_are_sorted_and_without_doubles) {
  BOOST_TEST(is_frame(delta_with_keys("ab")));
  BOOST_TEST((refusal_of(delta_with_keys("aa")) == decode_error::invalid));
  BOOST_TEST((refusal_of(delta_with_keys("ba")) == decode_error::invalid));
  BOOST_TEST(is_frame(request_with_keys({"a", "b"})));
  BOOST_TEST((refusal_of(request_with_keys({""})) == decode_error::invalid));
  BOOST_TEST((refusal_of(request_with_keys({"a", "a"})) == decode_error::invalid));
  BOOST_TEST((refusal_of(request_with_keys({"b", "a"})) == decode_error::invalid));
  BOOST_TEST(is_frame(request_with_members({"a", "b"})));
  BOOST_TEST((refusal_of(request_with_members({"a", "a"})) == decode_error::invalid));
  BOOST_TEST((refusal_of(request_with_members({"b", "a"})) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(payloads_are_known_and_present) {
  using type = schema::any_payload;
  const auto with_type = [](type which, bool present) {
    builder out;
    const auto payload = present ? schema::Createheartbeat(out, 1).Union() : offset<void>{};
    return finish(out, which, payload);
  };
  BOOST_TEST(is_frame(with_type(type::heartbeat, true)));
  BOOST_TEST((refusal_of(with_type(type::heartbeat, false)) == decode_error::invalid));
  BOOST_TEST((refusal_of(with_type(type::NONE, false)) == decode_error::invalid));
  BOOST_TEST((refusal_of(with_type(static_cast<type>(200), true)) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(what_must_be_there_is_there) {
  builder out;
  BOOST_TEST((refusal_of(finish(out, schema::Createjoin_request(out))) == decode_error::invalid));
  builder empty;
  empty.Finish(schema::Createframe(empty));
  BOOST_TEST(
      (refusal_of(sealed({empty.GetBufferPointer(), empty.GetSize()})) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(lists_of_numbers_are_aligned) {
  using type = schema::any_payload;
  for (const auto kind :
       {type::sync_request, type::sync_response, type::delta, type::range_request}) {
    int accepted = 0;
    for (const bool shifted : {false, true}) {
      builder out;
      if (shifted)
        out.PushElement(std::uint32_t{0});
      const auto list =
          kind == type::range_request ? push_range_of_one(out) : push_list_of_one(out);
      if (kind == type::sync_request)
        accepted += is_frame(finish(out, schema::Createsync_request(out, list)));
      else if (kind == type::range_request)
        accepted += is_frame(finish(out, schema::Createrange_request(out, list)));
      else if (kind == type::sync_response)
        accepted += is_frame(finish(out, schema::Createsync_response(out, 0, list)));
      else
        accepted += is_frame(finish_delta(out, list));
    }
    BOOST_TEST(accepted == 1, schema::EnumNameany_payload(kind));
  }
}

BOOST_AUTO_TEST_CASE(lists_of_comparisons_are_aligned) {
  const std::vector<wire::bytes (*)(builder&, misaligned_list)> kinds{
      [](builder& out, misaligned_list list) {
        const auto question = schema::Createstate_question(out, list);
        return finish(out, schema::Creategossip_request(out, out.CreateString("n"), 0, question));
      },
      [](builder& out, misaligned_list list) {
        const auto question = schema::Createstate_question(out, 0, 0, list);
        return finish(out, schema::Creategossip_request(out, out.CreateString("n"), 0, question));
      },
      [](builder& out, misaligned_list list) {
        const auto findings = schema::Createstate_findings(out, 0, list);
        return finish(out, schema::Creategossip_response(out, 0, 0, findings));
      },
  };
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    int accepted = 0;
    for (const bool shifted : {false, true}) {
      builder out;
      if (shifted)
        out.PushElement(std::uint32_t{0});
      accepted += is_frame(kinds[i](out, push_range_of_one(out)));
    }
    BOOST_TEST(accepted == 1, i);
  }
}

BOOST_AUTO_TEST_CASE(subjects_are_present_and_their_host_is_said_once) {
  const auto about = [](offset<schema::member_ref> (*subject)(builder&)) {
    builder out;
    return finish(out, schema::Createprobe_request(out, subject(out)));
  };
  BOOST_TEST(is_frame(about([](builder& out) {
    return schema::Createmember_refDirect(out, "n", 0x7f000001, 1, 1, nullptr);
  })));
  BOOST_TEST(is_frame(
      about([](builder& out) { return schema::Createmember_refDirect(out, "n", 0, 1, 1, "h"); })));
  BOOST_TEST((refusal_of(about([](builder& out) {
                return schema::Createmember_refDirect(out, "n", 0x7f000001, 1, 1, "h");
              }))
              == decode_error::invalid));
  BOOST_TEST((refusal_of(about([](builder& out) {
                return schema::Createmember_refDirect(out, nullptr, 0x7f000001, 1, 1, nullptr);
              }))
              == decode_error::invalid));
  builder out;
  BOOST_TEST((refusal_of(finish(out, schema::Createprobe_request(out))) == decode_error::invalid));
  builder report;
  BOOST_TEST(
      (refusal_of(finish(report, schema::Createprobe_report(report))) == decode_error::invalid));
  builder blame;
  BOOST_TEST((refusal_of(finish(blame, schema::Createaccusation(blame))) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(a_join_request_has_one_record) {
  for (const std::size_t count : {0U, 1U, 2U}) {
    builder out;
    const cores core_column(count, core_with(0));
    texts text_column;
    for (std::size_t i = 0; i < count; ++i)
      text_column.insert(text_column.end(), {1, 'n'});
    const auto records = schema::Createrecord_listDirect(out, &core_column, &text_column);
    BOOST_TEST(is_frame(finish(out, schema::Createjoin_request(out, records))) == (count == 1));
  }
}

BOOST_AUTO_TEST_CASE(columns_of_records_fit_together) {
  const schema::record_core named{1, 0, 0, 7101, 1, 0};
  BOOST_TEST(is_frame(delta_of({core_with(0)}, {1, 'n'})));
  BOOST_TEST(is_frame(delta_of({named}, {1, 'n', 1, 'h'})));
  BOOST_TEST(is_frame(delta_of({core_with(0), named}, {1, 'n', 1, 'm', 1, 'h'})));
  BOOST_TEST(is_frame(delta_of({core_with(1)}, {1, 'n', 1, 'k', 0})));
  BOOST_TEST(is_frame(delta_of(nullptr, nullptr)));
  const cores one{core_with(0)};
  const texts id{1, 'n'};
  BOOST_TEST((refusal_of(delta_of(&one, nullptr)) == decode_error::invalid));
  BOOST_TEST((refusal_of(delta_of(nullptr, &id)) == decode_error::invalid));
  const std::vector<std::pair<schema::record_core, texts>> broken{
      {core_with(0), {}},
      {core_with(0), {0}},
      {core_with(0), {1}},
      {core_with(0), {2, 'n'}},
      {core_with(0), {255, 'n'}},
      {core_with(0), {1, 'n', 0}},
      {core_with(0), {1, 'n', 1, 'h'}},
      {named, {1, 'n'}},
      {named, {1, 'n', 0}},
      {core_with(1), {1, 'n'}},
      {core_with(1), {1, 'n', 1, 'k'}},
      {core_with(1), {1, 'n', 1, 'k', 1}},
      {core_with(1), {1, 'n', 0, 0}},
      {core_with(2), {1, 'n', 1, 'k', 0}},
  };
  for (std::size_t i = 0; i < broken.size(); ++i)
    BOOST_TEST((refusal_of(delta_of({broken[i].first}, broken[i].second)) == decode_error::invalid),
               i);
}

BOOST_AUTO_TEST_CASE(removed_entries_have_no_value) {
  const auto removed_with = [](const std::vector<std::uint8_t>* value, bool keyed) {
    builder out;
    const auto key = keyed ? "k" : nullptr;
    const table_list<schema::state_entry> entries{
        schema::Createstate_entryDirect(out, key, value, 1, 1, true)};
    const table_list<schema::state_member> members{
        schema::Createstate_memberDirect(out, "n", 1, &entries)};
    const auto state = schema::Creategossip_stateDirect(out, &members);
    return finish(out, schema::Creategossip_requestDirect(out, "n", state));
  };
  const std::vector<std::uint8_t> empty;
  const std::vector<std::uint8_t> zero{0};
  BOOST_TEST(is_frame(removed_with(nullptr, true)));
  BOOST_TEST(is_frame(removed_with(&empty, true)));
  BOOST_TEST((refusal_of(removed_with(&zero, true)) == decode_error::invalid));
  BOOST_TEST((refusal_of(removed_with(nullptr, false)) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(the_host_of_the_sender_is_said_once) {
  const auto with_host = [](const char* host) {
    builder out;
    const auto beat = schema::Createheartbeat(out, 1).Union();
    out.Finish(schema::CreateframeDirect(out, "caf-gossip", "node-1", 0x7f000001, 7101, 1,
                                         schema::any_payload::heartbeat, beat, 0, 0, 0, 0, host));
    return sealed({out.GetBufferPointer(), out.GetSize()});
  };
  BOOST_TEST(is_frame(with_host(nullptr)));
  BOOST_TEST((refusal_of(with_host("127.0.0.1")) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(counts_stay_within_their_bounds,
                     *boost::unit_test::description("S1.1.3: oversize count")) {
  static_assert(attributes_max == 16);
  BOOST_TEST(is_frame(delta_with_keys("abcdefghijklmnop")));
  BOOST_TEST((refusal_of(delta_with_keys("abcdefghijklmnopq")) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(one_value_cannot_be_delivered_a_thousand_times) {
  builder out;
  const auto value = out.CreateVector(std::vector<std::uint8_t>(500'000, 7));
  table_list<schema::state_entry> entries;
  for (int i = 1000; i < 2000; ++i)
    entries.push_back(schema::Createstate_entry(out, out.CreateString(std::to_string(i)), value));
  const table_list<schema::state_member> members{
      schema::Createstate_memberDirect(out, "n", 1, &entries)};
  const auto state = schema::Creategossip_stateDirect(out, &members);
  const auto data = finish(out, schema::Creategossip_requestDirect(out, "n", state));
  BOOST_TEST_REQUIRE(data.size() < frame_bytes_max);
  BOOST_TEST((refusal_of(data) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(one_member_cannot_be_delivered_a_hundred_thousand_times) {
  builder out;
  const auto one = schema::Createstate_memberDirect(out, "n", 1);
  const table_list<schema::state_member> members(100'000, one);
  const auto state = schema::Creategossip_stateDirect(out, &members);
  const auto data = finish(out, schema::Creategossip_requestDirect(out, "n", state));
  BOOST_TEST_REQUIRE(data.size() < frame_bytes_max);
  BOOST_TEST((refusal_of(data) == decode_error::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
