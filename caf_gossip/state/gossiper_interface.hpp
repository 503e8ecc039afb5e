/// The gossiper as its users see it, whatever runs behind it.
#pragma once

#include "caf_gossip/base/errc.hpp"

namespace caf_gossip {

/// Implementations are thread-safe. Calls wait for their answer, within a limit of their own.
class gossiper_interface {
public:
  virtual ~gossiper_interface() = default;

  /// Begins to gossip. Errors: already_started, invalid_config, network_error, timeout.
  virtual expected<void> start() = 0;

  /// Says goodbye and ends. Errors: not_started, already_stopped, timeout.
  virtual expected<void> stop() = 0;
};

} // namespace caf_gossip
