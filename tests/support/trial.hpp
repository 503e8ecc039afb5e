/// One run of a scenario, with everything needed to repeat it.
#pragma once

#include <functional>
#include <string>

#include "tests/support/virtual_cluster.hpp"

namespace caf_gossip::test {

class trial {
public:
  trial(std::string name, std::uint64_t seed, bool lossy);

  virtual_cluster cluster;

  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  /// Loss 30 %, duplication 10 % and reordering 10 % instead of a calm network.
  [[nodiscard]] bool lossy() const { return lossy_; }

  /// Fails the run with `claim` and the line that replays it, and ends it.
  void require(bool holds, const std::string& claim);

  /// Begins a graceful leave.
  void leave(int number);

  /// Names the run and how to repeat it.
  [[nodiscard]] std::string replay() const;

  /// Checks the invariants of the whole run.
  void conclude();

private:
  std::string name_;
  std::uint64_t seed_;
  bool lossy_;
};

/// Runs the scenario with `count` seeds on a calm and as many on a lossy network. The environment
/// CAF_GOSSIP_SEEDS=n runs n instead of `count`, CAF_GOSSIP_SEED=s only the seed s.
void for_seeds(const std::string& name, std::uint64_t count,
               const std::function<void(trial&)>& scenario);

} // namespace caf_gossip::test
