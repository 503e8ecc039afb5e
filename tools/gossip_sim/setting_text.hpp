/// Settings of a node from texts: "name=value", as in a configuration file.
#pragma once

#include <string>
#include <string_view>

#include "caf_gossip/base/config.hpp"

namespace caf_gossip::tools {

/// Sets what `text` says, for example "suspicion-timeout=2s". Errors: invalid_config naming the
/// setting, the value and what is allowed.
expected<void> apply_setting(std::string_view text, config& to);

/// Returns the names of all settings with their defaults, one per line.
std::string list_of_settings();

} // namespace caf_gossip::tools
