/// Curves as a drawing, by gnuplot.
#pragma once

#include <string>
#include <vector>

#include "caf_gossip/base/errc.hpp"
#include "tools/gossip_sim/outcome.hpp"

namespace caf_gossip::tools {

enum class curve_style {
  /// A value holds until the next point.
  steps,
  /// The points are measured, and lie at sizes that grow by factors.
  over_sizes,
};

/// Curves with the same axes.
struct panel {
  std::string y_label;
  std::vector<curve> curves;
};

/// Panels one below the other, four at most, with the same horizontal axis.
struct drawing {
  curve_style style = curve_style::steps;
  std::string x_label;
  std::vector<panel> panels;
};

/// Returns the curves of one run.
[[nodiscard]] drawing of_run(const outcome& what);

/// Writes the points to `file`.dat and lets gnuplot draw them to `file`: PNG if it is named so,
/// else SVG. What has no points is left out. Errors: state_not_found when there is nothing to draw;
/// invalid_argument for a file that cannot be written; disabled without gnuplot.
expected<void> plot(const std::string& title, drawing what, const std::string& file);

} // namespace caf_gossip::tools
