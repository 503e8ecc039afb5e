#include "tools/gossip_sim/size_curves.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace caf_gossip::tools {

namespace {

curve over_sizes(const std::string& name, const std::vector<trial_set>& all) {
  curve result{name, {}};
  for (const auto& each : all) {
    const auto values = values_of(name, each.outcomes);
    // Less than 0 is "never".
    if (!values.empty() && values.front() >= 0)
      result.points.emplace_back(each.nodes, percentile(values, 0.5));
  }
  return result;
}

/// Whether it is a time that the scenario is about. Of percentiles two tell enough.
bool is_time(const measured& what) {
  const std::string_view name{what.name};
  return what.unit == "ms" && !name.ends_with(" p90") && !name.ends_with(" max");
}

} // namespace

drawing over_sizes(const std::vector<trial_set>& all) {
  panel times{"ms", {}};
  for (const auto& each : all.front().outcomes.front().numbers)
    if (is_time(each))
      times.curves.push_back(over_sizes(each.name, all));
  drawing result{curve_style::over_sizes, "nodes", {}};
  result.panels.push_back({"B/s", {over_sizes("bytes per node", all)}});
  result.panels.push_back({"1/s", {over_sizes("messages per node", all)}});
  result.panels.push_back(std::move(times));
  return result;
}

} // namespace caf_gossip::tools
