/// Who still needs to hear what: progress per peer, choice of targets, and the phase.
///
/// Every change of the table has a number, its arrival. For each peer one number is kept: the
/// arrival up to which the peer has acknowledged everything. So nothing is lost when a message is,
/// and the memory is O(1) per peer. A peer that reports the same roster hash has everything.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "caf_gossip/base/random.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/member_table.hpp"
#include "caf_gossip/membership/message.hpp"

namespace caf_gossip {

enum class gossip_phase : std::uint8_t {
  /// Every active peer has acknowledged or reported this node's roster.
  confirmed = 0,
  /// Some have not yet.
  diffusing = 1,
  /// A difference is being exchanged.
  reconciling = 2,
};

[[nodiscard]] std::string_view to_string(gossip_phase phase);

struct engine_options {
  std::uint32_t fan_out = 3;
  /// News is collected this long before the first burst.
  duration batch = std::chrono::milliseconds{5};
  /// Bursts between two rounds; each waits four times as long as the one before.
  std::uint32_t bursts = 4;
  /// A message without acknowledgement is repeated by a burst after this time.
  duration resend_after = std::chrono::milliseconds{50};
  /// A different roster hash for this long asks for reconciliation.
  duration reconciliation_delay = std::chrono::milliseconds{200};
  /// A reconciliation without answer is given up after this time.
  duration reconciliation_timeout = std::chrono::seconds{2};
  /// Bound of one delta, in estimated bytes on the wire.
  std::size_t delta_bytes_max = 256U << 10U;
};

class dissemination_engine {
public:
  /// A delta and the peer it is for.
  using addressed_delta = std::pair<member_ref, delta>;

  dissemination_engine(const member_table& table, engine_options options)
      : table_(table), options_(options) {}

  // -- inputs ---------------------------------------------------------------------------------

  /// Adds an active peer, or the new incarnation of one. It is taken to know everything up to now,
  /// because whoever admitted it sent it the roster; its first roster hash shows whether it does.
  void add_peer(const member_ref& who);
  void remove_peer(const node_id& id);
  void clear();

  /// Says that the table has changed: everybody needs to hear again.
  void news(time_point now);

  /// One round: deltas for `fan_out` random peers that are not confirmed, however recently they
  /// were sent to. The delta is empty for a peer that lacks nothing but has not shown it: its
  /// acknowledgement will.
  std::vector<addressed_delta> disseminate(random_source& random, time_point now);

  /// A burst, if one is due: as a round, but leaves out what is still on its way.
  std::vector<addressed_delta> burst(random_source& random, time_point now);

  /// Takes every peer to know everything up to now: this node has the roster from one of them.
  void assume_told();

  /// A peer has acknowledged up to `to`.
  void acknowledged(const node_id& peer, std::uint64_t to);

  /// A peer reported its roster hash. Returns whether that newly confirmed it.
  bool reported_hash(const node_id& peer, std::uint64_t hash, time_point now);

  /// Two claims to be the same node came from `peer`: compare rosters with it soon.
  void mistrust(const node_id& peer, time_point now);

  /// Returns the peer to compare rosters with, if one is due. One at a time.
  std::optional<member_ref> start_reconciliation(time_point now);

  /// The answer to a reconciliation came, or cannot come any more.
  void end_reconciliation(const node_id& peer);

  // -- observers ------------------------------------------------------------------------------

  [[nodiscard]] gossip_phase phase() const;
  [[nodiscard]] std::size_t peer_count() const { return peers_.size(); }
  [[nodiscard]] std::size_t confirmed_count() const { return confirmed_; }
  [[nodiscard]] bool has_acknowledged(const node_id& peer, std::uint64_t arrival) const;
  [[nodiscard]] std::vector<member_ref> peers() const;
  [[nodiscard]] time_point next_deadline() const;

private:
  struct progress {
    member_ref ref;
    /// Everything up to here has arrived, or is taken to have.
    std::uint64_t acked = 0;
    /// The peer reported the roster hash of this version of the table.
    std::optional<std::uint64_t> confirmed_at;
    /// Everything up to here was sent at `sent_at`.
    std::uint64_t sent = 0;
    time_point sent_at{};
    /// Since when the peer's roster hash has been different; `never` = it was equal last time.
    time_point differs_since = never;
  };

  [[nodiscard]] bool has_news_for(const progress& peer) const;
  [[nodiscard]] bool is_confirmed(const progress& peer) const;
  void skip_own_news(progress& peer);
  delta delta_for(const progress& peer) const;
  std::vector<addressed_delta> send(std::vector<progress*> targets, random_source& random,
                                    time_point now);

  const member_table& table_;
  engine_options options_;
  std::map<node_id, progress> peers_;
  std::size_t confirmed_ = 0;
  std::uint32_t bursts_done_ = 0;
  time_point next_burst_ = never;
  std::optional<node_id> reconciling_with_;
  time_point reconciliation_ends_ = never;
};

} // namespace caf_gossip
