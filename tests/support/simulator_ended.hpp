/// Runs that are over for good, and who still takes them for active.
///
/// The simulator knows when a process has ended or gone on as another incarnation. A node that lags
/// behind may see such a run as active for a while, and so may one that has buried it before and
/// comes back to others that have not yet. But when no living node sees it as active any more, it
/// is buried: only a message that was under way at that moment can still bring it up.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "tests/support/simulator_measures.hpp"

namespace caf_gossip::test {

class ended_runs {
public:
  using nodes = std::set<std::uint32_t>;

  /// A run is over. `holders` are the living nodes that take it for active; `sent` counts the
  /// messages so far. Harmless when that is known.
  void end(const incarnation_key& which, nodes holders, std::uint64_t sent);

  /// A node is no more, and what it knew with it.
  void gone(std::uint32_t node, std::uint64_t sent);

  /// A node has come to see a run as active or not while it handled the message with this number; 0
  /// = no message. Returns false when the run was buried before that message was sent.
  [[nodiscard]] bool seen(const incarnation_key& which, std::uint32_t node, bool active,
                          std::uint64_t message, std::uint64_t sent);

private:
  struct ended {
    nodes holders;
    /// The messages that had been sent when the last holder gave it up.
    std::uint64_t sent = 0;
  };

  std::map<incarnation_key, ended> runs_;
};

} // namespace caf_gossip::test
