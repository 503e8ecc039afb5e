/// The gossiper core behind one lock, for the gossiper actor and for everybody who reads and writes
/// state directly, from any thread and from the handlers of actors.
///
/// Nobody waits for an actor: the lock is held for one call of the core at a time. What comes out
/// of the core is carried out by the gossiper actor, which the doorbell wakes.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

#include "actors/blocked_view.hpp"
#include "actors/doorbell.hpp"
#include "caf_gossip/base/config.hpp"
#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/state/gossiper.hpp"

namespace caf_gossip {

class shared_gossiper {
public:
  using time_source = std::function<time_point()>;

  /// `cfg` must be valid; `now` is called from any thread.
  shared_gossiper(const config& cfg, std::uint64_t seed, time_source now);

  // -- wiring, before anybody else uses it --------------------------------------------------------

  /// Pressed when there is an outcome to carry out, or an earlier deadline to wait for.
  void on_outcome(std::shared_ptr<doorbell> bell) { outcome_bell_ = std::move(bell); }
  /// Adds one that is pressed when the revision has changed.
  void on_change(std::shared_ptr<doorbell> bell) { change_bells_.push_back(std::move(bell)); }

  // -- calls of the core --------------------------------------------------------------------------

  /// Returns what `call(core, now)` returns. It runs under the lock, so it does nothing else.
  template <class Call>
  auto with(Call&& call) {
    lock guard{mutex_};
    return run(guard, std::forward<Call>(call));
  }

  /// The same for a call that returns an `expected`. Errors: timeout, when the lock was not to be
  /// had within `limit`; nothing was called then.
  template <class Call>
  auto try_with(Call&& call, milliseconds limit)
      -> std::invoke_result_t<Call, gossiper&, time_point> {
    lock guard{mutex_, limit};
    if (!guard)
      return fail(errc::timeout,
                  "the store stayed busy for " + std::to_string(limit.count()) + "ms");
    return run(guard, std::forward<Call>(call));
  }

  /// Returns what `call(core)` returns, which changes nothing.
  template <class Call>
  auto read(Call&& call) const {
    const std::lock_guard guard{mutex_};
    return std::forward<Call>(call)(std::as_const(core_));
  }

  /// For the gossiper actor alone: calls `call(core, now)` and takes the outcome.
  template <class Call>
  gossiper_outcome drive(Call&& call) {
    if (outcome_bell_)
      outcome_bell_->come();
    lock guard{mutex_};
    const auto before = core_.revision();
    std::forward<Call>(call)(core_, now_());
    auto result = core_.take_outcome();
    leave(guard, core_.revision() != before, false);
    return result;
  }

  // -- waiting ------------------------------------------------------------------------------------

  /// Waits until `done`, which is called outside the lock and again after every change that it
  /// could see. Returns whether it was fulfilled within `limit`. Not for the handlers of actors.
  bool wait_until(const std::function<bool()>& done, milliseconds limit) const;

  // -- observers ----------------------------------------------------------------------------------

  /// The block list for people, sorted by id.
  [[nodiscard]] std::vector<blocked_view> blocks() const;
  [[nodiscard]] time_point now() const { return now_(); }

  /// Values of members that were not of the type they were read as.
  [[nodiscard]] std::uint64_t undecodable() const { return undecodable_; }
  void count_undecodable() { ++undecodable_; }

private:
  using lock = std::unique_lock<std::timed_mutex>;

  template <class Call>
  auto run(lock& guard, Call&& call) {
    const auto before = core_.revision();
    const auto deadline = core_.next_deadline();
    const auto finish = [&] {
      const bool is_awaited = core_.has_outcome() || core_.next_deadline() < deadline;
      leave(guard, core_.revision() != before, is_awaited);
    };
    if constexpr (std::is_void_v<std::invoke_result_t<Call, gossiper&, time_point>>) {
      std::forward<Call>(call)(core_, now_());
      finish();
    } else {
      auto result = std::forward<Call>(call)(core_, now_());
      finish();
      return result;
    }
  }

  /// Ends a call: unlocks, then wakes whom it concerns.
  void leave(lock& guard, bool has_changed, bool is_awaited);

  time_source now_;
  unix_clock clock_;
  mutable std::timed_mutex mutex_;
  mutable std::condition_variable_any called_;
  gossiper core_;
  /// Calls so far. What peers have acknowledged changes without a new revision.
  std::uint64_t calls_ = 0;
  mutable std::atomic<std::uint64_t> waiting_{0};
  std::shared_ptr<doorbell> outcome_bell_;
  std::vector<std::shared_ptr<doorbell>> change_bells_;
  std::atomic<std::uint64_t> undecodable_{0};
};

} // namespace caf_gossip
