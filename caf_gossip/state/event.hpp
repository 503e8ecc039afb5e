/// What the key/value plane tells the application, one struct per event.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/base/event_stamp.hpp"
#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/state/message.hpp"

namespace caf_gossip {

/// A member has changed a key; the store shows it already. Own writes are not told.
struct gossip_update {
  event_stamp stamp;
  node_id member_id;
  std::string key;
  /// Which entry of the map under `key`; nothing for a plain value.
  std::optional<std::string> map_key;
  byte_buffer value;
  std::uint64_t sequence_number = 0;
  bool removed = false;
  /// This node's number for the change: a reading of the store at revision r shows exactly the
  /// changes up to r.
  std::uint64_t revision = 0;
  friend bool operator==(const gossip_update&, const gossip_update&) = default;
};

enum class block_reason : std::uint8_t {
  expired_heartbeat = 0,
  gracefully_left = 1,
  /// By an operator or the application.
  requested = 2,
  /// Not in the membership any more. Refused like the others, but not listed as blocked.
  removed = 3,
};

/// Returns "expired heartbeat", "gracefully left", "requested" or "removed"; "unknown" for values
/// outside the enumeration.
[[nodiscard]] std::string_view to_string(block_reason reason);

/// No state is exchanged with this incarnation any more; what it published is gone.
struct member_blocked {
  event_stamp stamp;
  node_id id;
  std::uint64_t incarnation = 0;
  block_reason reason = block_reason::requested;
  friend bool operator==(const member_blocked&, const member_blocked&) = default;
};

struct member_unblocked {
  event_stamp stamp;
  node_id id;
  friend bool operator==(const member_unblocked&, const member_unblocked&) = default;
};

/// A request was not answered, could not be sent, or was rejected. What it carried is sent again.
struct gossip_request_failed {
  event_stamp stamp;
  member_ref target;
  /// timeout, send_failed, or what the target rejected it with.
  errc code = errc::none;
  std::string reason;
  friend bool operator==(const gossip_request_failed&, const gossip_request_failed&) = default;
};

/// Something that a user's code or another member handed over could not be used: an undecodable
/// heartbeat, a consensus extractor or an actor counter that threw.
struct gossip_input_refused {
  event_stamp stamp;
  /// Whose state it was; empty when it came from this node's own code.
  node_id member_id;
  /// The key, or what was called.
  std::string what;
  std::string reason;
  friend bool operator==(const gossip_input_refused&, const gossip_input_refused&) = default;
};

using state_event = std::variant<gossip_update, member_blocked, member_unblocked,
                                 gossip_request_failed, gossip_input_refused>;

} // namespace caf_gossip
