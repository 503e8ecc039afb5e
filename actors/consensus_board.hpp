/// The consensus checks of a node: what their owners and the consensus actor share.
///
/// Owners add, remove and wait from any thread, without a message and without ever running code of
/// a check; the consensus actor takes over what was added and enters what it has found.
#pragma once

#include <any>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/doorbell.hpp"
#include "actors/shared_gossiper.hpp"
#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/state/consensus.hpp"

namespace caf_gossip {

struct consensus_stats {
  /// Registered now, at most `consensus_checks::checks_max`.
  std::uint64_t checks = 0;
  /// Registrations that were refused.
  std::uint64_t refused = 0;
  /// Threads that wait for agreement now.
  std::uint64_t waiting = 0;

  friend bool operator==(const consensus_stats&, const consensus_stats&) = default;
};

/// Thread-safe. Outlives the actor and its system when handles do; it is empty then.
class consensus_board {
public:
  /// Told of every change: the value agreed upon, or an empty one when agreement is lost.
  using callback = std::function<void(const std::any&)>;
  /// nullptr without agreement.
  using value_ptr = std::shared_ptr<const std::any>;

  explicit consensus_board(std::shared_ptr<const shared_gossiper> state)
      : state_(std::move(state)) {}

  // -- for everybody ------------------------------------------------------------------------------

  /// Returns the id of the new check, which is unique in this process and never 0. Errors: those of
  /// `consensus_checks::add`; already_stopped when the actor system ends. Nothing has changed then.
  expected<std::uint64_t> add(consensus_check check, callback tell = {});

  /// Nothing is called for it any more, but does not wait for what is being called at this moment.
  /// An unknown id changes nothing.
  void remove(std::uint64_t id);

  [[nodiscard]] value_ptr value(std::uint64_t id) const;

  /// Waits for agreement. Returns nullptr after `limit`, and at once for an unknown or removed id
  /// and when the gossiper has stopped.
  [[nodiscard]] value_ptr wait(std::uint64_t id, milliseconds limit) const;

  [[nodiscard]] consensus_stats stats() const;

  // -- for the consensus actor --------------------------------------------------------------------

  /// Pressed when there is something to take over. Before anybody else uses the board.
  void on_change(std::shared_ptr<doorbell> bell) { bell_ = std::move(bell); }

  struct changes {
    std::map<std::uint64_t, consensus_check> added;
    /// None of them is in `added`.
    std::vector<std::uint64_t> removed;
  };

  /// Returns what has changed since the last time.
  changes take();

  /// Enters what a check comes to now. Returns the callback to call with it; nullptr when there is
  /// none, when there is still no agreement, and when the check has been removed.
  std::shared_ptr<const callback> set(std::uint64_t id, value_ptr now);

  /// Lets those who wait see that the gossiper has stopped.
  void wake();

  /// Removes all checks; nothing is accepted and the doorbell is not pressed from now on.
  void close();

private:
  struct item {
    std::shared_ptr<const callback> tell;
    value_ptr value;
  };

  expected<std::uint64_t> refuse(errc code, std::string text);

  std::shared_ptr<const shared_gossiper> state_;
  std::shared_ptr<doorbell> bell_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::uint64_t, item> items_;
  changes pending_;
  std::uint64_t refused_ = 0;
  mutable std::uint64_t waiting_ = 0;
  bool is_closed_ = false;
};

} // namespace caf_gossip
