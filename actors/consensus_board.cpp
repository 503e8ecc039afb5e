#include "actors/consensus_board.hpp"

#include <atomic>
#include <string>
#include <utility>

#include "actors/deadline.hpp"

namespace caf_gossip {

namespace {

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

} // namespace

// What a check's owner handed over is neither copied nor destroyed under the lock: it may be a
// handle, or anything else that calls back.

expected<std::uint64_t> consensus_board::refuse(errc code, std::string text) {
  ++refused_;
  return fail(code, std::move(text));
}

expected<std::uint64_t> consensus_board::add(consensus_check check, callback tell) {
  // Only a registry knows what is allowed; the actor's must not be waited for.
  const auto valid = consensus_checks{}.add(0, check);
  item fresh;
  if (tell)
    fresh.tell = std::make_shared<const callback>(std::move(tell));
  const std::lock_guard guard{mutex_};
  if (!valid)
    return refuse(valid.error().code, valid.error().text);
  if (is_closed_)
    return refuse(errc::already_stopped, "the actor system ends");
  if (items_.size() >= consensus_checks::checks_max)
    return refuse(errc::limit_reached, "there are " + std::to_string(consensus_checks::checks_max)
                                           + " consensus checks; no more are allowed");
  const auto id = next_id();
  items_.emplace(id, std::move(fresh));
  pending_.added.emplace(id, std::move(check));
  // Under the lock, so that the actor is still there: it closes the board before it ends.
  bell_->press();
  return id;
}

void consensus_board::remove(std::uint64_t id) {
  decltype(items_)::node_type known;
  decltype(pending_.added)::node_type unseen;
  const std::lock_guard guard{mutex_};
  known = items_.extract(id);
  if (known.empty())
    return;
  unseen = pending_.added.extract(id);
  if (unseen.empty())
    pending_.removed.push_back(id);
  changed_.notify_all();
  bell_->press();
}

consensus_board::value_ptr consensus_board::value(std::uint64_t id) const {
  const std::lock_guard guard{mutex_};
  const auto found = items_.find(id);
  return found == items_.end() ? nullptr : found->second.value;
}

consensus_board::value_ptr consensus_board::wait(std::uint64_t id, milliseconds limit) const {
  const auto deadline = deadline_after(limit);
  const auto is_stopped = [](const gossiper& core) {
    return core.state() == gossiper_state::stopped;
  };
  std::unique_lock guard{mutex_};
  for (bool is_late = false;;) {
    const auto found = items_.find(id);
    if (found == items_.end())
      return nullptr;
    if (found->second.value || is_late || state_->read(is_stopped))
      return found->second.value;
    ++waiting_;
    is_late = changed_.wait_until(guard, deadline) == std::cv_status::timeout;
    --waiting_;
  }
}

consensus_stats consensus_board::stats() const {
  const std::lock_guard guard{mutex_};
  return {items_.size(), refused_, waiting_};
}

// -- for the consensus actor ----------------------------------------------------------------------

consensus_board::changes consensus_board::take() {
  const std::lock_guard guard{mutex_};
  return std::exchange(pending_, {});
}

std::shared_ptr<const consensus_board::callback> consensus_board::set(std::uint64_t id,
                                                                      value_ptr now) {
  // `now` leaves with the value before.
  const std::lock_guard guard{mutex_};
  const auto found = items_.find(id);
  if (found == items_.end())
    return nullptr;
  auto& [tell, value] = found->second;
  const bool is_news = value || now;
  value.swap(now);
  changed_.notify_all();
  return is_news ? tell : nullptr;
}

void consensus_board::wake() {
  const std::lock_guard guard{mutex_};
  changed_.notify_all();
}

void consensus_board::close() {
  decltype(items_) known;
  changes unseen;
  const std::lock_guard guard{mutex_};
  is_closed_ = true;
  known.swap(items_);
  unseen = std::exchange(pending_, {});
  changed_.notify_all();
}

} // namespace caf_gossip
