/// The gossiper as its users see it, whatever runs behind it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/state/message.hpp"

namespace caf_gossip {

/// Implementations are thread-safe. All calls but `start` and `stop` return at once and may be made
/// from the handlers of actors. All return `not_started` before `start` and `already_stopped` from
/// `stop` on; nothing has changed then.
///
/// A key has 1 to 255 bytes and no control characters; `heartbeat` and `gracefully_left` are
/// reserved. Writes return invalid_argument for a bad key or too large a value, and limit_reached
/// when this member would have too many keys or bytes.
class gossiper_interface {
public:
  virtual ~gossiper_interface() = default;

  /// Begins to gossip. Errors: already_started, invalid_config, network_error, timeout.
  virtual expected<void> start() = 0;

  /// Says goodbye and ends. Errors: not_started, already_stopped, timeout.
  virtual expected<void> stop() = 0;

  /// Returns what every member has under a key, by node id; members without it are left out. A map
  /// is one value, see `decode_map`.
  [[nodiscard]] virtual expected<gossip_values> get_state(std::string_view key) const = 0;

  /// Sets a value of this member. It is seen here at once, and elsewhere after the next rounds.
  /// Replaces a whole map that is under the key.
  virtual expected<void> set_state(std::string_view key, byte_buffer value) = 0;

  /// The same, with `timeout` as a further error when the store stays busy. The value was not set
  /// then.
  virtual expected<void> set_state_request(std::string_view key, byte_buffer value) = 0;

  // -- the map of this member under a key -------------------------------------------------------

  /// Sets one entry. Errors: invalid_state when the key holds a plain value.
  virtual expected<void> set_map_state(std::string_view key, std::string_view map_key,
                                       byte_buffer value) = 0;

  /// Returns nothing for an unknown entry and for a key that holds a plain value.
  [[nodiscard]] virtual expected<std::optional<byte_buffer>>
  get_map_state(std::string_view key, std::string_view map_key) const = 0;

  /// Removing what is not there succeeds and changes nothing.
  virtual expected<void> remove_map_state(std::string_view key, std::string_view map_key) = 0;

  /// Sorted.
  [[nodiscard]] virtual expected<std::vector<std::string>>
  get_map_keys(std::string_view key) const = 0;

  /// Members that no state is exchanged with, sorted by id.
  [[nodiscard]] virtual expected<std::vector<node_id>> get_blocked_members() const = 0;
};

} // namespace caf_gossip
