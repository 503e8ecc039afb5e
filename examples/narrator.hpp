/// Tells a person what nodes say, as it happens.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "examples/node_process.hpp"

namespace caf_gossip::examples {

/// Thread-safe; must outlive the nodes that it listens to. Says nothing unless it is `audible`.
class narrator {
public:
  explicit narrator(bool audible) : audible_(audible) {}

  /// Announces what is done next.
  void announce(const std::string& what);

  /// Returns a listener that prints the sentences of the node `name`.
  node_process::listener voice_of(const std::string& name);

private:
  void print(const std::string& who, const std::string& what);

  const bool audible_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
};

} // namespace caf_gossip::examples
