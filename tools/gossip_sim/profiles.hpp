/// Presets of settings, to compare with other systems.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace caf_gossip::tools {

struct profile {
  std::string_view name;
  std::string_view meaning;
  /// Texts as for --set, for a cluster of so many nodes.
  std::vector<std::string> (*settings)(std::uint32_t nodes) = nullptr;
};

[[nodiscard]] std::span<const profile> all_profiles();
[[nodiscard]] std::optional<profile> find_profile(std::string_view name);

} // namespace caf_gossip::tools
