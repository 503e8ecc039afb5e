#include "tools/gossip_sim/options.hpp"

#include <charconv>
#include <sstream>
#include <string_view>
#include <utility>

#include "tools/gossip_sim/profiles.hpp"
#include "tools/gossip_sim/scenarios.hpp"
#include "tools/gossip_sim/setting_text.hpp"
#include "tools/gossip_sim/shell_text.hpp"
#include "tools/gossip_sim/size_list.hpp"

namespace caf_gossip::tools {

namespace {

constexpr std::uint32_t seeds_max = 100'000;
constexpr double minutes_max = 7.0 * 24 * 60;

/// Reads a number and checks its bounds.
template <class Number>
expected<void> read(const std::string& name, const std::string& text, Number min, Number max,
                    Number& to) {
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, to);
  if (result.ec == std::errc{} && result.ptr == end && to >= min && to <= max)
    return {};
  std::ostringstream out;
  out << name << " " << text << ": allowed are " << min << " to " << max;
  return fail(errc::invalid_argument, out.str());
}

/// Applies one --set or --profile to the settings.
expected<void> apply_said(const std::string& name, const std::string& value, options& to) {
  if (name == "--set")
    return apply_setting(value, to.cfg);
  const auto found = find_profile(value);
  if (!found)
    return fail(errc::invalid_argument, "--profile " + value + ": --help lists the profiles");
  for (const auto& text : found->settings(to.nodes))
    if (auto applied = apply_setting(text, to.cfg); !applied)
      return applied;
  return {};
}

/// Applies one option. `value` is empty for those that take none.
expected<void> apply(const std::string& name, const std::string& value, options& to) {
  if (name == "--scenario") {
    to.scenario = value;
    if (find_scenario(value) == nullptr)
      return fail(errc::invalid_argument, "--scenario " + value + ": --help lists the scenarios");
    return {};
  }
  if (name == "--nodes")
    return read_sizes(value).map([&](auto sizes) { to.sizes = std::move(sizes); });
  if (name == "--minutes")
    return read(name, value, 0.01, minutes_max, to.minutes);
  if (name == "--loss")
    return read(name, value, 0.0, 0.99, to.loss);
  if (name == "--seed")
    return read<std::uint64_t>(name, value, 0, ~std::uint64_t{0}, to.seed);
  if (name == "--seeds")
    return read(name, value, 1U, seeds_max, to.seeds);
  if (name == "--expect")
    return read_expectation(value).map(
        [&](auto bound) { to.expectations.push_back(std::move(bound)); });
  if (name == "--plot") {
    to.plot = value;
    return {};
  }
  to.said.emplace_back(name, value);
  return {};
}

bool apply_flag(const std::string& name, options& to) {
  if (name == "--json")
    to.format = report_format::json;
  else if (name == "--csv")
    to.format = report_format::csv;
  else if (name == "--without-state")
    to.without_state = true;
  else if (name == "--help" || name == "-h")
    to.wants_help = true;
  else
    return false;
  return true;
}

bool takes_value(const std::string& name) {
  for (const auto* known : {"--scenario", "--nodes", "--minutes", "--loss", "--seed", "--seeds",
                            "--set", "--profile", "--expect", "--plot"})
    if (name == known)
      return true;
  return false;
}

expected<options> complete(options what) {
  if (what.wants_help)
    return what;
  const auto* chosen = find_scenario(what.scenario);
  if (chosen == nullptr)
    return fail(errc::invalid_argument, "--scenario is missing; --help lists the scenarios");
  if (what.sizes.empty())
    what.sizes = {chosen->nodes};
  if (what.minutes == 0)
    what.minutes = chosen->minutes;
  for (const auto nodes : what.sizes)
    if (auto valid = with_size(what, nodes); !valid)
      return valid;
  return with_size(what, what.sizes.front());
}

} // namespace

expected<options> read_options(const std::vector<std::string>& arguments) {
  options result;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& name = arguments[i];
    if (apply_flag(name, result))
      continue;
    if (!takes_value(name))
      return fail(errc::invalid_argument, name + " is no option; see --help");
    if (++i == arguments.size())
      return fail(errc::invalid_argument, name + " needs a value");
    if (auto applied = apply(name, arguments[i], result); !applied)
      return tl::unexpected{applied.error()};
  }
  return complete(std::move(result));
}

expected<options> with_size(options what, std::uint32_t nodes) {
  what.nodes = nodes;
  what.cfg = config{};
  for (const auto& [name, value] : what.said)
    if (auto applied = apply_said(name, value, what); !applied)
      return tl::unexpected{applied.error()};
  if (auto valid = validate(what.cfg); !valid)
    return tl::unexpected{valid.error()};
  return what;
}

std::string command_line(const options& what, std::uint64_t seed) {
  std::ostringstream out;
  out << shell_word(what.program) << " --scenario " << what.scenario << " --nodes " << what.nodes;
  if (what.minutes > 0) // else the scenario has an end of its own
    out << " --minutes " << exact_text(what.minutes);
  out << " --loss " << exact_text(what.loss) << " --seed " << seed;
  for (const auto& [name, value] : what.said)
    out << " " << name << " " << shell_word(value);
  if (what.without_state)
    out << " --without-state";
  for (const auto& each : what.expectations)
    out << " --expect " << shell_word(to_text(each));
  return out.str();
}

std::string help_text() {
  std::string result =
      "gossip_sim --scenario NAME [OPTION]...\n\n"
      "Runs a cluster of production cores over a simulated network in virtual time.\n\n"
      "  --nodes N[,N]...   nodes at the start; of several sizes, each is run\n"
      "  --minutes M        simulated time, where a scenario has no end of its own\n"
      "  --loss P           share of packets that are lost, 0 to 0.99\n"
      "  --seed S           equal seeds give equal runs\n"
      "  --seeds K          runs the seeds S to S+K-1 and prints median and worst\n"
      "  --set NAME=VALUE   a setting of the nodes, see below; may be repeated\n"
      "  --profile NAME     a preset of settings\n"
      "  --without-state    the membership alone, without the key/value plane\n"
      "  --expect BOUND     NAME<=NUMBER or NAME>=NUMBER: a run in which that measured number is\n"
      "                     beyond the bound has failed; may be repeated\n"
      "  --json, --csv      instead of a table\n"
      "  --plot FILE        draws the curves of the run, or with several sizes the cost and the\n"
      "                     times over the size: FILE.svg or FILE.png, with gnuplot\n\n"
      "Scenarios (with the defaults of --nodes and --minutes):\n";
  for (const auto& each : all_scenarios()) {
    std::ostringstream line;
    line << "  " << each.name << " (" << each.nodes << ", " << each.minutes << "): " << each.meaning
         << "\n";
    result += line.str();
  }
  result += "\nProfiles:\n";
  for (const auto& each : all_profiles())
    result.append("  ").append(each.name).append(": ").append(each.meaning).append("\n");
  return result + "\nSettings with their defaults:\n" + list_of_settings();
}

} // namespace caf_gossip::tools
