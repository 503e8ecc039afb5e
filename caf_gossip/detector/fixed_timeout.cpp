#include "caf_gossip/detector/fixed_timeout.hpp"

#include <algorithm>

namespace caf_gossip {

fixed_timeout::fixed_timeout(std::chrono::milliseconds timeout, time_point now)
    : timeout_(std::max(timeout, std::chrono::milliseconds{1})), last_(now) {}

void fixed_timeout::heartbeat(time_point now) {
  last_ = std::max(last_, now);
}

double fixed_timeout::suspicion(time_point now) const {
  const std::chrono::duration<double> silence = std::max(now, last_) - last_;
  return silence / std::chrono::duration<double>{timeout_};
}

} // namespace caf_gossip
