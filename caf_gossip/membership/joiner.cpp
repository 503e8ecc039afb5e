#include "caf_gossip/membership/joiner.hpp"

#include <algorithm>
#include <utility>

namespace caf_gossip {

namespace {

/// Answers to requests older than this many are not waited for.
constexpr std::size_t open_requests_max = 64;

/// Whoever makes up nodes must not make this one call all of them.
constexpr std::size_t seeds_added_max = 16;

/// Who does not answer so often is gone again, or was made up. Whoever needs this node calls again.
constexpr int rounds_max = 8;

} // namespace

void joiner::start(std::vector<authority> seeds, time_point now) {
  stop();
  seeds_ = std::move(seeds);
  pause_ = retry_min_;
  if (!seeds_.empty())
    next_ = now;
}

void joiner::add(const authority& seed, time_point now) {
  if (!active()) {
    start({seed}, now);
    rounds_left_ = rounds_max;
  } else if (seeds_.size() < seeds_added_max
             && std::find(seeds_.begin(), seeds_.end(), seed) == seeds_.end()) {
    seeds_.push_back(seed);
  }
}

void joiner::stop() {
  seeds_.clear();
  position_ = 0;
  rounds_left_.reset();
  next_ = never;
  open_.clear();
}

std::optional<authority> joiner::next_attempt(std::uint64_t correlation, random_source& random,
                                              time_point now) {
  if (now < next_ || !active())
    return std::nullopt;
  const auto seed = seeds_[position_];
  position_ = (position_ + 1) % seeds_.size();
  next_ = now + retry_min_;
  if (position_ == 0) {
    const auto varied = 0.75 + random.fraction() / 2;
    next_ = now + std::chrono::duration_cast<duration>(pause_ * varied);
    pause_ = std::min(pause_ * 2, retry_max_);
    if (rounds_left_ && --*rounds_left_ == 0)
      next_ = never; // An answer to what was asked is welcome still.
  }
  if (open_.size() >= open_requests_max)
    open_.clear();
  open_.insert(correlation);
  return seed;
}

void joiner::failed(std::uint64_t correlation, time_point now) {
  if (open_.erase(correlation) > 0 && active() && position_ != 0)
    next_ = std::min(next_, now);
}

void joiner::postpone(time_point until) {
  if (active())
    next_ = std::max(next_, until);
}

} // namespace caf_gossip
