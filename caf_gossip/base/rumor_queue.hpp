/// What is still to be passed on, and how often each piece has been (SWIM 4.1).
///
/// Every rumor is told a bounded number of times, those that were told least often first. Hearing
/// one from somebody else counts as well, because then others spread it too (Demers et al. 1987:
/// feedback).
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <utility>

namespace caf_gossip {

/// Returns how often one node tells one rumor in a cluster of `members`, itself included:
/// `factor` * ceil(log2(members + 1)), at least 1.
[[nodiscard]] inline std::uint32_t transmissions_of(std::uint32_t factor, std::size_t members) {
  // bit_width(n) = ceil(log2(n + 1)).
  return std::max(factor * static_cast<std::uint32_t>(std::bit_width(members)), 1U);
}

/// Rounds after the last news that go to the whole fan-out: enough for everybody in a small
/// cluster. In a large one the few that missed something show it by their hashes.
inline constexpr std::uint32_t full_rounds = 8;

/// Returns to how many peers the round goes that is `round` rounds behind the last news: later on
/// one peer that has not shown to have everything, and among many peers one in sixteen rounds, so
/// that an idle cluster stays cheap however large it is.
[[nodiscard]] inline std::uint32_t round_fan_out(std::uint32_t fan_out, std::uint32_t round,
                                                 std::size_t peers) {
  constexpr std::size_t many = 64;
  constexpr std::uint32_t pause = 16;
  if (round < full_rounds)
    return fan_out;
  return peers <= many || round % pause == 0 ? 1 : 0;
}

template <class Key>
class rumor_queue {
public:
  /// Adds a rumor, or makes it new again.
  void add(const Key& what) {
    const auto [at, is_new] = ranks_.try_emplace(what);
    if (!is_new)
      order_.erase(at->second);
    at->second = {0, ++last_number_};
    order_.emplace(at->second, what);
    told_.erase(what);
  }

  /// Somebody else told the same. Harmless when it is none of our rumors.
  void heard_again(const Key& what, std::uint32_t limit) { move(what, 1, limit); }

  /// Calls `visit` with the rumors, those told least often first, until it returns false.
  template <class Visit>
  void visit(const Visit& visit) const {
    for (const auto& [told, what] : order_)
      if (!visit(what))
        return;
  }

  /// Books a rumor as told once more; it counts when `settle` is called.
  void book(const Key& what) { ++told_[what]; }

  /// Forgets what was told `limit` times or more.
  void settle(std::uint32_t limit) {
    for (const auto& [what, times] : std::exchange(told_, {}))
      move(what, times, limit);
  }

  /// Forgets the rumor that was told most often. Returns false when none was told yet.
  bool drop_most_told() {
    if (order_.empty() || order_.rbegin()->first.first == 0)
      return false;
    ranks_.erase(order_.rbegin()->second);
    order_.erase(std::prev(order_.end()));
    return true;
  }

  void clear() {
    ranks_.clear();
    order_.clear();
    told_.clear();
  }

  [[nodiscard]] std::size_t size() const { return ranks_.size(); }
  [[nodiscard]] bool empty() const { return ranks_.empty(); }
  [[nodiscard]] bool contains(const Key& what) const { return ranks_.contains(what); }
  /// Is there anything that this node has not told anybody?
  [[nodiscard]] bool has_untold() const {
    return !order_.empty() && order_.begin()->first.first == 0;
  }

private:
  /// How often told, and a number that keeps the order of arrival.
  using rank = std::pair<std::uint32_t, std::uint64_t>;

  void move(const Key& what, std::uint32_t more, std::uint32_t limit) {
    const auto found = ranks_.find(what);
    if (found == ranks_.end())
      return;
    order_.erase(found->second);
    found->second.first += more;
    if (found->second.first >= limit)
      ranks_.erase(found);
    else
      order_.emplace(found->second, what);
  }

  std::map<Key, rank> ranks_;
  std::map<rank, Key> order_;
  std::map<Key, std::uint32_t> told_;
  std::uint64_t last_number_ = 0;
};

} // namespace caf_gossip
