/// Which seed to ask next, and when, until one of them lets this node in.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "caf_gossip/base/authority.hpp"
#include "caf_gossip/base/random.hpp"
#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

/// Asks all seeds one after the other, `retry_min` apart and at once when one fails, then pauses.
/// The pause doubles from round to round up to `retry_max` and varies by a quarter, so that nodes
/// that were started together do not keep asking together.
class joiner {
public:
  joiner(duration retry_min, duration retry_max) : retry_min_(retry_min), retry_max_(retry_max) {}

  /// Begins with the first seed. No seeds: nothing to do.
  void start(std::vector<authority> seeds, time_point now);
  void stop();

  /// Asks `seed`, too. Of such there are few: without effect when there are 16 seeds already. When
  /// nobody else is being asked, it gives up after eight rounds.
  void add(const authority& seed, time_point now);

  /// Returns the seed to ask now, if it is time. `correlation` is the number of that request.
  std::optional<authority> next_attempt(std::uint64_t correlation, random_source& random,
                                        time_point now);

  /// A request failed or was refused: the next seed of the round need not wait.
  void failed(std::uint64_t correlation, time_point now);

  /// Asking before `until` is pointless.
  void postpone(time_point until);

  /// Tells whether `correlation` is one of our requests that is still open.
  [[nodiscard]] bool is_open(std::uint64_t correlation) const {
    return open_.contains(correlation);
  }

  [[nodiscard]] bool active() const { return next_ != never; }
  [[nodiscard]] time_point next_deadline() const { return next_; }
  [[nodiscard]] const std::vector<authority>& seeds() const { return seeds_; }

private:
  duration retry_min_;
  duration retry_max_;
  std::vector<authority> seeds_;
  std::size_t position_ = 0;
  duration pause_{};
  /// Before it gives up; nothing = never.
  std::optional<int> rounds_left_;
  time_point next_ = never;
  std::set<std::uint64_t> open_;
};

} // namespace caf_gossip
