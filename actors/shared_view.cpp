#include "actors/shared_view.hpp"

#include <utility>

namespace caf_gossip {

void shared_view::set_snapshot(membership_snapshot value) {
  auto fresh = std::make_shared<const membership_snapshot>(std::move(value));
  {
    const std::lock_guard guard{mutex_};
    snapshot_ = std::move(fresh);
  }
  changed_.notify_all();
}

shared_view::snapshot_ptr shared_view::snapshot() const {
  const std::lock_guard guard{mutex_};
  return snapshot_;
}

topology shared_view::applied() const {
  const std::lock_guard guard{mutex_};
  return view_.current();
}

bool shared_view::wait(const std::function<bool(const membership_snapshot&)>& done,
                       std::chrono::milliseconds limit) const {
  std::unique_lock guard{mutex_};
  return changed_.wait_for(guard, limit, [&] { return done(*snapshot_); });
}

} // namespace caf_gossip
