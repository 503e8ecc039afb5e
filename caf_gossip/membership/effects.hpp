/// How the parts of the membership coordinator speak to its outcome. Private to its sources.
#pragma once

#include <string>
#include <utility>

#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

/// Tombstones are checked for their age this often.
inline constexpr std::chrono::minutes forget_interval{1};

/// In a calm cluster each node checks this often whether it hears some other member (hearing.hpp).
inline constexpr std::chrono::seconds hearing_interval{20};

/// While there is doubt about that, somebody is asked so often.
inline constexpr std::chrono::seconds hearing_interval_in_doubt{1};

/// Bound of one page of a roster and of one sync_response, in estimated bytes.
inline constexpr std::size_t page_bytes_max = 256U << 10U;

template <class Event>
void membership_coordinator::emit(Event event) {
  event.stamp.observed_at = clock_.at(now_);
  outcome_.events.emplace_back(std::move(event));
}

/// "host:port: dead to up is not a transition"
inline std::string transition_text(const authority& who, member_status from, member_status to) {
  return to_string(who) + ": " + std::string{to_string(from)} + " to " + std::string{to_string(to)}
         + " is not allowed";
}

} // namespace caf_gossip
