/// Benchmarks whose numbers only mean something beside each other.
///
/// A shared machine is never equally fast twice, so the repetitions of all benchmarks of one
/// program are run in random order and the medians of the same run are compared.
#pragma once

#include <string>
#include <vector>

namespace caf_gossip::benchmarks {

/// Two benchmarks by name: `fast` is expected to be `target` times as fast as `slow`; 0 = no
/// target.
struct comparison {
  std::string fast;
  std::string slow;
  double target = 0.0;
};

/// Runs the registered benchmarks as the command line says, prints their medians and then one line
/// per comparison. Returns the exit code: 0, or 1 when the command line was not understood or
/// nothing was run. A missed target is printed and does not change the exit code.
int run_and_compare(int argc, char** argv, const std::vector<comparison>& comparisons);

} // namespace caf_gossip::benchmarks
