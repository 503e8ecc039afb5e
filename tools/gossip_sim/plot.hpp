/// Curves as a drawing, by gnuplot.
#pragma once

#include <string>

#include "caf_gossip/base/errc.hpp"
#include "tools/gossip_sim/outcome.hpp"

namespace caf_gossip::tools {

/// Writes the points to `file`.dat and lets gnuplot draw them to `file` (SVG). Errors:
/// state_not_found when there is nothing to draw; invalid_argument for a file that cannot be
/// written; disabled without gnuplot.
expected<void> plot(const std::string& title, const outcome& what, const std::string& file);

} // namespace caf_gossip::tools
