#include "caf_gossip/state/gossiper.hpp"

#include <array>
#include <string>
#include <utility>

namespace caf_gossip {

std::string_view to_string(gossiper_state state) {
  static constexpr std::array<std::string_view, 4> names{"created", "running", "stopping",
                                                         "stopped"};
  const auto index = static_cast<std::size_t>(state);
  return index < names.size() ? names[index] : std::string_view{"unknown"};
}

expected<void> gossiper::start(const node_id& self, time_point now) {
  if (state_ == gossiper_state::running || state_ == gossiper_state::stopping)
    return fail(errc::already_started, "the gossiper is " + std::string{to_string(state_)});
  state_ = gossiper_state::running;
  self_ = self;
  next_ = now + interval_;
  return {};
}

expected<void> gossiper::begin_stop() {
  if (auto running = require_running(); !running)
    return running;
  state_ = gossiper_state::stopping;
  return {};
}

expected<void> gossiper::finish_stop() {
  if (state_ != gossiper_state::stopping)
    return fail(errc::invalid_state,
                "the gossiper is " + std::string{to_string(state_)} + ", not stopping");
  abandon_start();
  return {};
}

void gossiper::abandon_start() {
  state_ = gossiper_state::stopped;
  peers_.clear();
  next_ = never;
  outcome_ = {};
}

void gossiper::set_topology(const std::vector<member_ref>& members) {
  if (state_ != gossiper_state::running && state_ != gossiper_state::stopping)
    return;
  peers_.clear();
  for (const auto& who : members)
    if (who.id != self_)
      peers_.push_back(who);
}

void gossiper::tick(time_point now) {
  if (now < next_)
    return;
  next_ += interval_ * ((now - next_) / interval_ + 1);
  ++ticks_;
  outcome_.rounds = 1;
}

gossiper_outcome gossiper::take_outcome() {
  return std::exchange(outcome_, {});
}

expected<void> gossiper::require_running() const {
  switch (state_) {
    case gossiper_state::running:
      return {};
    case gossiper_state::created:
      return fail(errc::not_started, "the gossiper was not started");
    case gossiper_state::stopping:
    case gossiper_state::stopped:
      break;
  }
  return fail(errc::already_stopped, "the gossiper is " + std::string{to_string(state_)});
}

} // namespace caf_gossip
