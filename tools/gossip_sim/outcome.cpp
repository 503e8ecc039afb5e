#include "tools/gossip_sim/outcome.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <limits>
#include <sstream>

namespace caf_gossip::tools {

namespace {

double percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty())
    return std::numeric_limits<double>::quiet_NaN();
  const auto rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

/// The numbers of the same name in all outcomes, sorted.
std::vector<double> values_of(const std::string& name, const std::vector<outcome>& all) {
  std::vector<double> result;
  for (const auto& each : all)
    for (const auto& number : each.numbers)
      if (number.name == name && !std::isnan(number.value))
        result.push_back(number.value);
  std::sort(result.begin(), result.end());
  return result;
}

std::string text_of(double value) {
  if (std::isnan(value))
    return "-";
  std::ostringstream out;
  const auto size = std::abs(value);
  const int digits = size >= 1000 || value == std::floor(value) ? 0 : size >= 10 ? 1 : 3;
  out << std::fixed << std::setprecision(digits) << value;
  return out.str();
}

std::string number_or_null(double value) {
  if (std::isnan(value))
    return "null";
  std::ostringstream out;
  out << std::setprecision(10) << value;
  return out.str();
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text)
    if (c == '"' || c == '\\')
      result.append("\\").push_back(c);
    else
      result.push_back(c == '\n' ? ' ' : c);
  return result + "\"";
}

void print_table(std::ostream& out, const std::vector<outcome>& all) {
  const bool several = all.size() > 1;
  out << std::left << std::setw(38) << "" << std::right << std::setw(14)
      << (several ? "median" : "value");
  if (several)
    out << std::setw(14) << "worst";
  out << "\n";
  for (const auto& number : all.front().numbers) {
    const auto values = values_of(number.name, all);
    out << std::left << std::setw(38) << number.name << std::right << std::setw(14)
        << text_of(percentile(values, 0.5));
    if (several)
      out << std::setw(14) << text_of(percentile(values, number.more_is_better ? 0.0 : 1.0));
    out << " " << number.unit << "\n";
  }
}

void print_csv(std::ostream& out, const std::vector<outcome>& all) {
  out << "seed,name,value,unit\n";
  for (const auto& each : all)
    for (const auto& number : each.numbers)
      out << each.seed << "," << number.name << "," << number_or_null(number.value) << ","
          << number.unit << "\n";
}

void print_json(std::ostream& out, const std::string& title, const std::vector<outcome>& all) {
  out << "{\"title\": " << quoted(title) << ", \"runs\": [";
  for (std::size_t i = 0; i < all.size(); ++i) {
    out << (i > 0 ? ",\n" : "\n") << "  {\"seed\": " << all[i].seed << ", \"numbers\": {";
    for (std::size_t k = 0; k < all[i].numbers.size(); ++k)
      out << (k > 0 ? ", " : "") << quoted(all[i].numbers[k].name) << ": "
          << number_or_null(all[i].numbers[k].value);
    out << "}, \"violations\": [";
    for (std::size_t k = 0; k < all[i].violations.size(); ++k)
      out << (k > 0 ? ", " : "") << quoted(all[i].violations[k]);
    out << "]}";
  }
  out << "\n]}\n";
}

} // namespace

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

void print(std::ostream& out, const std::string& title, const std::vector<outcome>& all,
           report_format format) {
  switch (format) {
    case report_format::json:
      return print_json(out, title, all);
    case report_format::csv:
      return print_csv(out, all);
    case report_format::table:
      out << title << "\n";
      return print_table(out, all);
  }
}

} // namespace caf_gossip::tools
