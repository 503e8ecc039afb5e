/// The command line of gossip_sim.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "caf_gossip/base/config.hpp"
#include "tools/gossip_sim/expectation.hpp"

namespace caf_gossip::tools {

enum class report_format { table, json, csv };

struct options {
  /// How it was called, for commands that repeat a run.
  std::string program = "gossip_sim";
  std::string scenario;
  /// The sizes of the clusters to run, from small to large.
  std::vector<std::uint32_t> sizes;
  /// The size of the run at hand.
  std::uint32_t nodes = 0;
  double minutes = 0;
  double loss = 0;
  std::uint64_t seed = 1;
  std::uint32_t seeds = 1;
  config cfg;
  /// What was said by --set and --profile, in this order.
  std::vector<std::pair<std::string, std::string>> said;
  std::vector<expectation> expectations;
  report_format format = report_format::table;
  std::string plot;
  /// The membership alone.
  bool without_state = false;
  bool wants_help = false;
};

/// Errors: invalid_argument with a text for people.
expected<options> read_options(const std::vector<std::string>& arguments);

/// Returns the same for clusters of one size. Settings of a profile may follow the size. Errors:
/// invalid_argument or invalid_config with a text for people.
expected<options> with_size(options what, std::uint32_t nodes);

/// Returns the command that repeats the run with one seed, for a shell.
std::string command_line(const options& what, std::uint64_t seed);

std::string help_text();

} // namespace caf_gossip::tools
