/// What a run of a scenario has shown: named numbers, curves, and what did not hold.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace caf_gossip::tools {

struct measured {
  std::string name;
  double value = 0;
  std::string unit;
  /// The worst is the least, not the largest.
  bool more_is_better = false;
};

/// Points of a curve for a plot.
struct curve {
  std::string name;
  std::vector<std::pair<double, double>> points;
};

struct outcome {
  std::uint64_t seed = 0;
  std::vector<measured> numbers;
  /// Labels of the axes, if there is something to plot.
  std::string x_label;
  std::string y_label;
  std::vector<curve> curves;
  std::vector<std::string> violations;

  void add(std::string name, double value, std::string unit, bool more_is_better = false) {
    numbers.push_back({std::move(name), value, std::move(unit), more_is_better});
  }
  /// Adds the 50th, 90th and 99th percentile and the largest of some samples.
  void add_percentiles(const std::string& name, std::vector<double> samples,
                       const std::string& unit);
  /// Adds the share of the samples that is not larger, as a curve.
  void add_distribution(const std::string& name, std::vector<double> samples);
};

/// Returns the smallest sample that is not less than this share of them; NaN when there is none.
[[nodiscard]] double percentile(const std::vector<double>& sorted, double share);

/// Returns the numbers of that name in all outcomes, sorted.
[[nodiscard]] std::vector<double> values_of(const std::string& name,
                                            const std::vector<outcome>& all);

} // namespace caf_gossip::tools
