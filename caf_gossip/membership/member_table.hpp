/// All records of a node, indexed, and the one place where two records are merged.
///
/// The table decides which record is newer. It does not know time-outs, quarantine, detectors or
/// the network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/cause.hpp"
#include "caf_gossip/membership/record.hpp"

namespace caf_gossip {

/// One member as this node sees it.
struct member_entry {
  record rec;
  /// The suspect was heard by this node after it was suspected. That overrules the hearsay here;
  /// for everybody else only the member itself refutes.
  bool heard = false;
  /// When `status` last changed, and why.
  time_point since{};
  cause why;
  /// Number of this change among all changes that this node has seen.
  std::uint64_t arrival = 0;
  /// Who sent the record; it need not be sent back.
  node_id learned_from;
  std::uint64_t id_hash = 0;
  std::uint64_t record_hash = 0;

  [[nodiscard]] member_status status() const {
    return rec.status == member_status::suspect && heard ? member_status::up : rec.status;
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
  merge_result merge(record incoming, const cause& why, const node_id& learned_from,
                     time_point now);

  /// Marks a suspect as heard or not heard by this node. Returns false when that changes nothing.
  bool mark_heard(const node_id& id, bool heard, const cause& why, time_point now);

  /// Gives a suspect so much more time to refute. Harmless for others.
  void grant(const node_id& suspect, duration more);

  /// Forgets final records older than `before`. Returns how many.
  std::size_t forget_tombstones(time_point before);

  void clear();

  [[nodiscard]] const member_entry* find(const node_id& id) const;
  /// Returns the active member at an authority.
  [[nodiscard]] const member_entry* find(const authority& where) const;
  /// Returns the newest incarnation known at an authority, whatever became of it.
  [[nodiscard]] const member_entry* find_newest(const authority& where) const;
  [[nodiscard]] const member_entry* find_hash(std::uint64_t id_hash) const;

  /// All entries, tombstones included, sorted by id.
  [[nodiscard]] const std::map<node_id, member_entry>& entries() const { return entries_; }

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
  void visit_range(std::uint64_t first, std::uint64_t last,
                   const std::function<void(const member_entry&)>& visit) const;

  /// Returns up to `count` active members behind (or before) `id` on the ring that all nodes see
  /// alike: ids by their hash. `id` itself is not among them.
  [[nodiscard]] std::vector<const member_entry*> successors(const node_id& id,
                                                            std::size_t count) const;
  [[nodiscard]] std::vector<const member_entry*> predecessors(const node_id& id,
                                                              std::size_t count) const;

private:
  using ring_key = std::pair<std::uint64_t, const node_id*>;
  struct ring_order {
    bool operator()(const ring_key& lhs, const ring_key& rhs) const;
  };

  member_entry& insert(const node_id& id);
  void unlink(member_entry& entry);
  void release_authority(const member_entry& entry);
  void link(member_entry& entry);
  void store(member_entry& entry, record&& incoming, const cause& why, const node_id& learned_from,
             time_point now);
  const member_entry* rival(const record& incoming) const;
  void drop_tombstone_besides(const node_id& id);
  void drop(const node_id& id);

  std::size_t members_max_;
  std::size_t tombstones_max_;
  std::map<node_id, member_entry> entries_;
  /// The newest incarnation at each authority; all others there are removed.
  std::map<authority, const member_entry*> by_address_;
  std::size_t active_ = 0;
  std::map<ring_key, const member_entry*, ring_order> ring_;
  std::set<std::pair<time_point, node_id>> tombstones_;
  std::uint64_t version_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t tombstones_dropped_ = 0;
  std::uint64_t members_refused_ = 0;
};

} // namespace caf_gossip
