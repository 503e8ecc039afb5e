#include "tools/gossip_sim/outcome.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace caf_gossip::tools {

double percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty())
    return std::numeric_limits<double>::quiet_NaN();
  const auto rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

std::vector<double> values_of(const std::string& name, const std::vector<outcome>& all) {
  std::vector<double> result;
  for (const auto& each : all)
    for (const auto& number : each.numbers)
      if (number.name == name && !std::isnan(number.value))
        result.push_back(number.value);
  std::sort(result.begin(), result.end());
  return result;
}

void outcome::add_percentiles(const std::string& name, std::vector<double> samples,
                              const std::string& unit) {
  std::sort(samples.begin(), samples.end());
  add(name + " p50", percentile(samples, 0.5), unit);
  add(name + " p90", percentile(samples, 0.9), unit);
  add(name + " p99", percentile(samples, 0.99), unit);
  add(name + " max", percentile(samples, 1.0), unit);
}

void outcome::add_distribution(const std::string& name, std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  curve result{name, {}};
  for (std::size_t i = 0; i < samples.size(); ++i)
    result.points.emplace_back(samples[i],
                               static_cast<double>(i + 1) / static_cast<double>(samples.size()));
  curves.push_back(std::move(result));
}

} // namespace caf_gossip::tools
