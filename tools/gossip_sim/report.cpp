#include "tools/gossip_sim/report.hpp"

#include <cmath>
#include <iomanip>
#include <sstream>
#include <string>

namespace caf_gossip::tools {

namespace {

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

void print_table(std::ostream& out, const trial_set& what) {
  const auto& all = what.outcomes;
  out << what.title << "\n";
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

/// With several sizes the first column is the size.
void print_csv(std::ostream& out, const std::vector<trial_set>& all) {
  const bool several = all.size() > 1;
  out << (several ? "nodes," : "") << "seed,name,value,unit\n";
  for (const auto& set : all)
    for (const auto& each : set.outcomes)
      for (const auto& number : each.numbers) {
        if (several)
          out << set.nodes << ",";
        out << each.seed << "," << number.name << "," << number_or_null(number.value) << ","
            << number.unit << "\n";
      }
}

void print_json(std::ostream& out, const outcome& what) {
  out << "{\"seed\": " << what.seed << ", \"numbers\": {";
  for (std::size_t i = 0; i < what.numbers.size(); ++i)
    out << (i > 0 ? ", " : "") << quoted(what.numbers[i].name) << ": "
        << number_or_null(what.numbers[i].value);
  out << "}, \"violations\": [";
  for (std::size_t i = 0; i < what.violations.size(); ++i)
    out << (i > 0 ? ", " : "") << quoted(what.violations[i]);
  out << "]}";
}

void print_json(std::ostream& out, const trial_set& what) {
  out << "\"title\": " << quoted(what.title) << ", \"runs\": [";
  for (std::size_t i = 0; i < what.outcomes.size(); ++i) {
    out << (i > 0 ? ",\n  " : "\n  ");
    print_json(out, what.outcomes[i]);
  }
  out << "\n]";
}

void print_json(std::ostream& out, const std::vector<trial_set>& all) {
  if (all.size() == 1) {
    out << "{";
    print_json(out, all.front());
    out << "}\n";
    return;
  }
  out << "{\"sizes\": [";
  for (const auto& each : all) {
    out << (&each == &all.front() ? "\n" : ",\n") << "{\"nodes\": " << each.nodes << ", ";
    print_json(out, each);
    out << "}";
  }
  out << "\n]}\n";
}

} // namespace

void print(std::ostream& out, const std::vector<trial_set>& all, report_format format) {
  switch (format) {
    case report_format::json:
      return print_json(out, all);
    case report_format::csv:
      return print_csv(out, all);
    case report_format::table:
      for (const auto& each : all) {
        out << (&each == &all.front() ? "" : "\n");
        print_table(out, each);
      }
  }
}

bool print_violations(std::ostream& out, const options& how, const std::vector<trial_set>& all) {
  bool none = true;
  for (const auto& set : all)
    for (const auto& each : set.outcomes)
      for (const auto& what : each.violations) {
        out << "violation with "
            << (all.size() > 1 ? std::to_string(set.nodes) + " nodes and " : "") << "seed "
            << each.seed << ": " << what << "\n";
        if (&what == &each.violations.back()) {
          auto again = how;
          again.nodes = set.nodes;
          out << "replay: " << command_line(again, each.seed) << "\n";
        }
        none = false;
      }
  return none;
}

} // namespace caf_gossip::tools
