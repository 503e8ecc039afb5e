#include "caf_gossip/wire/pack.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "caf_gossip/wire/ipv4.hpp"
#include "caf_gossip/wire/ranges.hpp"
#include "caf_gossip/wire/records.hpp"
#include "caf_gossip/wire/unpack.hpp"

namespace caf_gossip::wire {

namespace {

template <class T>
using offset = flatbuffers::Offset<T>;

template <class T>
using vector_offset = offset<flatbuffers::Vector<T>>;

template <class T>
using vector_of_structs = vector_offset<const T*>;

using builder = flatbuffers::FlatBufferBuilder;

/// A builder that has grown further gives its memory back after use.
constexpr std::size_t kept_bytes_max = std::size_t{1} << 18U;

// What is empty is left out: absent and empty text are the same for every reader.

offset<flatbuffers::String> pack(builder& out, std::string_view text) {
  return text.empty() ? 0 : out.CreateString(text.data(), text.size());
}

/// Writes the beginning of a text for people, without cutting a UTF-8 sequence.
offset<flatbuffers::String> pack_reason(builder& out, std::string_view text) {
  auto size = std::min(text.size(), reason_bytes_max);
  while (size > 0 && size < text.size()
         && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U)
    --size;
  return pack(out, text.substr(0, size));
}

template <class T>
vector_offset<T> pack(builder& out, const std::vector<T>& items) {
  return items.empty() ? 0 : out.CreateVector(items);
}

/// Writes every item by `pack_item`, which returns the offset of a table.
template <class Items, class PackItem>
auto pack_each(const Items& items, builder& out, PackItem pack_item) {
  std::vector<decltype(pack_item(*items.begin()))> offsets;
  offsets.reserve(items.size());
  for (const auto& item : items)
    offsets.push_back(pack_item(item));
  return pack(out, offsets);
}

/// An authority as it stands in a table: either a number or a text.
struct packed_host {
  packed_host(builder& out, const std::string& name)
      : ipv4{ipv4_number(name)}, text{ipv4 == 0 ? pack(out, name) : 0} {}

  std::uint32_t ipv4;
  offset<flatbuffers::String> text;
};

// -- parts -----------------------------------------------------------------------------------

offset<schema::member_ref> pack(builder& out, const member_ref& what) {
  const auto id = pack(out, what.id);
  const packed_host host{out, what.address.host};
  return schema::Createmember_ref(out, id, host.ipv4, what.address.port, what.incarnation,
                                  host.text);
}

offset<schema::roster_page> pack(builder& out, const roster_page& what) {
  const auto records = pack_records(out, what.records);
  return schema::Createroster_page(out, records, pack(out, what.next));
}

offset<schema::refusal> pack(builder& out, const refusal& what) {
  const auto text = pack_reason(out, what.text);
  constexpr auto longest = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
  const auto wait = std::clamp<std::int64_t>(what.retry_after.count(), 0, longest);
  return schema::Createrefusal(out, static_cast<std::uint8_t>(what.code), text,
                               what.known_incarnation, static_cast<std::uint32_t>(wait));
}

offset<schema::state_entry> pack(builder& out, const std::string& name,
                                 const gossip_key_value& what) {
  const auto key = pack(out, name);
  const auto value = pack(out, what.value);
  return schema::Createstate_entry(out, key, value, what.sequence_number,
                                   what.local_timestamp_unix_milliseconds, what.removed);
}

offset<schema::state_member> pack(builder& out, const node_id& name,
                                  const gossip_state::member& what) {
  const auto id = pack(out, name);
  const auto entries = pack_each(
      what.entries, out, [&out](const auto& item) { return pack(out, item.first, item.second); });
  return schema::Createstate_member(out, id, what.incarnation, entries);
}

offset<schema::gossip_state> pack(builder& out, const gossip_state& what) {
  return schema::Creategossip_state(out, pack_each(what.members, out, [&out](const auto& item) {
                                      return pack(out, item.first, item.second);
                                    }));
}

// -- payloads --------------------------------------------------------------------------------

offset<schema::heartbeat> pack(builder& out, const heartbeat& what) {
  return schema::Createheartbeat(out, what.version, pack_records(out, what.news));
}

offset<schema::delta> pack(builder& out, const delta& what) {
  return schema::Createdelta(out, what.from, what.to, pack_records(out, what.records));
}

offset<schema::ack> pack(builder& out, const ack& what) {
  return schema::Createack(out, what.to);
}

offset<schema::join_request> pack(builder& out, const join_request& what) {
  const shared_record self{what.self};
  return schema::Createjoin_request(out, pack_records(out, {&self, 1}));
}

offset<schema::join_response> pack(builder& out, const join_response& what) {
  const auto refused = what.refused ? pack(out, *what.refused) : 0;
  return schema::Createjoin_response(out, refused, pack(out, what.page));
}

offset<schema::roster_request> pack(builder& out, const roster_request& what) {
  return schema::Createroster_request(out, pack(out, what.after));
}

offset<schema::roster_response> pack(builder& out, const roster_response& what) {
  return schema::Createroster_response(out, pack(out, what.page));
}

vector_of_structs<schema::digest_entry> pack(builder& out, const std::vector<digest_entry>& what) {
  if (what.empty())
    return 0;
  // The two structs differ only in their byte order, and in that only on big-endian machines.
  return out.CreateVectorOfStructs<schema::digest_entry>(
      what.size(), [&what](std::size_t i, schema::digest_entry* entry) {
        *entry = schema::digest_entry{what[i].id_hash, what[i].record_hash};
      });
}

offset<schema::sync_request> pack(builder& out, const sync_request& what) {
  const auto digest = pack(out, what.digest);
  return schema::Createsync_request(out, digest, pack_ranges(out, what.scope));
}

offset<schema::sync_response> pack(builder& out, const sync_response& what) {
  const auto records = pack_records(out, what.records);
  return schema::Createsync_response(out, records, pack(out, what.wanted));
}

offset<schema::ping> pack(builder& out, const ping& what) {
  return schema::Createping(out, what.version, pack_records(out, what.news));
}

offset<schema::ping_ack> pack(builder& out, const ping_ack& what) {
  return schema::Createping_ack(out, what.version, pack_records(out, what.news));
}

offset<schema::probe_request> pack(builder& out, const probe_request& what) {
  return schema::Createprobe_request(out, pack(out, what.subject));
}

offset<schema::probe_report> pack(builder& out, const probe_report& what) {
  return schema::Createprobe_report(out, pack(out, what.subject), what.answered, what.version);
}

offset<schema::accusation> pack(builder& out, const accusation& what) {
  return schema::Createaccusation(out, pack(out, what.subject), what.version,
                                  static_cast<std::uint8_t>(what.found));
}

offset<schema::range_request> pack(builder& out, const range_request& what) {
  return schema::Createrange_request(out, pack_ranges(out, what.ranges));
}

offset<schema::range_response> pack(builder& out, const range_response& what) {
  return schema::Createrange_response(out, pack_ranges(out, what.ranges));
}

vector_of_structs<schema::entry_digest> pack(builder& out, const std::vector<entry_digest>& what) {
  if (what.empty())
    return 0;
  return out.CreateVectorOfStructs<schema::entry_digest>(
      what.size(), [&what](std::size_t i, schema::entry_digest* entry) {
        *entry = schema::entry_digest{what[i].place, what[i].version};
      });
}

offset<schema::state_question> pack(builder& out, const state_question& what) {
  const auto ranges = pack_ranges(out, what.ranges);
  const auto scope = pack_ranges(out, what.scope);
  return schema::Createstate_question(out, ranges, scope, pack(out, what.entries));
}

offset<schema::state_findings> pack(builder& out, const state_findings& what) {
  const auto different = pack_ranges(out, what.different);
  return schema::Createstate_findings(out, different, pack(out, what.wanted));
}

offset<schema::gossip_request> pack(builder& out, const gossip_request& what) {
  const auto from = pack(out, what.from_member_id);
  const auto question = what.question ? pack(out, *what.question) : 0;
  return schema::Creategossip_request(out, from, pack(out, what.state), question);
}

offset<schema::gossip_response> pack(builder& out, const gossip_response& what) {
  const auto state = what.state ? pack(out, *what.state) : 0;
  const auto findings = what.findings ? pack(out, *what.findings) : 0;
  return schema::Creategossip_response(out, static_cast<std::uint8_t>(what.rejected), state,
                                       findings);
}

offset<schema::reject> pack(builder& out, const reject& what) {
  return schema::Createreject(out, static_cast<std::uint8_t>(what.reason),
                              pack_reason(out, what.text));
}

// -- frame -----------------------------------------------------------------------------------

struct packed_payload {
  schema::any_payload type;
  offset<void> where;
};

/// A payload without its own `pack` does not compile, neither does one without a union member.
struct pack_payload {
  template <class... Ts>
  packed_payload operator()(const std::variant<Ts...>& plane) const {
    return std::visit(*this, plane);
  }

  template <class T>
  packed_payload operator()(const T& what) const {
    return tagged(pack(out, what));
  }

  template <class T>
  static packed_payload tagged(offset<T> where) {
    constexpr auto type = schema::any_payloadTraits<T>::enum_value;
    static_assert(type != schema::any_payload::NONE);
    return {type, where.Union()};
  }

  builder& out;
};

} // namespace

std::span<const std::uint8_t> pack(const frame& what) {
  thread_local builder out{4096};
  if (out.GetSize() > kept_bytes_max)
    out.Reset();
  out.Clear();
  const auto& head = what.head;
  const auto body = std::visit(pack_payload{out}, what.body);
  const auto cluster = pack(out, head.cluster);
  const auto id = pack(out, head.sender.id);
  const packed_host host{out, head.sender.address.host};
  out.Finish(schema::Createframe(out, cluster, id, host.ipv4, head.sender.address.port,
                                 head.sender.incarnation, body.type, body.where,
                                 head.receiver_incarnation, head.roster_hash, head.state_hash,
                                 head.correlation, host.text));
  return {out.GetBufferPointer(), out.GetSize()};
}

} // namespace caf_gossip::wire
