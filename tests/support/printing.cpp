#include "tests/support/printing.hpp"

#include <array>
#include <type_traits>

namespace caf_gossip {

namespace {

std::string text(const std::optional<member_status>& status) {
  return status ? std::string{to_string(*status)} : std::string{"unknown"};
}

template <class Item>
std::string list(const std::vector<Item>& items) {
  std::string result = "[";
  for (const auto& item : items)
    if constexpr (std::is_same_v<Item, node_id>)
      result += item + " ";
    else
      result += describe(item) + " ";
  return result + "]";
}

std::string line(const startup& event) {
  return "startup " + to_string(event.address) + " " + describe(event.mode);
}

std::string line(const startup_failed& event) {
  return "startup_failed " + event.reason;
}

std::string line(const shutdown&) {
  return "shutdown";
}

std::string line(const shutdown_failed& event) {
  return "shutdown_failed " + event.reason;
}

std::string line(const join_refused& event) {
  return "join_refused by " + to_string(event.seed) + ": " + event.reason;
}

std::string line(const self_declared_dead& event) {
  return "self_declared_dead " + to_string(event.self) + " by " + event.informant
         + (event.returns_at ? ", returns" : "");
}

std::string line(const member_status_changed& event) {
  return "member_status_changed " + to_string(event.member) + " " + text(event.from) + " to "
         + describe(event.to) + " because " + describe(event.why.kind) + " " + event.why.informant;
}

std::string line(const transition_refused& event) {
  return "transition_refused " + to_string(event.member) + " " + describe(event.from) + " to "
         + describe(event.to) + " by " + event.informant;
}

std::string line(const member_quarantined& event) {
  return "member_quarantined " + event.id + " " + to_string(event.address) + ": " + event.reason;
}

std::string line(const quarantine_cleared& event) {
  return "quarantine_cleared " + event.id + " " + to_string(event.address);
}

std::string line(const rejoin_refused& event) {
  return "rejoin_refused " + to_string(event.member) + ": " + event.reason;
}

std::string line(const topology_updated& event) {
  return "topology_updated " + describe(event.update);
}

std::string line(const topology_apply_failed& event) {
  return "topology_apply_failed " + event.reason;
}

std::string line(const disseminated& event) {
  return "disseminated " + std::to_string(event.version) + " to " + list(event.peers);
}

std::string line(const reconciling_requested& event) {
  return "reconciling_requested " + event.peer;
}

std::string line(const conflict_detected& event) {
  return "conflict_detected " + event.id + " kept " + to_string(event.kept) + " refused "
         + to_string(event.refused);
}

std::string line(const confirmed& event) {
  return "confirmed " + std::to_string(event.version);
}

std::string line(const seen_changed& event) {
  return "seen_changed " + event.peer + " " + std::to_string(event.seen_by) + " of "
         + std::to_string(event.peers);
}

std::string line(const gossip_send_failed& event) {
  return "gossip_send_failed " + to_string(event.target) + ": " + event.reason;
}

} // namespace

std::string describe(const membership_event& event) {
  return std::visit([](const auto& item) { return line(item); }, event);
}

std::string describe(const membership_payload& payload) {
  if (const auto* news = std::get_if<delta>(&payload))
    return "delta (" + std::to_string(news->from) + ", " + std::to_string(news->to) + "] "
           + list(news->records);
  static constexpr std::array<std::string_view, std::variant_size_v<membership_payload>> names{
      "heartbeat",      "delta",           "ack",          "join_request",  "join_response",
      "roster_request", "roster_response", "sync_request", "sync_response", "ping",
      "ping_ack",       "probe_request",   "probe_report", "accusation",    "range_request",
      "range_response"};
  return std::string{names[payload.index()]};
}

std::string describe(const topology& update) {
  return "joined " + list(update.joined) + " left " + list(update.left) + " dead "
         + list(update.dead) + " members " + list(update.members) + " blocked "
         + list(update.blocked);
}

std::string describe(const member_ref& value) {
  return to_string(value);
}

std::string describe(const shared_record& value) {
  return describe(*value);
}

std::string describe(const record& value) {
  return to_string(value);
}

std::string describe(const authority& value) {
  return to_string(value);
}

std::string describe(const error& value) {
  return to_string(value);
}

std::string describe(const refusal& value) {
  return std::string{to_string(value.code)} + ": " + value.text;
}

std::string describe(member_status value) {
  return std::string{to_string(value)};
}

std::string describe(cause_kind value) {
  return std::string{to_string(value)};
}

std::string describe(errc value) {
  return std::string{to_string(value)};
}

std::string describe(node_mode value) {
  return std::string{to_string(value)};
}

std::string describe(merge_kind value) {
  static constexpr std::array<std::string_view, 5> names{"accepted", "unchanged", "stale",
                                                         "forbidden", "table_full"};
  return std::string{names.at(static_cast<std::size_t>(value))};
}

} // namespace caf_gossip
