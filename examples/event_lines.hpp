/// Events as lines of text: one JSON object each for programs, one sentence each for people.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "caf_gossip/membership/event.hpp"
#include "caf_gossip/membership/snapshot.hpp"

namespace caf_gossip::examples {

/// Returns an object with "event", "member" where there is one, and what else the event says. The
/// statuses of members are told as joining, alive, suspect, left and dead; a member is "removed"
/// when its goodbye has been forgotten.
[[nodiscard]] nlohmann::json to_json(const membership_event& event);

[[nodiscard]] nlohmann::json to_json(const membership_snapshot& now);

/// Returns "n2 is suspect: silence of 2100 ms" and the like; empty for what people need not see.
[[nodiscard]] std::string to_sentence(const membership_event& event);

} // namespace caf_gossip::examples
