/// How long a peer that cannot be reached is left alone.
#pragma once

#include <algorithm>
#include <chrono>

#include "caf_gossip/base/random.hpp"
#include "caf_gossip/base/time.hpp"

namespace caf_gossip::net {

/// The first pause is `least`, each further one twice as long up to `most`. Every pause is spread
/// by up to a quarter, so that peers which failed together do not come back together.
class back_off {
public:
  back_off(std::chrono::milliseconds least, std::chrono::milliseconds most)
      : least_(least), most_(most) {}

  void failed(time_point now, random_source& random) {
    pause_ = pause_.count() == 0 ? least_ : std::min(pause_ * 2, most_);
    const auto spread = static_cast<std::uint64_t>(pause_.count() / 4 + 1);
    until_ = now + pause_ + std::chrono::milliseconds{random.below(spread)};
  }

  void succeeded() {
    pause_ = std::chrono::milliseconds{0};
    until_ = time_point::min();
  }

  /// Tells whether an attempt at `now` would be too early.
  [[nodiscard]] bool pauses(time_point now) const { return now < until_; }

private:
  std::chrono::milliseconds least_;
  std::chrono::milliseconds most_;
  std::chrono::milliseconds pause_{0};
  time_point until_ = time_point::min();
};

} // namespace caf_gossip::net
