#include "tools/gossip_sim/expectation.hpp"

#include <algorithm>
#include <charconv>

#include "tools/gossip_sim/shell_text.hpp"

namespace caf_gossip::tools {

namespace {

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? std::string{}
                                    : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

} // namespace

expected<expectation> read_expectation(const std::string& text) {
  const auto at = std::min(text.find("<="), text.find(">="));
  const auto refusal = [&] {
    return fail(
        errc::invalid_argument,
        "--expect '" + text
            + "': allowed are NAME<=NUMBER and NAME>=NUMBER, with the name of a number as it "
              "is printed");
  };
  if (at == std::string::npos)
    return refusal();
  expectation result{trimmed(text.substr(0, at)), text[at] == '<', 0};
  const auto number = trimmed(text.substr(at + 2));
  const auto* end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, result.bound);
  if (result.name.empty() || read.ec != std::errc{} || read.ptr != end)
    return refusal();
  return result;
}

std::string to_text(const expectation& what) {
  return what.name + (what.is_most ? "<=" : ">=") + exact_text(what.bound);
}

void check_expectations(const std::vector<expectation>& all, outcome& result) {
  for (const auto& each : all) {
    const auto found = std::find_if(result.numbers.begin(), result.numbers.end(),
                                    [&](const auto& number) { return number.name == each.name; });
    if (found == result.numbers.end())
      result.violations.push_back("expected " + to_text(each) + ", but that was not measured");
    else if (!(each.is_most ? found->value <= each.bound : found->value >= each.bound))
      result.violations.push_back("expected " + to_text(each) + ", but it is "
                                  + exact_text(found->value));
  }
}

} // namespace caf_gossip::tools
