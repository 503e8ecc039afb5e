/// All records of a node, indexed, and the one place where two records are merged.
///
/// The table decides which record is newer. It does not know time-outs, quarantine, detectors or
/// the network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/cause.hpp"
#include "caf_gossip/membership/shared_record.hpp"
#include "caf_gossip/membership/slot_index.hpp"

namespace caf_gossip {

/// How a member came to be what it is here.
struct provenance {
  /// When `member_entry::status` last changed, and why.
  time_point since{};
  cause why;
  /// The suspect was heard by this node after it was suspected. That overrules the hearsay here;
  /// for everybody else only the member itself refutes.
  bool heard = false;
  /// Who sent the record; it need not be sent back.
  node_id learned_from;

  friend bool operator==(const provenance&, const provenance&) = default;
};

/// One member as this node sees it: two pointers, since there is one for every member of a large
/// cluster on every node.
struct member_entry {
  shared_record rec;
  shared_value<provenance> how;

  [[nodiscard]] member_status status() const {
    return rec->status == member_status::suspect && how->heard ? member_status::up : rec->status;
  }
};

enum class merge_kind : std::uint8_t {
  /// The record was newer and is now kept.
  accepted,
  /// The very same record was known.
  unchanged,
  /// Something newer was known.
  stale,
  /// The record claims to be newer, but no path of transitions leads to its status.
  forbidden,
  /// There is no room for another member.
  table_full,
};

struct merge_result {
  merge_kind kind = merge_kind::unchanged;
  /// The status before, as this node saw it; nothing when the incarnation was unknown.
  std::optional<member_status> from;
  /// The record of a lower incarnation that was replaced while it was still active or leaving,
  /// with the status that this node saw.
  std::optional<record> replaced;
  /// Another id that lost the same authority, as it was before.
  std::optional<member_entry> displaced;
  /// The other record of two that claim to be the same node.
  std::optional<record> conflict;
};

class member_table {
public:
  member_table(std::size_t members_max, std::size_t tombstones_max);

  /// Keeps the newer of `incoming` and what is known. A record at an authority that a newer
  /// incarnation of another id has taken, whatever became of that one, is kept as removed, so that
  /// the order in which the two arrive does not matter. `incoming` must be valid.
  merge_result merge(const shared_record& incoming, const cause& why, const node_id& learned_from,
                     time_point now);

  /// Marks a suspect as heard or not heard by this node. Returns false when that changes nothing.
  bool mark_heard(const node_id& id, bool heard, const cause& why, time_point now);

  /// Gives a suspect so much more time to refute. Harmless for others.
  void grant(const node_id& suspect, duration more);

  /// Forgets final records older than `before`. Returns how many.
  std::size_t forget_tombstones(time_point before);

  /// Makes room for so many members more, no more than needed.
  void expect(std::size_t more);

  void clear();

  [[nodiscard]] const member_entry* find(const node_id& id) const;
  /// Returns the active member at an authority.
  [[nodiscard]] const member_entry* find(const authority& where) const;
  /// Returns the newest incarnation known at an authority, whatever became of it.
  [[nodiscard]] const member_entry* find_newest(const authority& where) const;
  [[nodiscard]] const member_entry* find_hash(std::uint64_t id_hash) const;

  /// Returns where an id is kept: a number that stays the same as long as it is known, and is used
  /// again afterwards.
  [[nodiscard]] std::optional<member_slot> slot_of(const node_id& id) const;
  /// The same of the record's id, whose hash is known.
  [[nodiscard]] std::optional<member_slot> slot_of(const shared_record& rec) const;
  /// Of a slot that is not in use the record holds nothing.
  [[nodiscard]] const member_entry& at(member_slot where) const { return entries_[where]; }
  /// All slots are less.
  [[nodiscard]] std::size_t slots() const { return entries_.size(); }

  /// Entries, tombstones included.
  [[nodiscard]] std::size_t size() const { return ring_.size(); }
  /// Returns the slot of the entry at a position on the ring, less than `size`.
  [[nodiscard]] member_slot on_ring(std::size_t position) const { return ring_.at(position); }
  /// Calls `visit` with all entries, tombstones included, in the order of the ring.
  template <class Visit>
  void visit(const Visit& visit) const {
    for (std::size_t i = 0; i < ring_.size(); ++i)
      visit(entries_[ring_.at(i)]);
  }

  /// The active ones, sorted by id.
  [[nodiscard]] std::vector<member_ref> members() const;
  [[nodiscard]] std::size_t active_count() const { return active_; }
  [[nodiscard]] std::size_t tombstone_count() const { return tombstones_.size(); }
  /// Tombstones dropped early because of their bound, and members refused because of theirs.
  [[nodiscard]] std::uint64_t tombstones_dropped() const { return tombstones_dropped_; }
  [[nodiscard]] std::uint64_t members_refused() const { return members_refused_; }

  /// Counts the changes; the arrival of the newest one.
  [[nodiscard]] std::uint64_t version() const { return version_; }

  /// Content hash of the active records, the same on every node that has the same ones. Never 0.
  [[nodiscard]] std::uint64_t roster_hash() const { return sum_ == 0 ? 1 : sum_; }

  /// Calls `visit` with the entries, tombstones too, whose id hash is in [first, last], by hash.
  template <class Visit>
  void visit_range(std::uint64_t first, std::uint64_t last, const Visit& visit) const {
    for (auto i = position(first, {}); i < ring_.size(); ++i) {
      const auto& entry = entries_[ring_.at(i)];
      if (entry.rec.id_hash() > last)
        return;
      visit(entry);
    }
  }
  /// Calls `visit` with the entries behind an id on the ring, up to the highest hash, until it
  /// returns false. The id need not be known; empty = all entries.
  template <class Visit>
  void visit_behind(const node_id& after, const Visit& visit) const {
    auto i = after.empty() ? 0 : position(hash_of_id(after), after);
    for (; i < ring_.size(); ++i) {
      const auto& entry = entries_[ring_.at(i)];
      if (entry.rec->id != after && !visit(entry))
        return;
    }
  }

  /// Returns up to `count` active members behind (or before) `id` on the ring that all nodes see
  /// alike: ids by their hash. `id` itself is not among them.
  [[nodiscard]] std::vector<const member_entry*> successors(const node_id& id,
                                                            std::size_t count) const;
  [[nodiscard]] std::vector<const member_entry*> predecessors(const node_id& id,
                                                              std::size_t count) const;

private:
  [[nodiscard]] std::optional<member_slot> find_slot(std::uint64_t id_hash,
                                                     const node_id& id) const;
  [[nodiscard]] std::size_t claim_on(std::uint64_t address_hash, const authority& where) const;
  /// Where on the ring an id stands or would stand.
  [[nodiscard]] std::size_t position(std::uint64_t id_hash, const node_id& id) const;
  [[nodiscard]] std::vector<const member_entry*> walk(const node_id& id, std::size_t count,
                                                      std::size_t start, std::size_t step) const;

  member_slot insert(const shared_record& rec);
  void unlink(member_slot where);
  void release_authority(member_slot where);
  void link(member_slot where);
  void store(member_slot where, const shared_record& incoming, provenance how);
  [[nodiscard]] shared_value<provenance> shared(provenance&& how);
  [[nodiscard]] const member_entry* rival(const shared_record& incoming) const;
  void drop_tombstone_besides(member_slot where);
  void drop(member_slot where);

  std::size_t members_max_;
  std::size_t tombstones_max_;
  std::deque<member_entry> entries_;
  std::vector<member_slot> free_;
  /// By id hash, then id.
  slot_index ring_;
  /// The newest incarnation at each authority; all others there are removed.
  slot_index by_address_;
  /// What came in one message came about in the same way.
  shared_value<provenance> latest_;
  std::size_t active_ = 0;
  std::set<std::pair<time_point, member_slot>> tombstones_;
  std::uint64_t version_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t tombstones_dropped_ = 0;
  std::uint64_t members_refused_ = 0;
};

} // namespace caf_gossip
