/// At least one frame of every payload alternative, with the values that are easy to get wrong:
/// all statuses, IPv6, attributes, Unicode, empty lists, greatest numbers, zero bytes.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "caf_gossip/wire/frame.hpp"

namespace caf_gossip::test {

struct wire_sample {
  /// Unique; also the name of the file with its golden bytes.
  std::string name;
  wire::frame message;
};

inline constexpr auto greatest_u64 = std::numeric_limits<std::uint64_t>::max();

/// An envelope as a member of a running cluster writes it.
inline envelope sample_head() {
  return {"caf-gossip",          {"node-1", 1'700'000'000'000'001, {"127.0.0.1", 7101}},
          1'700'000'000'000'002, 0,
          0x0123456789abcdef,    0xfedcba9876543210};
}

/// A record as most of them are: IPv4, no attributes.
inline record sample_record(std::string id, member_status status) {
  return {std::move(id), {"10.1.2.3", 7102}, 1'700'000'000'000'003, 5, status, {}};
}

/// One record per status.
inline shared_records sample_records() {
  shared_records result;
  for (const auto status : all_statuses)
    result.push_back(sample_record("node-" + std::string{to_string(status)}, status));
  return result;
}

/// Records that are unusual but valid.
inline shared_records unusual_records() {
  record ipv6{"ipv6", {"fe80::1%eth0", 1}, 1, 0, member_status::up, {}};
  record named{"named", {"db-1.example_zone.org", 65535}, 2, 3, member_status::leaving, {}};
  record unicode{
      "k\u00f6ln-\u30ce\u30fc\u30c9-\U0001f980", {"::1", 9}, 3, 4, member_status::up, {}};
  unicode.attrs = {{"empty", ""}, {"role", "\u00fcbung"}, {"zone", std::string("a\0b", 3)}};
  record greatest{std::string(node_id_bytes_max, 'n'),
                  {std::string(host_bytes_max, 'h'), 65535},
                  greatest_u64,
                  greatest_u64,
                  member_status::dead,
                  {}};
  for (std::size_t i = 0; i < attributes_max; ++i)
    greatest.attrs.emplace(std::string(attribute_bytes_max - 1, 'k') + static_cast<char>('a' + i),
                           std::string(attribute_bytes_max, 'v'));
  // Looks like IPv4 and is not its shortest form, so it has to stay a text.
  record zeros{"zeros", {"010.1.2.3", 7}, 4, 0, member_status::joining, {}};
  record nowhere{"nowhere", {"0.0.0.0", 7}, 5, 0, member_status::joining, {}};
  return {ipv6, named, unicode, greatest, zeros, nowhere};
}

/// Ranges that touch, of one hash, and up to the greatest.
inline std::vector<hash_range> sample_ranges() {
  return {{0, 0, 1}, {1, 99, 0}, {200, 299, greatest_u64}, {greatest_u64, greatest_u64, 7}};
}

/// Entries at one place, and at the greatest one.
inline state_question sample_question() {
  return {{{0, 99, 1}, {200, 299, greatest_u64}},
          {{100, 199, 5}, {300, greatest_u64, 0}},
          {{100, 1}, {150, greatest_u64}, {150, 7}, {greatest_u64, 2}}};
}

inline gossip_state sample_state() {
  const byte_buffer every_kind{0, 1, 0x7f, 0x80, 0xff};
  gossip_state result;
  result.members["node-1"] = {
      1'700'000'000'000'001,
      {{"heartbeat", {every_kind, 7, 1'700'000'000'123}}, {"topology", {{}, 1, 0}}}};
  result.members["node-2"] = {greatest_u64, {}};
  result.members["\u30ce\u30fc\u30c9"] = {
      1,
      {{std::string(key_bytes_max, 'k'),
        {byte_buffer(300, 0x2a), greatest_u64, std::numeric_limits<std::int64_t>::max()}},
       {"negative", {{0}, 2, std::numeric_limits<std::int64_t>::min()}}}};
  return result;
}

/// Everything at once: removed keys beside values, an entry of a map, the longest key.
inline gossip_state removing_state() {
  gossip_state result;
  result.members["node-1"] = {1'700'000'000'000'001,
                              {{"gone", {{}, 9, 1'700'000'000'123, true}},
                               {"map\x1fgone", {{}, 10, 1'700'000'000'124, true}},
                               {"map\x1fkept", {{1, 0, 2}, 8, 1'700'000'000'122}},
                               {std::string(key_bytes_max, 'k'), {{}, greatest_u64, 0, true}}}};
  result.members["node-2"] = {3, {{"only", {{}, 0, 0, true}}}};
  return result;
}

inline std::vector<wire_sample> membership_samples() {
  const auto head = sample_head();
  auto answer = head;
  answer.correlation = 42;
  envelope greatest{std::string(255, 'c'), {"ipv6", greatest_u64, {"2001:db8::ff", 65535}},
                    greatest_u64,          greatest_u64,
                    greatest_u64,          greatest_u64};
  envelope least{"c", {"n", 1, {"h", 1}}, 0, 0, 0, 0};
  const refusal refused{errc::stale_incarnation, "known is 17 \u2013 start again", greatest_u64,
                        std::chrono::milliseconds{2500}};
  using m = membership_payload;
  return {
      {"heartbeat", {head, m{heartbeat{3, {}}}}},
      {"heartbeat_least", {least, m{heartbeat{}}}},
      {"heartbeat_greatest", {greatest, m{heartbeat{greatest_u64, {}}}}},
      {"heartbeat_news", {head, m{heartbeat{3, sample_records()}}}},
      {"delta_all_statuses", {head, m{delta{17, 23, sample_records()}}}},
      {"delta_unusual", {head, m{delta{greatest_u64, greatest_u64, unusual_records()}}}},
      {"delta_empty", {head, m{delta{}}}},
      {"ack", {answer, m{ack{23}}}},
      {"join_request", {answer, m{join_request{sample_record("node-9", member_status::joining)}}}},
      {"join_response", {answer, m{join_response{std::nullopt, {sample_records(), "node-up"}}}}},
      {"join_response_refused", {answer, m{join_response{refused, {}}}}},
      {"join_response_least", {answer, m{join_response{}}}},
      {"roster_request", {answer, m{roster_request{"node-up"}}}},
      {"roster_request_first", {answer, m{roster_request{}}}},
      {"roster_response", {answer, m{roster_response{{unusual_records(), "zeros"}}}}},
      {"roster_response_empty", {answer, m{roster_response{}}}},
      {"sync_request",
       {answer, m{sync_request{{{1, 2}, {3, greatest_u64}, {greatest_u64, 0}}, {}}}}},
      {"sync_request_empty", {answer, m{sync_request{}}}},
      {"sync_request_scope", {answer, m{sync_request{{{1, 2}, {7, 8}}, sample_ranges()}}}},
      {"sync_response", {answer, m{sync_response{sample_records(), {0, 1, greatest_u64}}}}},
      {"sync_response_empty", {answer, m{sync_response{}}}},
  };
}

/// The messages by which members are probed and rosters compared range by range.
inline std::vector<wire_sample> probing_samples() {
  const auto head = sample_head();
  auto answer = head;
  answer.correlation = 42;
  const member_ref subject{"node-2", 1'700'000'000'000'004, {"10.1.2.4", 7103}};
  const member_ref greatest{
      std::string(node_id_bytes_max, 'n'), greatest_u64, {std::string(host_bytes_max, 'h'), 65535}};
  using m = membership_payload;
  return {
      {"ping", {answer, m{ping{3, {}}}}},
      {"ping_least", {answer, m{ping{}}}},
      {"ping_news", {answer, m{ping{greatest_u64, sample_records()}}}},
      {"ping_ack", {answer, m{ping_ack{3, {}}}}},
      {"ping_ack_news", {answer, m{ping_ack{0, unusual_records()}}}},
      {"probe_request", {answer, m{probe_request{subject}}}},
      {"probe_request_greatest", {answer, m{probe_request{greatest}}}},
      {"probe_request_least", {answer, m{probe_request{{"n", 1, {"h", 1}}}}}},
      {"probe_report", {answer, m{probe_report{subject, true, 17}}}},
      {"probe_report_unanswered", {answer, m{probe_report{{"ipv6", 1, {"::1", 9}}, false, 0}}}},
      {"accusation_silent", {head, m{accusation{subject, 17, evidence::silent}}}},
      {"accusation_unresponsive",
       {head, m{accusation{greatest, greatest_u64, evidence::unresponsive}}}},
      {"accusation_refused", {head, m{accusation{subject, 0, evidence::refused}}}},
      {"range_request", {answer, m{range_request{sample_ranges()}}}},
      {"range_request_empty", {answer, m{range_request{}}}},
      {"range_response", {answer, m{range_response{sample_ranges()}}}},
      {"range_response_whole", {answer, m{range_response{{{0, greatest_u64, greatest_u64}}}}}},
      {"range_response_empty", {answer, m{range_response{}}}},
  };
}

inline std::vector<wire_sample> state_samples() {
  auto head = sample_head();
  head.correlation = 43;
  using s = state_payload;
  return {
      {"gossip_request", {head, s{gossip_request{"node-1", sample_state()}}}},
      {"gossip_request_empty", {head, s{gossip_request{"node-1", {}}}}},
      {"gossip_request_removed", {head, s{gossip_request{"node-1", removing_state()}}}},
      {"gossip_request_question",
       {head, s{gossip_request{"node-1", sample_state(), sample_question()}}}},
      {"gossip_request_question_empty", {head, s{gossip_request{"node-1", {}, state_question{}}}}},
      {"gossip_response_findings",
       {head, s{gossip_response{errc::none, sample_state(),
                                state_findings{sample_ranges(), {3, 0, greatest_u64}}}}}},
      {"gossip_response_findings_empty",
       {head, s{gossip_response{errc::none, std::nullopt, state_findings{}}}}},
      {"gossip_response_absent", {head, s{gossip_response{}}}},
      {"gossip_response_empty", {head, s{gossip_response{errc::none, gossip_state{}}}}},
      {"gossip_response", {head, s{gossip_response{errc::none, sample_state()}}}},
      {"gossip_response_removed", {head, s{gossip_response{errc::none, removing_state()}}}},
      {"gossip_response_rejected", {head, s{gossip_response{errc::quarantined, std::nullopt}}}},
      {"gossip_response_blocked", {head, s{gossip_response{errc::blocked, std::nullopt}}}},
  };
}

/// Every sample. The checks below make it impossible to forget one for a new payload.
inline std::vector<wire_sample> wire_samples() {
  static_assert(std::variant_size_v<membership_payload> == 16, "add samples for the new payload");
  static_assert(std::variant_size_v<state_payload> == 2, "add samples for the new payload");
  static_assert(std::variant_size_v<wire::payload> == 3, "add samples for the new payload");
  auto result = membership_samples();
  for (auto& sample : probing_samples())
    result.push_back(std::move(sample));
  for (auto& sample : state_samples())
    result.push_back(std::move(sample));
  result.push_back({"reject", {sample_head(), wire::reject{errc::wrong_protocol, "1 is spoken"}}});
  result.push_back(
      {"reject_nameless", {{"other", {}, 0, 0, 0, 0}, wire::reject{errc::wrong_cluster, ""}}});
  return result;
}

} // namespace caf_gossip::test
