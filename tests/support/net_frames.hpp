/// Small frames for tests of transports.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "caf_gossip/net/transport.hpp"

namespace caf_gossip::test {

/// More than what the kernel takes for a peer that does not read.
inline constexpr std::size_t more_than_the_kernel_takes = std::size_t{64} << 20U;

/// Port 0 of the loopback interface.
inline const authority any_port{"127.0.0.1", 0};

inline member_ref member_at(const authority& where) {
  return {"node-" + std::to_string(where.port), 7, where};
}

/// A delta with one record per status. `number` tells deltas apart.
inline delta delta_of_all_statuses(std::uint64_t number = 1) {
  delta result{number - 1, number, {}};
  for (const auto status : all_statuses)
    result.records.push_back(record{"about-" + std::string{to_string(status)},
                                    {"10.0.0.1", 4711},
                                    number,
                                    number + 1,
                                    status,
                                    {{"zone", "z" + std::to_string(number)}}});
  return result;
}

inline wire::frame frame_from(const authority& sender,
                              membership_payload payload = heartbeat{1, {}},
                              std::uint64_t correlation = 0) {
  wire::frame result;
  result.head.cluster = "caf-gossip";
  result.head.sender = member_at(sender);
  result.head.correlation = correlation;
  result.body = std::move(payload);
  return result;
}

/// A frame of more than `bytes` bytes.
inline wire::frame large_frame_from(const authority& sender, std::size_t bytes) {
  gossip_request request{member_at(sender).id, {}};
  auto& entries = request.state.members[request.from_member_id];
  entries.incarnation = 7;
  entries.entries["large"] = {byte_buffer(bytes, 0x55), 1, 0};
  auto result = frame_from(sender);
  result.body = state_payload{std::move(request)};
  return result;
}

inline net::outbound to(const authority& target, wire::frame what, channel via = channel::stream) {
  return {target, std::move(what), via, false};
}

inline net::outbound request_to(const authority& target, wire::frame what,
                                channel via = channel::stream) {
  return {target, std::move(what), via, true};
}

/// The number in a heartbeat or ack, 0 for everything else.
inline std::uint64_t number_in(const wire::frame& what) {
  const auto* plane = std::get_if<membership_payload>(&what.body);
  if (plane == nullptr)
    return 0;
  if (const auto* found = std::get_if<heartbeat>(plane))
    return found->version;
  const auto* found = std::get_if<ack>(plane);
  return found == nullptr ? 0 : found->to;
}

} // namespace caf_gossip::test
