/// Presets of settings, to compare with other systems.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace caf_gossip::tools {

/// Texts as for --set.
struct profile {
  std::string_view name;
  std::string_view meaning;
  std::span<const std::string_view> settings;
};

[[nodiscard]] std::span<const profile> all_profiles();
[[nodiscard]] std::optional<profile> find_profile(std::string_view name);

} // namespace caf_gossip::tools
