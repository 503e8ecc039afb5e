/// The commands of cluster_node.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "actors/cluster.hpp"

namespace caf_gossip::examples {

/// What a command brought: lines to print, and whether the program goes on.
struct command_result {
  std::vector<nlohmann::json> lines;
  bool goes_on = true;
};

/// Executes one line: `members`, `set KEY VALUE`, `get KEY`, `remove KEY`, `map-set KEY ENTRY
/// VALUE`, `map-get KEY ENTRY`, `map-del KEY ENTRY`, `blocked`, `unblock ID`, `await KEY VALUE`,
/// `leave` or `quit`. A value is the rest of the line; an empty line does nothing. Whatever goes
/// wrong becomes a line with the event "error".
[[nodiscard]] command_result execute(const std::string& line, cluster& node);

} // namespace caf_gossip::examples
