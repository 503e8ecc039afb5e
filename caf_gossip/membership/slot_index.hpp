/// Slots of a table in the order of a hash: eight bytes each, found by binary search.
///
/// Half of the hash is kept here; what has the same half is told apart by the caller, who can look
/// into the slots.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace caf_gossip {

using member_slot = std::uint32_t;

class slot_index {
public:
  /// Adds a slot behind those of lower hashes and those of the same half that are `before` it.
  template <class Before>
  void insert(std::uint64_t hash, member_slot what, const Before& before) {
    auto at = lower(hash);
    while (at != items_.end() && at->half == half_of(hash) && before(at->what, what))
      ++at;
    items_.insert(at, {half_of(hash), what});
  }

  void erase(std::uint64_t hash, member_slot what) {
    for (auto at = lower(hash); at != items_.end() && at->half == half_of(hash); ++at)
      if (at->what == what) {
        items_.erase(at);
        return;
      }
  }

  /// Returns the position of the first slot whose hash has the same half, or a greater one.
  [[nodiscard]] std::size_t position(std::uint64_t hash) const {
    return static_cast<std::size_t>(lower(hash) - items_.begin());
  }

  /// Returns the position of the first slot with the same half of the hash that `fits`; `size()`
  /// when there is none.
  template <class Fits>
  [[nodiscard]] std::size_t find(std::uint64_t hash, const Fits& fits) const {
    for (auto at = position(hash); at < items_.size() && items_[at].half == half_of(hash); ++at)
      if (fits(items_[at].what))
        return at;
    return items_.size();
  }

  [[nodiscard]] member_slot at(std::size_t position) const { return items_[position].what; }
  void replace(std::size_t position, member_slot by) { items_[position].what = by; }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  void reserve(std::size_t count) { items_.reserve(count); }
  void clear() { items_.clear(); }

private:
  struct item {
    std::uint32_t half;
    member_slot what;
  };

  static std::uint32_t half_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32U);
  }
  [[nodiscard]] std::vector<item>::const_iterator lower(std::uint64_t hash) const {
    return std::lower_bound(items_.begin(), items_.end(), half_of(hash),
                            [](const item& lhs, std::uint32_t half) { return lhs.half < half; });
  }

  std::vector<item> items_;
};

} // namespace caf_gossip
