/// The command line of gossip_sim.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "caf_gossip/base/config.hpp"
#include "tools/gossip_sim/outcome.hpp"

namespace caf_gossip::tools {

struct options {
  std::string scenario;
  std::uint32_t nodes = 0;
  double minutes = 0;
  double loss = 0;
  std::uint64_t seed = 1;
  std::uint32_t seeds = 1;
  config cfg;
  /// What was said by --set and --profile, to say it again.
  std::vector<std::string> said;
  report_format format = report_format::table;
  std::string plot;
  /// The membership alone.
  bool without_state = false;
  bool wants_help = false;
};

/// Errors: invalid_argument with a text for people.
expected<options> read_options(const std::vector<std::string>& arguments);

/// Returns the command that repeats the run with one seed.
std::string command_line(const options& what, std::uint64_t seed);

std::string help_text();

} // namespace caf_gossip::tools
