/// How far this node may trust its own judgement of others (Lifeguard 4.1: local health
/// multiplier).
#pragma once

#include <algorithm>
#include <cstdint>

#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

class local_health {
public:
  /// Lifeguard 5: S = 8.
  static constexpr std::uint32_t worst = 8;
  /// From here on it is more likely this node that is at fault than those it finds failed.
  static constexpr std::uint32_t unsound = 4;

  /// Something went wrong that is probably this node's own fault: an answer that should have come
  /// did not, a timer came late, it had to refute, it could not send, or not read fast enough.
  void worse() { score_ = std::min(score_ + 1, worst); }

  /// A probe went well, or a heartbeat came.
  void better() { score_ -= score_ > 0 ? 1 : 0; }

  /// 0 = healthy.
  [[nodiscard]] std::uint32_t score() const { return score_; }

  /// May this node accuse others?
  [[nodiscard]] bool is_sound() const { return score_ < unsound; }

  /// Waits longer for others, the worse this node is off itself.
  [[nodiscard]] duration patient(duration time) const { return time * (score_ + 1); }

private:
  std::uint32_t score_ = 0;
};

} // namespace caf_gossip
