#include "caf_gossip/wire/unpack.hpp"

#include <utility>

#include "caf_gossip/wire/alignment.hpp"
#include "caf_gossip/wire/ipv4.hpp"
#include "caf_gossip/wire/ranges.hpp"
#include "caf_gossip/wire/records.hpp"

namespace caf_gossip::wire {

namespace {

static_assert(
    static_cast<std::size_t>(schema::any_payload::MAX)
        == std::variant_size_v<
               membership_payload> + std::variant_size_v<state_payload> + std::variant_size_v<payload> - 2,
    "every payload has one member in the union of schemas/frame.fbs");

/// The deepest legal nesting is frame, gossip_request, gossip_state, state_member, state_entry.
constexpr std::uint32_t depth_max = 8;

/// No table that we write is smaller, counting the offset to it and its texts.
constexpr std::size_t table_bytes_min = 16;

/// Reads verified tables. Every function returns false for what has no meaning.
class reader {
public:
  /// `body_bytes`: the verifier allows many offsets to point to one text; copying each byte of the
  /// body at most once keeps a small frame from becoming a huge message.
  /// `minor`: the version that the body was written in.
  reader(std::size_t body_bytes, std::uint8_t minor)
      : left_{body_bytes}, is_newer_{minor > protocol_minor} {}

  bool read(const schema::frame& from, frame& to) {
    return read_payload(from, to.body) && read_head(from, to);
  }

private:
  template <class T>
  using vector = flatbuffers::Vector<T>;

  template <class T>
  using tables = vector<flatbuffers::Offset<T>>;

  // -- parts -------------------------------------------------------------------------------

  bool spend(std::size_t size) {
    if (size > left_)
      return false;
    left_ -= size;
    return true;
  }

  bool read(const flatbuffers::String* from, std::size_t bytes_max, std::string& to) {
    if (from == nullptr)
      return true;
    if (from->size() > bytes_max || !spend(from->size()))
      return false;
    to.assign(from->data(), from->size());
    return true;
  }

  bool read_host(std::uint32_t ipv4, const flatbuffers::String* text, std::string& to) {
    if (ipv4 == 0)
      return read(text, host_bytes_max, to);
    to = ipv4_host(ipv4);
    return text == nullptr;
  }

  /// An absent id stays empty; a present one has to be valid.
  bool read_optional_id(const flatbuffers::String* from, node_id& to) {
    return read(from, node_id_bytes_max, to) && (to.empty() || is_valid_node_id(to));
  }

  /// A newer version may refuse for reasons that this one has no code for. It is a refusal all the
  /// same, and whatever else it says still holds.
  bool read(std::uint8_t from, errc& to) const {
    const auto code = to_errc(from);
    to = code.value_or(errc::invalid_state);
    return code.has_value() || is_newer_;
  }

  bool read(const schema::member_ref* from, member_ref& to) {
    if (from == nullptr || !read_optional_id(from->id(), to.id)
        || !read_host(from->ipv4(), from->host(), to.address.host))
      return false;
    to.address.port = from->port();
    to.incarnation = from->incarnation();
    return !to.id.empty() && to.incarnation != 0 && is_reachable(to.address);
  }

  bool read(const schema::roster_page* from, roster_page& to) {
    return from == nullptr
           || (unpack_records(from->records(), to.records)
               && read_optional_id(from->next(), to.next));
  }

  bool read(const schema::refusal& from, refusal& to) {
    to.known_incarnation = from.known_incarnation();
    to.retry_after = std::chrono::milliseconds{from.retry_after_milliseconds()};
    return read(from.code(), to.code) && to.code != errc::none
           && read(from.text(), reason_bytes_max, to.text);
  }

  bool read(const tables<schema::state_entry>* from, gossip_member_state& to) {
    if (from == nullptr)
      return true;
    for (const auto* item : *from) {
      std::string key;
      if (!read(item->key(), key_bytes_max, key) || key.empty()
          || (!to.empty() && key <= to.rbegin()->first))
        return false;
      if (!read(*item, to.emplace_hint(to.end(), std::move(key), gossip_key_value{})->second))
        return false;
    }
    return true;
  }

  bool read(const schema::state_entry& from, gossip_key_value& to) {
    to.sequence_number = from.sequence_number();
    to.local_timestamp_unix_milliseconds = from.local_timestamp_unix_milliseconds();
    to.removed = from.removed();
    const auto* value = from.value();
    if (value == nullptr)
      return true;
    if ((to.removed && value->size() != 0) || !spend(value->size()))
      return false;
    to.value.assign(value->data(), value->data() + value->size());
    return true;
  }

  bool read(const schema::gossip_state* from, gossip_state& to) {
    if (from == nullptr || from->members() == nullptr)
      return true;
    auto& members = to.members;
    for (const auto* item : *from->members()) {
      node_id id;
      if (!read(item->id(), node_id_bytes_max, id) || !is_valid_node_id(id)
          || (!members.empty() && id <= members.rbegin()->first))
        return false;
      auto& member =
          members.emplace_hint(members.end(), std::move(id), gossip_state::member{})->second;
      member.incarnation = item->incarnation();
      if (!read(item->entries(), member.entries))
        return false;
    }
    return true;
  }

  // -- payloads ----------------------------------------------------------------------------

  static bool read(const schema::heartbeat& from, heartbeat& to) {
    to.version = from.version();
    return unpack_records(from.news(), to.news);
  }

  static bool read(const schema::delta& from, delta& to) {
    to.from = from.from();
    to.to = from.to();
    return unpack_records(from.records(), to.records);
  }

  static bool read(const schema::ack& from, ack& to) {
    to.to = from.to();
    return true;
  }

  static bool read(const schema::join_request& from, join_request& to) {
    shared_records records;
    if (!unpack_records(from.self(), records) || records.size() != 1)
      return false;
    to.self = *records.front();
    return true;
  }

  bool read(const schema::join_response& from, join_response& to) {
    return (from.refused() == nullptr || read(*from.refused(), to.refused.emplace()))
           && read(from.page(), to.page);
  }

  bool read(const schema::roster_request& from, roster_request& to) {
    return read_optional_id(from.after(), to.after);
  }

  bool read(const schema::roster_response& from, roster_response& to) {
    return read(from.page(), to.page);
  }

  static bool read(const vector<const schema::digest_entry*>* from, std::vector<digest_entry>& to) {
    if (from == nullptr)
      return true;
    if (!is_aligned(from, alignof(schema::digest_entry)))
      return false;
    to.reserve(from->size());
    for (const auto* item : *from)
      to.push_back({item->id_hash(), item->record_hash()});
    return true;
  }

  static bool read(const schema::sync_request& from, sync_request& to) {
    return read(from.digest(), to.digest) && unpack_ranges(from.scope(), to.scope);
  }

  static bool read(const vector<std::uint64_t>* from, std::vector<std::uint64_t>& to) {
    if (from == nullptr)
      return true;
    if (!is_aligned(from, sizeof(std::uint64_t)))
      return false;
    to.assign(from->begin(), from->end());
    return true;
  }

  static bool read(const schema::sync_response& from, sync_response& to) {
    return read(from.wanted(), to.wanted) && unpack_records(from.records(), to.records);
  }

  static bool read(const schema::ping& from, ping& to) {
    to.version = from.version();
    return unpack_records(from.news(), to.news);
  }

  static bool read(const schema::ping_ack& from, ping_ack& to) {
    to.version = from.version();
    return unpack_records(from.news(), to.news);
  }

  bool read(const schema::probe_request& from, probe_request& to) {
    return read(from.subject(), to.subject);
  }

  bool read(const schema::probe_report& from, probe_report& to) {
    to.answered = from.answered();
    to.version = from.version();
    return read(from.subject(), to.subject);
  }

  bool read(const schema::accusation& from, accusation& to) {
    to.version = from.version();
    to.found = static_cast<evidence>(from.found());
    return from.found() <= static_cast<std::uint8_t>(evidence::refused)
           && read(from.subject(), to.subject);
  }

  static bool read(const schema::range_request& from, range_request& to) {
    return unpack_ranges(from.ranges(), to.ranges);
  }

  static bool read(const schema::range_response& from, range_response& to) {
    return unpack_ranges(from.ranges(), to.ranges);
  }

  static bool read(const vector<const schema::entry_digest*>* from, std::vector<entry_digest>& to) {
    if (from == nullptr)
      return true;
    if (!is_aligned(from, alignof(schema::entry_digest)))
      return false;
    to.reserve(from->size());
    for (const auto* item : *from)
      to.push_back({item->place(), item->version()});
    return true;
  }

  static bool read(const schema::state_question& from, state_question& to) {
    return unpack_ranges(from.ranges(), to.ranges) && unpack_ranges(from.scope(), to.scope)
           && read(from.entries(), to.entries) && is_valid(to);
  }

  static bool read(const schema::state_findings& from, state_findings& to) {
    return unpack_ranges(from.different(), to.different) && read(from.wanted(), to.wanted)
           && is_valid(to);
  }

  bool read(const schema::gossip_request& from, gossip_request& to) {
    return read(from.from_member_id(), node_id_bytes_max, to.from_member_id)
           && is_valid_node_id(to.from_member_id) && read(from.state(), to.state)
           && (from.question() == nullptr || read(*from.question(), to.question.emplace()));
  }

  bool read(const schema::gossip_response& from, gossip_response& to) {
    return read(from.rejected(), to.rejected)
           && (from.state() == nullptr || read(from.state(), to.state.emplace()))
           && (from.findings() == nullptr || read(*from.findings(), to.findings.emplace()));
  }

  bool read(const schema::reject& from, reject& to) {
    return read(from.reason(), to.reason) && to.reason != errc::none
           && read(from.text(), reason_bytes_max, to.text);
  }

  // -- frame -------------------------------------------------------------------------------

  template <class Plane, class Message, class Table>
  bool read_as(const void* from, payload& to) {
    auto& plane = to.emplace<Plane>();
    if constexpr (std::is_same_v<Plane, Message>)
      return read(*static_cast<const Table*>(from), plane);
    else
      return read(*static_cast<const Table*>(from), plane.template emplace<Message>());
  }

  bool read_payload(const schema::frame& from, payload& to) {
    using type = schema::any_payload;
    const auto* body = from.payload();
    if (body == nullptr)
      return false;
    switch (from.payload_type()) {
      case type::NONE:
        return false;
      case type::heartbeat:
        return read_as<membership_payload, heartbeat, schema::heartbeat>(body, to);
      case type::delta:
        return read_as<membership_payload, delta, schema::delta>(body, to);
      case type::ack:
        return read_as<membership_payload, ack, schema::ack>(body, to);
      case type::join_request:
        return read_as<membership_payload, join_request, schema::join_request>(body, to);
      case type::join_response:
        return read_as<membership_payload, join_response, schema::join_response>(body, to);
      case type::roster_request:
        return read_as<membership_payload, roster_request, schema::roster_request>(body, to);
      case type::roster_response:
        return read_as<membership_payload, roster_response, schema::roster_response>(body, to);
      case type::sync_request:
        return read_as<membership_payload, sync_request, schema::sync_request>(body, to);
      case type::sync_response:
        return read_as<membership_payload, sync_response, schema::sync_response>(body, to);
      case type::gossip_request:
        return read_as<state_payload, gossip_request, schema::gossip_request>(body, to);
      case type::gossip_response:
        return read_as<state_payload, gossip_response, schema::gossip_response>(body, to);
      case type::reject:
        return read_as<reject, reject, schema::reject>(body, to);
      case type::ping:
        return read_as<membership_payload, ping, schema::ping>(body, to);
      case type::ping_ack:
        return read_as<membership_payload, ping_ack, schema::ping_ack>(body, to);
      case type::probe_request:
        return read_as<membership_payload, probe_request, schema::probe_request>(body, to);
      case type::probe_report:
        return read_as<membership_payload, probe_report, schema::probe_report>(body, to);
      case type::accusation:
        return read_as<membership_payload, accusation, schema::accusation>(body, to);
      case type::range_request:
        return read_as<membership_payload, range_request, schema::range_request>(body, to);
      case type::range_response:
        return read_as<membership_payload, range_response, schema::range_response>(body, to);
    }
    return false;
  }

  bool read_head(const schema::frame& from, frame& to) {
    auto& head = to.head;
    auto& sender = head.sender;
    if (!read(from.cluster(), cluster_bytes_max, head.cluster) || head.cluster.empty()
        || !read_optional_id(from.sender_id(), sender.id)
        || !read_host(from.sender_ipv4(), from.sender_host(), sender.address.host))
      return false;
    sender.address.port = from.sender_port();
    sender.incarnation = from.sender_incarnation();
    head.receiver_incarnation = from.receiver_incarnation();
    head.correlation = from.correlation();
    head.roster_hash = from.roster_hash();
    head.state_hash = from.state_hash();
    // A reject may come from somebody who has no name yet; it is never answered.
    return std::holds_alternative<reject>(to.body)
           || (!sender.id.empty() && sender.incarnation != 0 && is_reachable(sender.address));
  }

  std::size_t left_;
  bool is_newer_;
};

} // namespace

tl::expected<frame, decode_error> unpack(std::span<const std::uint8_t> body, std::uint8_t minor) {
  flatbuffers::Verifier::Options limits;
  limits.max_depth = depth_max;
  limits.max_tables = static_cast<std::uint32_t>(1 + body.size() / table_bytes_min);
  flatbuffers::Verifier verifier{body.data(), body.size(), limits};
  if (!schema::VerifyframeBuffer(verifier))
    return tl::unexpected{decode_error::malformed};
  tl::expected<frame, decode_error> result;
  if (!reader{body.size(), minor}.read(*schema::Getframe(body.data()), *result))
    return tl::unexpected{decode_error::invalid};
  return result;
}

} // namespace caf_gossip::wire
