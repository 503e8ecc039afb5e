/// The bounds of what one message may carry, by the settings of its sender.
#pragma once

#include <string>
#include <vector>

#include "caf_gossip/base/config.hpp"
#include "tests/support/simulator_message.hpp"

namespace caf_gossip::test {

/// As the transport of a real node: a larger frame is no datagram.
inline constexpr std::size_t datagram_bytes_max = 1400;

/// Appends to `violations` which bounds a message does not keep. `via` is the channel that its
/// sender wanted. Needs the size of the frame.
void check_budgets(const sim_message& what, const config& cfg,
                   std::vector<std::string>& violations);

} // namespace caf_gossip::test
