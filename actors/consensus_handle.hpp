/// The owner's side of a consensus check.
#pragma once

#include <any>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "actors/consensus_board.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/state/consensus.hpp"

namespace caf_gossip {

/// Gets the value agreed upon, or nothing when agreement is lost. Its parameter is no place to
/// deduce T from, so that a lambda will do.
template <class T>
using consensus_callback = std::function<void(const std::optional<std::type_identity_t<T>>&)>;

/// A registered check. Its destruction, and assignment to it, removes the check. All other calls
/// are thread-safe; it may outlive the actor system, without agreement then. One without a check,
/// as it is left by moving from it, has the id 0 and never agreement.
template <consensus_value T>
class consensus_handle {
public:
  consensus_handle() = default;
  consensus_handle(std::shared_ptr<consensus_board> board, std::uint64_t id)
      : board_(std::move(board)), id_(id) {}

  consensus_handle(consensus_handle&& other) noexcept
      : board_(std::move(other.board_)), id_(std::exchange(other.id_, 0)) {}

  consensus_handle& operator=(consensus_handle&& other) noexcept {
    consensus_handle old{std::move(*this)};
    board_ = std::move(other.board_);
    id_ = std::exchange(other.id_, 0);
    return *this;
  }

  ~consensus_handle() {
    if (board_)
      board_->remove(id_);
  }

  /// Unique in this process.
  [[nodiscard]] std::uint64_t id() const { return id_; }

  /// Returns the value that all active members agree upon now.
  [[nodiscard]] std::optional<T> value() const {
    return board_ ? read(board_->value(id_)) : std::nullopt;
  }

  /// Waits until there is agreement, and returns the value. Returns nothing after `limit`, and at
  /// once when the check was removed or the gossiper has stopped; before `start` it waits. Not for
  /// the handlers of actors and not for callbacks, which it would keep from being called.
  [[nodiscard]] std::optional<T> wait(milliseconds limit) const {
    return board_ ? read(board_->wait(id_, limit)) : std::nullopt;
  }

  /// Keeps the check without the handle. Returns its id, to remove it by.
  std::uint64_t release() {
    board_ = nullptr;
    return std::exchange(id_, 0);
  }

private:
  static std::optional<T> read(const consensus_board::value_ptr& value) {
    return value ? std::optional<T>{std::any_cast<const T&>(*value)} : std::nullopt;
  }

  std::shared_ptr<consensus_board> board_;
  std::uint64_t id_ = 0;
};

/// Registers a check with the board. Errors: those of `consensus_board::add`.
template <consensus_value T>
expected<consensus_handle<T>> register_check(const std::shared_ptr<consensus_board>& board,
                                             consensus_check check, consensus_callback<T> tell) {
  consensus_board::callback erased;
  if (tell)
    erased = [tell = std::move(tell)](const std::any& now) {
      tell(now.has_value() ? std::optional<T>{std::any_cast<const T&>(now)} : std::nullopt);
    };
  const auto id = board->add(std::move(check), std::move(erased));
  if (!id)
    return tl::unexpected<error>{id.error()};
  return consensus_handle<T>{board, *id};
}

} // namespace caf_gossip
