/// Who is told what next: rumors, choice of targets, who has shown to have everything.
///
/// News is passed on at once and a bounded number of times (rumors.hpp). That reaches nearly
/// everybody; the rest is found by roster hashes, which travel on every message: a peer that
/// reports the same hash has everything, one whose hash stays different is compared with.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "caf_gossip/base/burst_pacer.hpp"
#include "caf_gossip/base/random.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/member_table.hpp"
#include "caf_gossip/membership/message.hpp"
#include "caf_gossip/membership/rumors.hpp"

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
  /// Times the logarithm of the cluster's size: how often one node passes one rumor on.
  std::uint32_t retransmit = 1;
  /// News within this time makes one burst; the first piece does not wait.
  duration batch = std::chrono::milliseconds{5};
  /// Bursts between two rounds that only repeat; each waits twice as long as the one before.
  std::uint32_t bursts = 4;
  /// A different roster hash for this long asks for reconciliation.
  duration reconciliation_delay = std::chrono::milliseconds{200};
  /// A reconciliation without answer is given up after this time.
  duration reconciliation_timeout = std::chrono::seconds{2};
  /// Bound of the records in one message, in estimated bytes: a datagram.
  std::size_t news_bytes_max = 1100;
};

class dissemination_engine {
public:
  /// Records and the peer they are for; none = only the hashes are to be compared.
  struct addressed_news {
    member_ref target;
    shared_records records;

    friend bool operator==(const addressed_news&, const addressed_news&) = default;
  };

  dissemination_engine(const member_table& table, engine_options options)
      : table_(table), options_(options), pacer_(options.batch, options.bursts) {}

  // -- inputs ---------------------------------------------------------------------------------

  /// The peers are the active members of the table without this node.
  void start(const node_id& self) { self_ = self; }
  void clear();

  /// Says that the member in a slot of the table has changed: everybody needs to hear of it.
  void news(member_slot about, time_point now);

  /// Somebody told what was known already.
  void heard_again(member_slot about) { rumors_.heard_again(about, transmissions()); }

  /// A peer is none any more, or has become another incarnation: nothing is expected from it.
  void gone(const node_id& id);

  /// Forgets all rumors: everybody else knows them.
  void assume_told() { rumors_.clear(); }

  /// One round: `fan_out` random peers that have not shown to have everything, with what is still
  /// to be told. After the first rounds since the last news it is one peer only, or now and then.
  std::vector<addressed_news> disseminate(random_source& random, time_point now);

  /// A burst of rumors to `fan_out` random peers, if one is due.
  std::vector<addressed_news> burst(random_source& random, time_point now);

  /// Returns rumors for a message that is sent to `target` anyway.
  shared_records piggyback(const node_id& target);

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
  [[nodiscard]] std::size_t peer_count() const;
  [[nodiscard]] std::size_t confirmed_count() const { return confirmed_; }
  /// Sorted by id.
  [[nodiscard]] std::vector<member_ref> peers() const;
  /// Returns up to `count` random peers.
  [[nodiscard]] std::vector<member_ref> sample(std::size_t count, random_source& random) const;
  [[nodiscard]] std::size_t rumor_count() const { return rumors_.size(); }
  /// How often one rumor is passed on at the present size of the cluster.
  [[nodiscard]] std::uint32_t transmissions() const {
    return transmissions_of(options_.retransmit, peer_count() + 1);
  }
  [[nodiscard]] time_point next_deadline() const;

private:
  /// A peer whose roster hash was different.
  struct difference {
    node_id peer;
    time_point since{};
    time_point due = never;
  };

  [[nodiscard]] std::optional<member_slot> peer_slot(const node_id& id) const;
  [[nodiscard]] bool is_peer(member_slot where) const;
  [[nodiscard]] bool is_confirmed(member_slot where) const;
  template <class Fits>
  [[nodiscard]] std::vector<member_slot> draw(std::size_t count, std::size_t fitting,
                                              const Fits& fits, random_source& random) const;
  std::vector<addressed_news> tell(std::size_t count, random_source& random);

  const member_table& table_;
  engine_options options_;
  rumors rumors_;
  node_id self_;
  /// Counts the news. By slot: the count at which the peer reported this node's roster hash.
  std::uint32_t news_count_ = 1;
  std::vector<std::uint32_t> confirmed_at_;
  std::size_t confirmed_ = 0;
  std::uint32_t rounds_since_news_ = 0;
  burst_pacer pacer_;
  std::optional<difference> difference_;
  std::optional<node_id> reconciling_with_;
  time_point reconciliation_ends_ = never;
};

} // namespace caf_gossip
