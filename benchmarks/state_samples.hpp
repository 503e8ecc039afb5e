/// Key/value state to measure with, and a store that has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "caf_gossip/state/state_store.hpp"

namespace caf_gossip::benchmarks {

inline constexpr std::size_t sample_value_bytes = 32;
inline constexpr std::size_t sample_keys = 10;

inline std::string numbered(const char* name, std::size_t number) {
  auto digits = std::to_string(number);
  return name + std::string(5 - digits.size(), '0') + digits;
}

/// `sample_keys` entries, numbered in the order of their keys from `first` on.
inline gossip_member_state sample_state(std::uint64_t first) {
  gossip_member_state result;
  for (std::size_t key = 0; key < sample_keys; ++key)
    result[numbered("key-", key)] = {byte_buffer(sample_value_bytes, 1), first + key, 0, false};
  return result;
}

/// A store of this many members besides itself, each with `sample_state(first)` if first > 0.
class sample_store {
public:
  explicit sample_store(std::size_t members, std::uint64_t first = 0)
      : store_({64U << 10U, 4096, 4U << 20U, std::size_t{1} << 30U}, unix_clock{}) {
    store_.open("self");
    for (std::size_t i = 0; i < members; ++i) {
      ids_.push_back(numbered("node-", i));
      store_.admit(ids_.back(), 1);
    }
    if (first > 0)
      merge_all(sample_state(first));
  }

  /// Merges the same state for every member. Returns the number of accepted entries.
  std::size_t merge_all(const gossip_member_state& what) {
    const auto before = store_.counts().accepted;
    for (const auto& id : ids_)
      merge(id, what);
    return store_.counts().accepted - before;
  }

  void merge(const node_id& id, const gossip_member_state& what) {
    updates_.clear();
    store_.merge(id, what, 1, time_point{}, updates_);
  }

  [[nodiscard]] state_store& store() { return store_; }
  [[nodiscard]] const std::vector<node_id>& ids() const { return ids_; }

private:
  state_store store_;
  std::vector<node_id> ids_;
  std::vector<gossip_update> updates_;
};

} // namespace caf_gossip::benchmarks
