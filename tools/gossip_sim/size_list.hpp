/// Sizes of clusters as a list: "10,100,1000".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "caf_gossip/base/errc.hpp"

namespace caf_gossip::tools {

/// Returns the sizes from small to large, at least one. Errors: invalid_argument with a text that
/// says what is wrong and what is allowed.
expected<std::vector<std::uint32_t>> read_sizes(const std::string& text);

} // namespace caf_gossip::tools
