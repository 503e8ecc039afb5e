/// The gossiper core: one lifecycle and one rhythm for both payload planes.
///
/// It owns the periodic loop: every `gossip_interval` it asks for one membership round. The
/// key/value plane has its place here: set_topology names the peers it will exchange state with.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "caf_gossip/base/config.hpp"
#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

/// created → running → stopping → stopped → running ...
enum class gossiper_state : std::uint8_t { created = 0, running = 1, stopping = 2, stopped = 3 };

[[nodiscard]] std::string_view to_string(gossiper_state state);

struct gossiper_outcome {
  /// Membership rounds to run now: 0 or 1, because missed ticks are coalesced.
  std::uint32_t rounds = 0;
};

class gossiper {
public:
  /// Has no side effects. `cfg` must be valid.
  explicit gossiper(const config& cfg) : interval_(cfg.gossip_interval) {}

  /// Begins the loop; the first tick is due one interval later. Errors: already_started (running or
  /// stopping: the running loop is not disturbed).
  expected<void> start(const node_id& self, time_point now);

  /// Refuses new work from now on; the loop runs until `finish_stop`, so that a goodbye can still
  /// go out. Errors: not_started, already_stopped (also while stopping).
  expected<void> begin_stop();

  /// Ends the loop. Errors: invalid_state unless stopping.
  expected<void> finish_stop();

  /// Goes back to stopped after a start that failed halfway.
  void abandon_start();

  /// Names all members; this node itself is no peer of its own.
  void set_topology(const std::vector<member_ref>& members);

  /// Lets time pass. Ticks are due at start + k * interval, however late they are executed.
  void tick(time_point now);

  [[nodiscard]] gossiper_outcome take_outcome();
  [[nodiscard]] time_point next_deadline() const { return next_; }

  /// Errors: not_started (never started), already_stopped (stopping or stopped).
  [[nodiscard]] expected<void> require_running() const;

  [[nodiscard]] gossiper_state state() const { return state_; }
  /// Ticks executed since construction.
  [[nodiscard]] std::uint64_t ticks() const { return ticks_; }
  [[nodiscard]] const std::vector<member_ref>& peers() const { return peers_; }

private:
  duration interval_;
  gossiper_state state_ = gossiper_state::created;
  node_id self_;
  std::vector<member_ref> peers_;
  time_point next_ = never;
  std::uint64_t ticks_ = 0;
  gossiper_outcome outcome_;
};

} // namespace caf_gossip
