/// The only source of randomness in the cores: seeded, so that a run can be repeated.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace caf_gossip {

/// Equal seeds give equal sequences on every platform: the engine is specified by the standard
/// and the reductions below are ours, because the standard's distributions are not portable.
class random_source {
public:
  explicit random_source(std::uint64_t seed) : engine_(seed) {}

  /// Returns a number in [0, bound). `bound` is at least 1.
  std::uint64_t below(std::uint64_t bound);

  /// Returns a number in [0, 1).
  double fraction();

  std::uint64_t bits() { return engine_(); }

  /// Moves a random sample of `count` elements to the front and drops the rest (partial
  /// Fisher-Yates; exact, so that with one candidate it is always chosen).
  template <class T>
  void sample(std::vector<T>& items, std::size_t count) {
    count = std::min(count, items.size());
    for (std::size_t i = 0; i < count; ++i)
      std::swap(items[i], items[i + below(items.size() - i)]);
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(count), items.end());
  }

private:
  std::mt19937_64 engine_;
};

} // namespace caf_gossip
