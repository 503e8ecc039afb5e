/// Where do two stores differ? Ranges over the places of entries (base/hash_ranges.hpp).
///
/// A place begins with 16 bits of its owner, so that what one member has published lies together,
/// and goes on with 48 bits of the key. What an entry adds to a sum is what it adds to the state
/// hash: with equal hashes all sums are equal. Tombstones add nothing, but are known here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "caf_gossip/base/hash_ranges.hpp"
#include "caf_gossip/state/delta_builder.hpp"
#include "caf_gossip/state/message.hpp"
#include "caf_gossip/state/state_store.hpp"

namespace caf_gossip {

/// A view of one store that must not outlive it, nor be used after a change to it. Whole members
/// count by their kept sums, so that wide ranges cost the number of members, not of entries; the
/// entries of a member that a range cuts are hashed once, however many ranges cut it.
class state_ranges {
public:
  struct content {
    std::uint64_t sum = 0;
    /// Live ones.
    std::size_t entries = 0;
  };

  explicit state_ranges(const state_store& store) : store_(store) {}

  [[nodiscard]] content content_of(const hash_range& range) const;
  [[nodiscard]] range_sum sums() const;
  /// Returns the live entries in the ranges, sorted by place.
  [[nodiscard]] std::vector<entry_digest> list(const std::vector<hash_range>& scope) const;

  /// Answers a question, and adds the entries that the asking side lacks or has older to `to`.
  /// Ranges whose entries have no room are among those that differ.
  [[nodiscard]] state_findings compare(const state_question& theirs, delta_builder& to) const;

  /// Returns the places of what is here and ends an entry of `remote`: a newer version, tombstones
  /// included, or a newer write to the key of its map.
  [[nodiscard]] std::vector<std::uint64_t> newer_than(const gossip_state& remote) const;

  /// Adds the entries at these places. Returns those that had no room.
  std::vector<std::uint64_t> add(const std::vector<std::uint64_t>& places, delta_builder& to) const;

private:
  using item = state_store::item;

  struct placed {
    std::uint64_t place = 0;
    const item* what = nullptr;
    /// What it adds to the sums; 0 for a tombstone.
    std::uint64_t sum = 0;
  };

  static std::uint64_t place_of(const item& what);
  static bool is_newer(const item& what, const entry_digest* theirs);
  static bool is_older(const item* what, const entry_digest& theirs);

  template <class Visit>
  void visit_owners(const hash_range& range, const Visit& visit) const;
  template <class Visit>
  void visit(const hash_range& range, const Visit& visit) const;
  [[nodiscard]] std::span<const placed> cut(const state_store::member& owner,
                                            const hash_range& range) const;
  [[nodiscard]] std::vector<placed> sorted(const hash_range& range) const;
  [[nodiscard]] const item* ending(const state_store::member& owner, const std::string& key,
                                   const gossip_key_value& theirs) const;

  const state_store& store_;
  /// Sorted by place.
  mutable std::map<const state_store::member*, std::vector<placed>> cut_;
};

} // namespace caf_gossip
