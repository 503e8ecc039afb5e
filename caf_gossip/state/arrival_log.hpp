/// Things in the order in which they arrived, each under a number that only grows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace caf_gossip {

/// Append is O(1) amortized, everything else O(log n). What was erased leaves a gap until there
/// are more gaps than things.
template <class T>
class arrival_log {
public:
  struct slot {
    std::uint64_t number = 0;
    /// Nothing when it was erased.
    const T* what = nullptr;
  };

  using iterator = typename std::deque<slot>::const_iterator;

  /// `number` is greater than all before. The pointer must stay valid until it is erased.
  void append(std::uint64_t number, const T* what) { slots_.push_back({number, what}); }

  void erase(std::uint64_t number) {
    const auto found = find(number);
    if (found == slots_.end() || found->number != number || found->what == nullptr)
      return;
    found->what = nullptr;
    if (++gaps_ > slots_.size() / 2 + gaps_tolerated)
      compact();
  }

  void clear() {
    slots_.clear();
    gaps_ = 0;
  }

  /// The first slot above `number`; slots may be gaps.
  [[nodiscard]] iterator after(std::uint64_t number) const {
    return std::upper_bound(slots_.begin(), slots_.end(), number,
                            [](std::uint64_t n, const slot& s) { return n < s.number; });
  }
  [[nodiscard]] iterator end() const { return slots_.end(); }

  [[nodiscard]] const T* at(std::uint64_t number) const {
    const auto found = number == 0 ? slots_.end() : after(number - 1);
    return found == slots_.end() || found->number != number ? nullptr : found->what;
  }

private:
  static constexpr std::size_t gaps_tolerated = 64;

  typename std::deque<slot>::iterator find(std::uint64_t number) {
    return std::lower_bound(slots_.begin(), slots_.end(), number,
                            [](const slot& s, std::uint64_t n) { return s.number < n; });
  }

  void compact() {
    std::erase_if(slots_, [](const slot& s) { return s.what == nullptr; });
    slots_.shrink_to_fit();
    gaps_ = 0;
  }

  std::deque<slot> slots_;
  std::size_t gaps_ = 0;
};

} // namespace caf_gossip
