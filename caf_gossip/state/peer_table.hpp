/// The members that state is exchanged with, and how far each of them is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

struct peer {
  member_ref ref;
  /// Marks the entries that came from this peer: they are not sent back. Never reused.
  std::uint32_t source = 0;
  /// The peer has everything up to this number.
  std::uint64_t acknowledged = 0;
  /// The request under way, and up to where its answer acknowledges; 0 = none.
  std::uint64_t token = 0;
  std::uint64_t in_flight_to = 0;
  /// It is not asked before this moment: whoever rejects this node is asked less and less.
  time_point next_try{};
  duration try_pause{};
  /// What the last answered request carried, where there is room for one member only.
  bool others_turn = false;
  /// Its last heartbeat could not be decoded, which was told.
  bool is_heartbeat_bad = false;
  /// When it became known, or the last time it was known to be alive.
  time_point last_sign{};
  /// Since when its store has been different, first seen when it had acknowledged everything.
  time_point differs_since = never;
  /// No earlier than this its store is repaired again; each time the pause doubles.
  time_point next_repair{};
  duration repair_pause{};
};

class peer_table {
public:
  /// Adds a peer that has acknowledged nothing.
  peer& add(const member_ref& who, time_point now);
  void remove(const node_id& id);
  void clear();

  [[nodiscard]] peer* find(const node_id& id);
  [[nodiscard]] const peer* find(const node_id& id) const;

  /// Notes that a request is under way.
  void sent(peer& to, std::uint64_t token, std::uint64_t up_to);
  /// Ends the request with this token. Returns its peer, or nothing when nobody waits for it.
  peer* ended(std::uint64_t token);
  [[nodiscard]] bool is_awaited(std::uint64_t token) const { return by_token_.contains(token); }

  /// Notes that a peer has rejected a request: it may be asked again now, after `first`, twice
  /// that, and so on.
  static void rejected(peer& by, duration first, time_point now);
  /// Notes that a peer listens to this node.
  static void accepted(peer& by);

  /// Leaves so much time out of account in which no peer could be heard.
  void forgive(duration asleep, time_point now);

  /// Takes all peers to have acknowledged nothing, and forgets their requests.
  void start_over();

  /// Notes what a peer said of its store: `hash`, which is to be compared with `own` at the
  /// revision `now_at`. Equal: it has everything. Returns whether it is to be repaired: never equal
  /// for longer than `patience`, and still different though it has everything. As long as it lacks
  /// something, nothing can be said.
  static bool compare(peer& with, std::uint64_t hash, std::uint64_t own, std::uint64_t now_at,
                      duration patience, time_point now);
  /// Puts the next repair off: it was compared by that peer, which will find what differs.
  static void being_repaired(peer& by, time_point now);
  /// Notes that a peer was repaired: no sooner than after a pause, which doubles while it does not
  /// help, it is again.
  static void repaired(peer& who, time_point now);
  /// Notes that it could not be: it may be tried again after `pause`.
  static void repair_failed(peer& who, duration pause, time_point now);
  /// Takes a peer to have acknowledged nothing.
  void send_all_again(peer& to);

  [[nodiscard]] std::map<node_id, peer>& all() { return peers_; }
  [[nodiscard]] const std::map<node_id, peer>& all() const { return peers_; }
  [[nodiscard]] std::size_t in_flight() const { return by_token_.size(); }
  /// What every peer has acknowledged; `top` without peers.
  [[nodiscard]] std::uint64_t acknowledged_by_all(std::uint64_t top) const;

private:
  std::map<node_id, peer> peers_;
  std::map<std::uint64_t, peer*> by_token_;
  std::uint32_t last_source_ = 0;
};

} // namespace caf_gossip
