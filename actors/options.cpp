#include "actors/options.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include <caf/actor_system_config.hpp>
#include <caf/config_option.hpp>
#include <caf/config_option_set.hpp>
#include <caf/config_value.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/make_config_option.hpp>
#include <caf/settings.hpp>

#include "caf_gossip/base/settings.hpp"

namespace caf_gossip {

namespace {

using meta_state = caf::config_option::meta_state;

/// Gives access to the options of a configuration whose class is not ours.
struct config_access : caf::actor_system_config {
  static caf::config_option_set& options(caf::actor_system_config& cfg) {
    return cfg.*(&config_access::custom_options_);
  }
};

// -- declaring ----------------------------------------------------------------------------------

/// The type that CAF parses on the command line for a field of ours.
template <class Field>
struct cli_type {
  using type = Field;
};

template <>
struct cli_type<milliseconds> {
  using type = caf::timespan;
};

template <>
struct cli_type<std::optional<milliseconds>> {
  using type = caf::timespan;
};

caf::expected<caf::config_value> parse_time_or_disabled(void* value, caf::string_view text) {
  if (std::string_view{text.data(), text.size()} == disabled_text)
    return caf::config_value{std::string{disabled_text}};
  return caf::detail::option_meta_state_instance<caf::timespan>()->parse(value, text);
}

/// Parses like CAF on the command line, but lets every value of a file through, so that
/// `read_config` sees what is wrong with it.
template <class Field>
const meta_state* lenient() {
  static const auto state = [] {
    auto result = *caf::detail::option_meta_state_instance<typename cli_type<Field>::type>();
    result.check = [](const caf::config_value&) { return caf::error{}; };
    result.store = [](void*, const caf::config_value&) {};
    if constexpr (std::is_same_v<Field, std::optional<milliseconds>>)
      result.parse = parse_time_or_disabled;
    // Under its own name for the type, CAF has flags that can only be switched on.
    if constexpr (std::is_same_v<Field, bool>)
      result.type_name = "true or false";
    return result;
  }();
  return &state;
}

caf::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

// -- reading ------------------------------------------------------------------------------------

/// Takes a value of the configuration into a field. Returns whether its type fits.
bool take(const caf::config_value& from, bool& to) {
  const auto* value = caf::get_if<bool>(&from);
  if (value != nullptr)
    to = *value;
  return value != nullptr;
}

bool take(const caf::config_value& from, std::string& to) {
  const auto* value = caf::get_if<std::string>(&from);
  if (value != nullptr)
    to = *value;
  return value != nullptr;
}

bool take(const caf::config_value& from, double& to) {
  if (const auto* real = caf::get_if<double>(&from)) {
    to = *real;
    return true;
  }
  const auto* whole = caf::get_if<std::int64_t>(&from);
  if (whole != nullptr)
    to = static_cast<double>(*whole);
  return whole != nullptr;
}

template <class Integer>
requires std::is_unsigned_v<Integer>
bool take(const caf::config_value& from, Integer& to) {
  const auto* value = caf::get_if<std::int64_t>(&from);
  if (value == nullptr || !std::in_range<Integer>(*value))
    return false;
  to = static_cast<Integer>(*value);
  return true;
}

bool take(const caf::config_value& from, milliseconds& to) {
  const auto* value = caf::get_if<caf::timespan>(&from);
  if (value == nullptr || *value % milliseconds{1} != caf::timespan{0})
    return false;
  to = std::chrono::duration_cast<milliseconds>(*value);
  return true;
}

bool take(const caf::config_value& from, std::optional<milliseconds>& to) {
  const auto* text = caf::get_if<std::string>(&from);
  if (text != nullptr && *text == disabled_text) {
    to.reset();
    return true;
  }
  milliseconds value{};
  if (!take(from, value))
    return false;
  to = value;
  return true;
}

bool take(const caf::config_value& from, std::vector<std::string>& to) {
  const auto* list = caf::get_if<caf::config_value::list>(&from);
  if (list == nullptr)
    return false;
  to.clear();
  for (const auto& item : *list) {
    std::string text;
    if (!take(item, text))
      return false;
    to.push_back(std::move(text));
  }
  return true;
}

/// Returns the group, nullptr when there is none.
expected<const caf::config_value::dictionary*> group_of(const caf::actor_system_config& cfg) {
  const auto found = cfg.content.find(view(settings_group));
  if (found == cfg.content.end())
    return nullptr;
  if (const auto* group = caf::get_if<caf::config_value::dictionary>(&found->second))
    return group;
  return fail(errc::invalid_config,
              "gossip = " + caf::to_string(found->second) + "; allowed is a group of settings");
}

expected<void> only_known_names(const caf::config_value::dictionary& group) {
  config defaults;
  for (const auto& entry : group) {
    const std::string name = entry.first;
    bool known = false;
    std::string names;
    for_each_setting(defaults, [&](const setting& what, auto&) {
      known = known || what.name == name;
      names.append(names.empty() ? "" : ", ").append(what.name);
    });
    if (!known)
      return fail(errc::invalid_config, "gossip." + name + " is no option; there are " + names);
  }
  return {};
}

} // namespace

void add_options(caf::actor_system_config& cfg) {
  auto& options = config_access::options(cfg);
  if (options.qualified_name_lookup("gossip.node-id") != nullptr)
    return;
  config defaults;
  for_each_setting(defaults, [&]<class Field>(const setting& what, Field&) {
    options.add(caf::config_option{view(settings_group), view(what.name), view(what.meaning),
                                   lenient<Field>()});
  });
}

expected<config> read_config(const caf::actor_system_config& cfg) {
  config result;
  const auto found_group = group_of(cfg);
  if (!found_group)
    return fail(found_group.error().code, found_group.error().text);
  if (const auto* group = *found_group) {
    if (auto known = only_known_names(*group); !known)
      return fail(known.error().code, known.error().text);
    expected<void> taken;
    for_each_setting(result, [&](const setting& what, auto& field) {
      const auto found = group->find(view(what.name));
      if (found == group->end() || take(found->second, field) || !taken)
        return;
      taken = fail(errc::invalid_config,
                   refusal_text(what.name, caf::to_string(found->second), allowed(what, field)));
    });
    if (!taken)
      return fail(taken.error().code, taken.error().text);
  }
  if (auto valid = validate(result); !valid)
    return fail(valid.error().code, valid.error().text);
  return result;
}

} // namespace caf_gossip
