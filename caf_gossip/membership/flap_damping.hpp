/// Members that come and go again and again (RFC 2439, route flap damping).
///
/// Each suspicion that several observers shared, and that the member came back from, adds one to
/// its penalty, which halves in every half-life (4.2). At the cut-off the member is flapping, until
/// the penalty is below the reuse limit. And each removal within a while of the one before doubles
/// the time that the member is kept out for. Only numbers: what follows is the coordinator's
/// business.
#pragma once

#include <cstdint>
#include <map>

#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

class flap_damping {
public:
  struct options {
    /// Penalty from which on a member is flapping; 0 = none ever is.
    double cut_off = 0;
    /// The penalty halves in this time; at least 1 ms.
    duration half_life = std::chrono::seconds{30};
    /// How long the first removal keeps out, and the longest; a member that has been in for the
    /// longest time begins anew. Not less than `keep_out` counts.
    duration keep_out = std::chrono::seconds{10};
    duration keep_out_max = std::chrono::minutes{10};
  };

  /// Members remembered at most.
  static constexpr std::size_t members_max = 1024;

  explicit flap_damping(const options& how) : how_(how) {}

  /// A member came back from a suspicion that several shared.
  void came_back(const node_id& who, time_point now);

  /// A member was removed. Returns how long it is kept out.
  duration removed(const node_id& who, time_point now);

  [[nodiscard]] bool is_flapping(const node_id& who, time_point now) const;
  [[nodiscard]] double penalty(const node_id& who, time_point now) const;

  void clear() { histories_.clear(); }
  [[nodiscard]] std::size_t size() const { return histories_.size(); }
  /// Members that were forgotten because of the bound.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
  struct history {
    /// As it was at `penalty_at`.
    double penalty = 0;
    time_point penalty_at{};
    bool above_cut_off = false;
    /// Removals in a row, and when the last of them kept out no more.
    std::uint32_t removals = 0;
    time_point out_until{};
  };

  [[nodiscard]] double decayed(const history& of, time_point now) const;
  history& of(const node_id& who, time_point now);
  [[nodiscard]] bool is_over(const history& of, time_point now) const;

  options how_;
  std::map<node_id, history> histories_;
  std::uint64_t dropped_ = 0;
};

} // namespace caf_gossip
