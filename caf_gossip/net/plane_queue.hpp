/// What waits to be written, the membership before the key/value state.
///
/// A verdict about a member depends on messages of some hundred bytes that come in time; state can
/// wait. The membership cannot starve the state: what it sends is bounded by its own timers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <variant>

#include "caf_gossip/wire/frame.hpp"

namespace caf_gossip::net {

/// Which of the two cores a frame is from or for. Refusals belong to the membership: joiners wait
/// for them.
enum class plane : std::uint8_t { membership, state };

[[nodiscard]] inline plane plane_of(const wire::frame& what) {
  return std::holds_alternative<state_payload>(what.body) ? plane::state : plane::membership;
}

/// One place in so many is kept for the membership. Of the 1024 frames to one peer these are 128: a
/// peer that takes nothing is given up after the frame timeout (5 s), and heartbeats, probes, news
/// and their answers are not more than some twenty a second to one peer.
inline constexpr std::size_t reserved_share = 8;

/// Returns how many of `all` places, or bytes, a plane may fill.
[[nodiscard]] constexpr std::size_t places_for(plane which, std::size_t all) {
  return which == plane::state ? all - all / reserved_share : all;
}

/// Frames that wait, and their bytes.
struct load {
  std::size_t frames = 0;
  std::size_t bytes = 0;

  void add(std::size_t size) {
    ++frames;
    bytes += size;
  }

  void remove(std::size_t size) {
    frames -= std::min<std::size_t>(frames, 1);
    bytes -= std::min(bytes, size);
  }

  /// Tells whether there is room for a frame of `size` bytes; a lone one always has it.
  [[nodiscard]] bool has_bytes_for(std::size_t size, plane from, std::size_t bytes_max) const {
    return frames == 0 || bytes + size <= places_for(from, bytes_max);
  }
};

/// Each plane keeps its own order.
template <class T>
class plane_queue {
public:
  void push(T what, plane from) {
    if (from == plane::state)
      items_.push_back(std::move(what));
    else
      items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(ahead_++), std::move(what));
  }

  /// The first one was begun: nothing goes before it any more. The queue is not empty.
  void pin() { ahead_ = std::max<std::size_t>(ahead_, 1); }

  void pop() {
    items_.pop_front();
    ahead_ -= ahead_ > 0 ? 1 : 0;
  }

  /// Returns everything in the order of leaving.
  [[nodiscard]] std::deque<T> take() {
    ahead_ = 0;
    return std::exchange(items_, {});
  }

  [[nodiscard]] const T& front() const { return items_.front(); }
  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] auto begin() const { return items_.begin(); }
  [[nodiscard]] auto end() const { return items_.end(); }

private:
  std::deque<T> items_;
  /// So many in front are not overtaken: frames of the membership, and one that was begun.
  std::size_t ahead_ = 0;
};

} // namespace caf_gossip::net
