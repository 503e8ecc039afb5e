#include "caf_gossip/detector/overdue_heartbeat.hpp"

#include <algorithm>

namespace caf_gossip {

overdue_heartbeat::overdue_heartbeat(duration period, duration grace, time_point now)
    : period_(period), grace_(grace), last_(now), last_sign_(now) {}

void overdue_heartbeat::heartbeat(time_point now) {
  last_ = std::max(last_, now);
  sign_of_life(now);
}

void overdue_heartbeat::sign_of_life(time_point now) {
  last_sign_ = std::max(last_sign_, now);
}

double overdue_heartbeat::suspicion(time_point now) const {
  // A peer that was heard in another way is expected to keep the rhythm of its last heartbeat.
  const auto kept = last_ + (last_sign_ - last_) / period_ * period_;
  if (now <= kept)
    return 0.0;
  return std::chrono::duration<double>(now - kept)
         / std::chrono::duration<double>(period_ + grace_);
}

} // namespace caf_gossip
