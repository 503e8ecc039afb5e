/// What every member has published, as far as this node knows.
///
/// Every accepted entry gets an arrival number, which is the revision of the store that it makes.
/// For a target one number is enough: everything above it is what the target may lack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/state/arrival_log.hpp"
#include "caf_gossip/state/event.hpp"
#include "caf_gossip/state/key.hpp"
#include "caf_gossip/state/message.hpp"

namespace caf_gossip {

struct state_limits {
  std::size_t value_bytes = 64U << 10U;
  /// Per member, tombstones included, reserved keys not.
  std::size_t keys = 4096;
  /// The following as `entry_bytes` counts them. Reserved keys are never refused for them, and
  /// count only for all members together.
  std::size_t member_bytes = 4U << 20U;
  std::size_t bytes = 256U << 20U;
};

class delta_builder;
class state_ranges;

/// Bounds of one delta.
struct delta_limits {
  /// Exact. This node is one of them as soon as it has anything to say; with a bound of 1 it takes
  /// turns with the others.
  std::size_t members = 50;
  /// As `entry_bytes` counts; at least twice the largest entry.
  std::size_t bytes = 256U << 10U;
  /// Heartbeats of other members that were only refreshed.
  std::size_t heartbeats = 8;
};

struct state_delta {
  gossip_state state;
  /// A target that has merged this has everything up to here.
  std::uint64_t up_to = 0;
  /// Entries that are news, heartbeats that were only refreshed left out.
  std::size_t entries = 0;
};

/// Whom a delta is for.
struct delta_target {
  node_id id;
  /// What came from this source is not sent back.
  std::uint32_t source = 0;
  std::uint64_t acknowledged = 0;
  /// The last message had no room for others than this node.
  bool others_turn = false;
};

/// What became of received entries, since construction.
struct merge_counts {
  std::uint64_t accepted = 0;
  std::uint64_t stale = 0;
  std::uint64_t refused = 0;
};

class state_store {
public:
  state_store(const state_limits& limits, unix_clock clock) : limits_(limits), clock_(clock) {}

  // -- members ----------------------------------------------------------------------------------

  /// Empties the store; this node is its only member. Revisions go on.
  void open(const node_id& self);
  /// This node runs under another incarnation now: what it published is news again.
  void set_incarnation(std::uint64_t incarnation);
  void clear();
  /// Makes room for a member. Another incarnation of it is forgotten.
  void admit(const node_id& id, std::uint64_t incarnation);
  /// Forgets a member and all that it published. Not for this node itself.
  void forget(const node_id& id);

  // -- this node's own entries (stored keys, see key.hpp) ---------------------------------------

  /// Sets an entry; its sequence number is one more than that of the last write. A plain key
  /// replaces the map under it. Errors: invalid_argument (value too large), limit_reached,
  /// invalid_state (an entry of a map under a key with a plain value).
  expected<void> set_own(std::string_view key, byte_buffer value, time_point now);
  /// Removes an entry, or the map under a plain key, with one write. Returns whether there was any.
  bool remove_own(std::string_view key, time_point now);

  // -- entries of others ------------------------------------------------------------------------

  /// Accepts what is newer than what is here in the order in which the owner wrote it, appending
  /// one update for each (S2.5). The member must be admitted under this incarnation. Changes
  /// nothing of `remote`.
  void merge(const node_id& id, const gossip_member_state& remote, std::uint32_t source,
             time_point now, std::vector<gossip_update>& updates);

  /// This node's own state as somebody else has it. Where it is newer than here, or has keys that
  /// are not here, this node writes again above it; keys that do not fit under the limit only raise
  /// its counter. Returns the number of such entries.
  std::uint64_t resolve_own(const gossip_member_state& remote, time_point now);

  // -- what to send -----------------------------------------------------------------------------

  /// What the target may lack: own entries first, then the others in order of arrival.
  /// `heartbeat_cursor` is whose refreshed heartbeat was sent last; it moves on.
  [[nodiscard]] state_delta delta_for(const delta_target& target, const delta_limits& limits,
                                      node_id& heartbeat_cursor) const;

  // -- tombstones -------------------------------------------------------------------------------

  /// Forgets tombstones that all have acknowledged and that are older than `grace`, and all that
  /// are older than `ttl`.
  void collect(std::uint64_t acknowledged_by_all, duration grace, duration ttl, time_point now);

  // -- observers --------------------------------------------------------------------------------

  [[nodiscard]] gossip_values get(std::string_view key) const;
  /// Nothing when there is no such member or it has no such key. A map is encoded as one value.
  [[nodiscard]] std::optional<gossip_key_value> get(const node_id& id, std::string_view key) const;
  [[nodiscard]] std::optional<byte_buffer> get_map_entry(const node_id& id, std::string_view key,
                                                         std::string_view map_key) const;
  /// The map of one member; nothing for a plain value, empty when there is no such key.
  [[nodiscard]] std::map<std::string, byte_buffer> get_map(const node_id& id,
                                                           std::string_view key) const;
  /// Everything live under a key, or under all keys that begin with it, as updates.
  [[nodiscard]] std::vector<gossip_update> read_updates(std::string_view key, bool is_prefix) const;
  /// The entry of a member as it is stored; nothing when there is none.
  [[nodiscard]] const gossip_key_value* find(const node_id& id, std::string_view stored_key) const;

  /// Whom it came from, as merge was told; 0 = this node itself, or there is no such entry.
  [[nodiscard]] std::uint32_t source_of(const node_id& id, std::string_view stored_key) const;

  [[nodiscard]] bool has_member(const node_id& id) const { return members_.count(id) > 0; }
  /// 0 for members that are not admitted.
  [[nodiscard]] std::uint64_t incarnation_of(const node_id& id) const;
  [[nodiscard]] std::vector<node_id> members() const;

  [[nodiscard]] std::uint64_t revision() const { return revision_; }
  /// Counts a change that is not one of entries.
  void bump() { ++revision_; }
  [[nodiscard]] std::uint64_t own_sequence() const { return own_sequence_; }
  /// The arrival number of the last own entry that is news.
  [[nodiscard]] std::uint64_t last_own_arrival() const { return last_own_arrival_; }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::size_t entries() const { return entry_count_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t tombstones() const { return tombstones_.size(); }
  [[nodiscard]] const merge_counts& counts() const { return counts_; }

private:
  friend class delta_builder;
  friend class state_ranges;

  struct member;

  struct stored {
    gossip_key_value kv;
    member* owner = nullptr;
    std::uint64_t arrival = 0;
    std::uint32_t source = 0;
  };

  using entry_map = std::map<std::string, stored, std::less<>>;
  using item = entry_map::value_type;

  struct member {
    node_id id;
    std::uint64_t incarnation = 0;
    /// Of id and incarnation.
    std::uint64_t hash = 0;
    entry_map entries;
    /// What counts against the limits of a member: all but the reserved keys.
    std::size_t keys = 0;
    std::size_t bytes = 0;
    /// What it counts for in the hash, and how many of its entries do.
    std::uint64_t sum = 0;
    std::size_t live = 0;
    /// The highest sequence number of its tombstones that were forgotten here.
    std::uint64_t collected = 0;
  };

  enum class verdict : std::uint8_t { accepted, stale, refused };

  /// What an entry would take the place of.
  struct footprint {
    std::size_t keys = 0;
    std::size_t bytes = 0;
  };

  verdict accept(member& owner, const std::string& key, const gossip_key_value& what,
                 std::uint32_t source, time_point now);
  [[nodiscard]] footprint replaced_by(member& owner, entry_map::iterator at, std::string_view key,
                                      std::uint64_t sequence) const;
  [[nodiscard]] expected<void> fits(const member& owner, const footprint& replaced,
                                    const std::string& key, const byte_buffer& value) const;
  const item& write(member& owner, entry_map::iterator at, std::string_view key,
                    gossip_key_value what, std::uint32_t source, time_point now);
  void publish_own(std::string_view key, byte_buffer value, bool removed, time_point now);
  void drop_map(member& owner, entry_map::iterator plain);
  entry_map::iterator erase(entry_map::iterator which);
  void account(const item& what, bool added);
  void list(item& what, time_point now);
  void unlist(const item& what);
  void set_hash(member& of, std::uint64_t incarnation);
  void drop_hash(const member& of);
  [[nodiscard]] static std::uint64_t version_of(const item& what);
  [[nodiscard]] static std::uint64_t key_hash_of(const item& what);
  [[nodiscard]] static std::uint64_t hash_of(const item& what);
  [[nodiscard]] gossip_update update_of(const item& what, unix_time at) const;
  [[nodiscard]] static bool is_shadowed(const member& owner, std::string_view key,
                                        std::uint64_t sequence);
  [[nodiscard]] static bool is_live_plain(const member& owner, std::string_view key);
  [[nodiscard]] static std::optional<gossip_key_value> read(const member& of, std::string_view key);
  [[nodiscard]] const member* member_of(const node_id& id) const;
  void add_heartbeats(delta_builder& to, const delta_limits& limits, node_id& cursor) const;

  state_limits limits_;
  unix_clock clock_;
  std::map<node_id, member> members_;
  std::multimap<std::uint64_t, const member*> by_hash_;
  member* self_ = nullptr;
  arrival_log<item> own_log_;
  arrival_log<item> log_;
  /// Since when, by arrival number.
  std::map<std::uint64_t, time_point> tombstones_;
  std::uint64_t revision_ = 0;
  std::uint64_t own_sequence_ = 0;
  std::uint64_t last_own_arrival_ = 0;
  std::uint64_t hash_ = 0;
  std::size_t entry_count_ = 0;
  std::size_t bytes_ = 0;
  merge_counts counts_;
};

} // namespace caf_gossip
