/// When to pass news on: the first piece at once, what follows within a batch, then repetitions
/// with growing pauses.
#pragma once

#include <algorithm>
#include <cstdint>

#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

class burst_pacer {
public:
  /// `repeats` bursts only repeat; each waits twice as long as the one before. 0 = no bursts.
  burst_pacer(duration batch, std::uint32_t repeats) : batch_(batch), repeats_(repeats) {}

  void news(time_point now) {
    done_ = 0;
    const auto earliest = last_ == time_point::min() ? now : std::max(now, last_ + batch_);
    if (repeats_ > 0)
      next_ = std::min(next_, earliest);
  }

  /// A burst is being sent. `untold`: not all that is new found room in it. `unfinished`: it is
  /// worth repeating.
  void sent(bool untold, bool unfinished, time_point now) {
    last_ = now;
    next_ = never;
    if (untold)
      next_ = now + batch_;
    else if (unfinished && ++done_ < repeats_)
      next_ = now + batch_ * (std::int64_t{1} << std::min(done_, 20U));
  }

  void clear() {
    done_ = 0;
    next_ = never;
  }

  [[nodiscard]] bool due(time_point now) const { return now >= next_; }
  [[nodiscard]] time_point next_deadline() const { return next_; }

private:
  duration batch_;
  std::uint32_t repeats_;
  std::uint32_t done_ = 0;
  time_point last_ = time_point::min();
  time_point next_ = never;
};

} // namespace caf_gossip
