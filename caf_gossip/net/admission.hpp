/// What every transport checks before it accepts a frame.
#pragma once

#include <cstddef>

#include "caf_gossip/net/outbox.hpp"
#include "caf_gossip/net/transport.hpp"

namespace caf_gossip::net {

/// Returns the frame as bytes. Errors: send_failed naming the target and what is wrong: nobody can
/// reach the target, a request has no correlation id, the frame is longer than
/// `cfg.frame_bytes_max`, or `unpolled` failed deliveries are as many as frames may wait.
[[nodiscard]] expected<queued_frame> admit(const outbound& what, const transport_config& cfg,
                                           std::size_t unpolled);

} // namespace caf_gossip::net
