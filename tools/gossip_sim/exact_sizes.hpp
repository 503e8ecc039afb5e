/// Sizes of frames as the codec writes them.
#pragma once

#include "tests/support/simulator_message.hpp"

namespace caf_gossip::tools {

/// Returns a sizer that encodes messages. Of those without lists it encodes the first of each shape
/// only, because the size depends on little else.
[[nodiscard]] test::message_sizer exact_sizes();

} // namespace caf_gossip::tools
