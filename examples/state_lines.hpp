/// Events and readings of the key/value plane as lines of text, like event_lines.hpp.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "caf_gossip/state/event.hpp"
#include "caf_gossip/state/message.hpp"

namespace caf_gossip::examples {

/// Returns an object with "event" (update, blocked, unblocked, request_failed or input_refused),
/// "member", and what else the event says.
[[nodiscard]] nlohmann::json to_json(const state_event& event);

/// Returns "n2 says load = 7" and the like; empty for what people need not see.
[[nodiscard]] std::string to_sentence(const state_event& event);

/// Returns {"event": "state", "key": ..., "values": {member: {"value": ..., "seq": ...}}}.
[[nodiscard]] nlohmann::json to_json(std::string_view key, const gossip_values& values);

/// A text as it is, a map as an object, other bytes as hexadecimal digits behind "0x".
[[nodiscard]] nlohmann::json value_to_json(const byte_buffer& value);

[[nodiscard]] byte_buffer to_bytes(std::string_view text);

} // namespace caf_gossip::examples
