/// Two actor systems of one process, one asks and the other answers with what it was sent.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>

namespace caf_gossip::benchmarks {

inline constexpr std::size_t payload_bytes = 100;

struct load {
  /// Requests that are under way at any time.
  std::size_t window = 1;
  std::chrono::milliseconds lasting{1000};
};

struct outcome {
  double seconds = 0.0;
  /// Round-trip times in microseconds, one per answered request.
  std::vector<float> microseconds;
  /// The first error, if any.
  std::string error;
};

class echo {
public:
  virtual ~echo() = default;

  /// Asks until the time is over and all answers are there. Blocks.
  virtual outcome ask(const load& what) = 0;
};

/// Through `transport_actor` and TCP. Throws std::runtime_error when it cannot be set up.
std::unique_ptr<echo> make_transport_echo();

/// Through CAF's middleman, `publish` and `remote_actor`. Throws std::runtime_error when it cannot
/// be set up.
std::unique_ptr<echo> make_middleman_echo();

/// What both kinds of systems run with.
struct echo_config : caf::actor_system_config {
  echo_config() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
  }
};

} // namespace caf_gossip::benchmarks
