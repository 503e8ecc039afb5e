#include "tests/support/simulator_message.hpp"

#include <type_traits>

namespace caf_gossip::test {

namespace {

/// Header, table and envelope without texts.
constexpr std::size_t frame_overhead = 136;

std::size_t bytes_of(const shared_records& records) {
  std::size_t result = 0;
  for (const auto& each : records)
    result += estimated_bytes(*each);
  return result;
}

std::size_t bytes_of_state(const gossip_state& what) {
  std::size_t result = 0;
  for (const auto& [id, member] : what.members) {
    result += 48 + id.size();
    for (const auto& [key, entry] : member.entries)
      result += 56 + key.size() + entry.value.size();
  }
  return result;
}

std::size_t bytes_of(const std::optional<state_question>& what) {
  return what ? 32 + 24 * (what->ranges.size() + what->scope.size()) + 16 * what->entries.size()
              : 0;
}

std::size_t bytes_of(const std::optional<state_findings>& what) {
  return what ? 24 + 24 * what->different.size() + 8 * what->wanted.size() : 0;
}

template <class Payload>
std::size_t body_bytes(const Payload& what) {
  if constexpr (requires { what.news; })
    return 16 + bytes_of(what.news);
  else if constexpr (requires {
                       what.records;
                       what.wanted;
                     })
    return 16 + bytes_of(what.records) + 8 * what.wanted.size();
  else if constexpr (requires { what.records; })
    return 32 + bytes_of(what.records);
  else if constexpr (requires { what.page; })
    return 32 + bytes_of(what.page.records);
  else if constexpr (requires { what.digest; })
    return 16 + 16 * what.digest.size() + 24 * what.scope.size();
  else if constexpr (requires { what.ranges; })
    return 16 + 24 * what.ranges.size();
  else
    return 48;
}

} // namespace

std::string_view kind_name(std::size_t kind) {
  static constexpr std::array<std::string_view, message_kinds> names{"heartbeat",
                                                                     "delta",
                                                                     "ack",
                                                                     "join_request",
                                                                     "join_response",
                                                                     "roster_request",
                                                                     "roster_response",
                                                                     "sync_request",
                                                                     "sync_response",
                                                                     "ping",
                                                                     "ping_ack",
                                                                     "probe_request",
                                                                     "probe_report",
                                                                     "accusation",
                                                                     "range_request",
                                                                     "range_response",
                                                                     "gossip_request",
                                                                     "gossip_response"};
  return kind < names.size() ? names[kind] : "unknown";
}

std::size_t estimated_frame_bytes(const sim_message& what) {
  auto result = frame_overhead + what.head.cluster.size() + what.head.sender.id.size()
                + what.head.sender.address.host.size();
  if (const auto* mine = std::get_if<membership_payload>(&what.body))
    return result + std::visit([](const auto& payload) { return body_bytes(payload); }, *mine);
  const auto& state = std::get<state_payload>(what.body);
  if (const auto* request = std::get_if<gossip_request>(&state))
    return result + 32 + bytes_of_state(request->state) + bytes_of(request->question);
  const auto& response = std::get<gossip_response>(state);
  return result + 24 + (response.state ? bytes_of_state(*response.state) : 0)
         + bytes_of(response.findings);
}

} // namespace caf_gossip::test
