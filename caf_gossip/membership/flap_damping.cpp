#include "caf_gossip/membership/flap_damping.hpp"

#include <algorithm>
#include <cmath>

namespace caf_gossip {

namespace {

/// RFC 2439 4.2: a route is used again below a limit lower than the one that it is suppressed at.
constexpr double reuse_share = 0.5;

/// What is left of a penalty below this says nothing any more.
constexpr double least_penalty = 0.1;

} // namespace

double flap_damping::decayed(const history& of, time_point now) const {
  const auto half_lives = std::chrono::duration<double>(now - of.penalty_at)
                          / std::chrono::duration<double>(how_.half_life);
  return of.penalty * std::exp2(-half_lives);
}

/// Nothing of it would have an effect any more.
bool flap_damping::is_over(const history& of, time_point now) const {
  return decayed(of, now) < least_penalty
         && (of.removals == 0 || now >= of.out_until + how_.keep_out_max);
}

flap_damping::history& flap_damping::of(const node_id& who, time_point now) {
  if (const auto known = histories_.find(who); known != histories_.end())
    return known->second;
  if (histories_.size() >= members_max)
    std::erase_if(histories_, [&](const auto& item) { return is_over(item.second, now); });
  if (histories_.size() >= members_max) {
    ++dropped_;
    const auto last_change = [](const auto& item) {
      return std::max(item.second.penalty_at, item.second.out_until);
    };
    histories_.erase(std::min_element(
        histories_.begin(), histories_.end(),
        [&](const auto& lhs, const auto& rhs) { return last_change(lhs) < last_change(rhs); }));
  }
  return histories_[who];
}

void flap_damping::came_back(const node_id& who, time_point now) {
  if (how_.cut_off <= 0)
    return;
  auto& known = of(who, now);
  const bool was_flapping = is_flapping(who, now);
  known.penalty = decayed(known, now) + 1;
  known.penalty_at = now;
  known.above_cut_off = was_flapping || known.penalty >= how_.cut_off;
}

duration flap_damping::removed(const node_id& who, time_point now) {
  auto& known = of(who, now);
  const auto longest = std::max(how_.keep_out, how_.keep_out_max);
  if (known.removals > 0 && now >= known.out_until + longest)
    known.removals = 0;
  auto result = how_.keep_out;
  for (std::uint32_t i = 0; i < known.removals && result < longest; ++i)
    result = std::min(longest, result * 2);
  ++known.removals;
  known.out_until = now + result;
  return result;
}

bool flap_damping::is_flapping(const node_id& who, time_point now) const {
  const auto known = histories_.find(who);
  return known != histories_.end() && known->second.above_cut_off
         && decayed(known->second, now) >= how_.cut_off * reuse_share;
}

double flap_damping::penalty(const node_id& who, time_point now) const {
  const auto known = histories_.find(who);
  return known == histories_.end() ? 0 : decayed(known->second, now);
}

} // namespace caf_gossip
