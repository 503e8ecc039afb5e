#include "caf_gossip/base/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "caf_gossip/base/authority.hpp"
#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/printable.hpp"

namespace caf_gossip {

namespace {

constexpr std::size_t cluster_name_bytes_max = 64;
constexpr std::size_t actor_name_bytes_max = 10;

template <class Number>
std::string digits(Number value) {
  std::array<char, 32> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), written.ptr};
}

/// Written so that NaN is out of every bound.
bool within(const setting& what, double value) {
  return value >= what.min && value <= what.max;
}

std::string span(const std::string& from, const std::string& to) {
  return from + " to " + to;
}

std::string whole(double bound) {
  return digits(static_cast<std::uint64_t>(bound));
}

milliseconds as_time(double bound) {
  return milliseconds{static_cast<milliseconds::rep>(bound)};
}

bool is_atom_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'
         || c == ' ';
}

} // namespace

// -- what texts are accepted -------------------------------------------------------------------

bool is_node_id_setting(std::string_view text) {
  return text.empty() || is_valid_node_id(node_id{text});
}

bool is_cluster_name(std::string_view text) {
  return !text.empty() && text.size() <= cluster_name_bytes_max
         && std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_bind_address(std::string_view text) {
  const authority where{std::string{text}, 1};
  // The way there and back refuses what only looks like a host, such as "host:1".
  return is_reachable(where) && parse_authority(to_string(where)) == where;
}

bool is_advertise_setting(std::string_view text) {
  return text.empty() || is_seed(text);
}

bool is_seed(std::string_view text) {
  const auto where = parse_authority(text);
  return where && is_reachable(*where);
}

bool is_actor_name(std::string_view text) {
  return !text.empty() && text.size() <= actor_name_bytes_max && text.front() != ' '
         && text.back() != ' ' && std::all_of(text.begin(), text.end(), is_atom_char);
}

bool is_detector_name(std::string_view text) {
  return std::find(detector_names.begin(), detector_names.end(), text) != detector_names.end();
}

// -- values as texts ---------------------------------------------------------------------------

std::string show(bool value) {
  return value ? "true" : "false";
}

std::string show(std::uint16_t value) {
  return digits(value);
}

std::string show(std::uint32_t value) {
  return digits(value);
}

std::string show(double value) {
  return digits(value);
}

std::string show(milliseconds value) {
  constexpr std::array<std::pair<milliseconds::rep, std::string_view>, 3> units{
      {{3'600'000, "h"}, {60'000, "min"}, {1000, "s"}}};
  const auto count = value.count();
  for (const auto& [size, suffix] : units)
    if (count != 0 && count % size == 0)
      return digits(count / size).append(suffix);
  return digits(count) + "ms";
}

std::string show(const std::optional<milliseconds>& value) {
  return value ? show(*value) : std::string{disabled_text};
}

std::string show(const std::string& value) {
  return "\"" + value + "\"";
}

std::string show(const std::vector<std::string>& value) {
  std::string result = "[";
  for (const auto& item : value)
    result.append(result.size() > 1 ? ", " : "").append(show(item));
  return result + "]";
}

bool accepts(const setting&, bool) {
  return true;
}

bool accepts(const setting& what, std::uint16_t value) {
  return within(what, value);
}

bool accepts(const setting& what, std::uint32_t value) {
  return within(what, value);
}

bool accepts(const setting& what, double value) {
  return within(what, value);
}

bool accepts(const setting& what, milliseconds value) {
  return within(what, static_cast<double>(value.count()));
}

bool accepts(const setting& what, const std::optional<milliseconds>& value) {
  return !value || accepts(what, *value);
}

bool accepts(const setting& what, const std::string& value) {
  return what.accepts(value);
}

bool accepts(const setting& what, const std::vector<std::string>& value) {
  return within(what, static_cast<double>(value.size()))
         && std::all_of(value.begin(), value.end(), what.accepts);
}

std::string allowed(const setting&, bool) {
  return "true, false";
}

std::string allowed(const setting& what, std::uint16_t) {
  return span(whole(what.min), whole(what.max));
}

std::string allowed(const setting& what, std::uint32_t) {
  return span(whole(what.min), whole(what.max));
}

std::string allowed(const setting& what, double) {
  return span(digits(what.min), digits(what.max));
}

std::string allowed(const setting& what, milliseconds) {
  return span(show(as_time(what.min)), show(as_time(what.max)));
}

std::string allowed(const setting& what, const std::optional<milliseconds>&) {
  return allowed(what, milliseconds{}) + ", or " + std::string{disabled_text};
}

std::string allowed(const setting& what, const std::string&) {
  return std::string{what.allowed};
}

std::string allowed(const setting& what, const std::vector<std::string>&) {
  return "at most " + whole(what.max) + " of: " + std::string{what.allowed};
}

std::string refusal_text(std::string_view name, const std::string& value,
                         const std::string& allowed_text) {
  return std::string{settings_group} + "." + std::string{name} + " = " + printable(value)
         + "; allowed are " + allowed_text;
}

} // namespace caf_gossip
