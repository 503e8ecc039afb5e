#include "tools/gossip_sim/setting_text.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "caf_gossip/base/settings.hpp"

namespace caf_gossip::tools {

namespace {

template <class Number>
bool parse_number(std::string_view text, Number& to) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), to);
  return result.ec == std::errc{} && result.ptr == text.data() + text.size();
}

bool parse(std::string_view text, bool& to) {
  to = text == "true";
  return to || text == "false";
}

bool parse(std::string_view text, std::uint16_t& to) {
  return parse_number(text, to);
}

bool parse(std::string_view text, std::uint32_t& to) {
  return parse_number(text, to);
}

bool parse(std::string_view text, double& to) {
  return parse_number(text, to);
}

bool parse(std::string_view text, std::string& to) {
  to = text;
  return true;
}

bool parse(std::string_view text, milliseconds& to) {
  static constexpr std::array<std::pair<std::string_view, int>, 4> units{
      {{"ms", 1}, {"min", 60'000}, {"s", 1000}, {"h", 3'600'000}}};
  for (const auto& [suffix, factor] : units) {
    milliseconds::rep count = 0;
    if (text.ends_with(suffix)
        && parse_number(text.substr(0, text.size() - suffix.size()), count)) {
      to = milliseconds{count} * factor;
      return true;
    }
  }
  return false;
}

bool parse(std::string_view text, std::optional<milliseconds>& to) {
  milliseconds value{};
  if (text == disabled_text)
    to.reset();
  else if (parse(text, value))
    to = value;
  else
    return false;
  return true;
}

bool parse(std::string_view, std::vector<std::string>&) {
  return false; // lists are of no use for a simulated node
}

} // namespace

expected<void> apply_setting(std::string_view text, config& to) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  const auto value =
      equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
  bool known = false;
  expected<void> result;
  for_each_setting(to, [&](const setting& what, auto& field) {
    if (what.name != name)
      return;
    known = true;
    if (!parse(value, field) || !accepts(what, field))
      result =
          fail(errc::invalid_config, refusal_text(name, std::string{value}, allowed(what, field)));
  });
  if (!known)
    return fail(errc::invalid_config,
                "'" + std::string{name} + "' is no setting; --help lists them");
  return result;
}

std::string list_of_settings() {
  const config defaults;
  std::string result;
  for_each_setting(defaults, [&](const setting& what, const auto& field) {
    result.append("  ").append(what.name).append("=").append(show(field)).append("\n");
  });
  return result;
}

} // namespace caf_gossip::tools
