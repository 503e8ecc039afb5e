#include "actors/shared_gossiper.hpp"

#include "actors/deadline.hpp"
#include "actors/wall_clock.hpp"

namespace caf_gossip {

shared_gossiper::shared_gossiper(const config& cfg, std::uint64_t seed, time_source now)
    : now_(std::move(now)), clock_(wall_clock(now_())), core_(cfg, seed, clock_) {}

void shared_gossiper::leave(lock& guard, bool has_changed, bool is_awaited) {
  ++calls_;
  const bool has_waiters = waiting_ > 0;
  guard.unlock();
  if (has_waiters)
    called_.notify_all();
  if (is_awaited && outcome_bell_)
    outcome_bell_->press();
  if (has_changed)
    for (const auto& bell : change_bells_)
      bell->press();
}

namespace {

/// Counts one more while it lives, even when a user's code throws.
class counted {
public:
  explicit counted(std::atomic<std::uint64_t>& what) : what_(what) { ++what_; }
  ~counted() { --what_; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;

private:
  std::atomic<std::uint64_t>& what_;
};

} // namespace

bool shared_gossiper::wait_until(const std::function<bool()>& done, milliseconds limit) const {
  const auto deadline = deadline_after(limit);
  const counted me{waiting_};
  for (;;) {
    const auto seen = read([this](const gossiper&) { return calls_; });
    if (done())
      return true;
    lock guard{mutex_};
    if (!called_.wait_until(guard, deadline, [&] { return calls_ != seen; }))
      return false;
  }
}

std::vector<blocked_view> shared_gossiper::blocks() const {
  std::vector<blocked_view> result;
  for (const auto& who : read([](const gossiper& core) { return core.blocks(); }))
    result.push_back({who.id, who.incarnation, who.reason, clock_.at(who.since)});
  return result;
}

} // namespace caf_gossip
