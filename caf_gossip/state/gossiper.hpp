/// The gossiper core: the loop of both planes, and the key/value plane as a whole.
///
/// A value in, value out state machine: inputs take `now`, what is to be done comes out of
/// `take_outcome`. Every `gossip_interval` it blocks members without a sign of life, blocks those
/// that left, refreshes this node's heartbeat, and sends to at most `gossip_fan_out` peers what
/// they have not acknowledged (docs/sharing-state.md).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "caf_gossip/base/burst_pacer.hpp"
#include "caf_gossip/base/config.hpp"
#include "caf_gossip/base/envelope.hpp"
#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/random.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/state/block_list.hpp"
#include "caf_gossip/state/comparison.hpp"
#include "caf_gossip/state/consensus.hpp"
#include "caf_gossip/state/entry_rumors.hpp"
#include "caf_gossip/state/event.hpp"
#include "caf_gossip/state/expiry_queue.hpp"
#include "caf_gossip/state/member_heartbeat.hpp"
#include "caf_gossip/state/metrics.hpp"
#include "caf_gossip/state/peer_table.hpp"
#include "caf_gossip/state/state_store.hpp"
#include "caf_gossip/state/waiting_room.hpp"

namespace caf_gossip {

/// created → running → stopping → stopped → running ...
enum class gossiper_state : std::uint8_t { created = 0, running = 1, stopping = 2, stopped = 3 };

[[nodiscard]] std::string_view to_string(gossiper_state state);

/// The longest time to live of a key.
inline constexpr std::chrono::hours state_ttl_max{24 * 365};

/// A request to send. The answer, or the failure, is reported with its token.
struct state_outbound {
  member_ref target;
  /// Never 0, never repeated.
  std::uint64_t token = 0;
  envelope head;
  gossip_request what;
};

/// News to send in one datagram, without an answer: a request without a correlation id.
struct state_news {
  member_ref target;
  envelope head;
  gossip_request what;
};

struct gossiper_outcome {
  /// Membership rounds to run now: 0 or 1, because missed ticks are coalesced.
  std::uint32_t rounds = 0;
  std::vector<state_outbound> requests;
  std::vector<state_news> news;
  std::vector<state_event> events;

  [[nodiscard]] bool empty() const {
    return rounds == 0 && requests.empty() && news.empty() && events.empty();
  }
};

/// How many of this node's peers are known to have everything that it published.
struct state_holders {
  std::uint64_t holders = 0;
  std::uint64_t peers = 0;

  friend bool operator==(const state_holders&, const state_holders&) = default;
};

/// The members' maps under one key, as one: by key within the map, then by member.
using merged_map = std::map<std::string, std::map<node_id, byte_buffer>>;

class gossiper {
public:
  /// Has no side effects. `cfg` must be valid; `seed` decides the choice of targets.
  explicit gossiper(const config& cfg, std::uint64_t seed = 0, unix_clock clock = {});

  // -- lifecycle --------------------------------------------------------------------------------

  /// Begins the loop with an empty store; the first tick is due one interval later. Errors:
  /// already_started (running or stopping: the running loop is not disturbed).
  expected<void> start(const node_id& self, time_point now);

  /// Says which incarnation this node runs under, from where. A new one keeps what this node
  /// published and forgets what it has heard.
  void set_self(const member_ref& self, time_point now);

  /// Refuses new work from now on, publishes `gracefully_left` and sends it to `gossip_fan_out`
  /// peers, each until it has all that this node published or a request to it fails. The loop runs
  /// until `finish_stop`. Errors: not_started, already_stopped (also while stopping).
  expected<void> begin_stop(time_point now);

  /// Tells whether every request was answered or has failed.
  [[nodiscard]] bool is_idle() const { return peers_.in_flight() == 0; }

  /// Ends the loop and forgets everything. Errors: invalid_state unless stopping.
  expected<void> finish_stop();

  /// Goes back to stopped after a start that failed halfway.
  void abandon_start();

  // -- what the membership says -----------------------------------------------------------------

  /// Names all members; this node itself is no peer of its own. What incarnations that are not in
  /// it any more have published is forgotten and refused from then on.
  void set_topology(const std::vector<member_ref>& members, time_point now);

  /// A sign of life of a member: a frame that came from it, or the verdict of the failure detector.
  /// `state_hash` is what the frame said of its store; 0 = nothing.
  void heard(const member_ref& who, std::uint64_t state_hash, time_point now);

  /// The membership sees this member up: a sign of life, and the end of a block that was put on it
  /// for its silence.
  void vouch(const member_ref& who, time_point now);

  // -- this node's state ------------------------------------------------------------------------

  /// Errors as in gossiper_interface. With `ttl` the key is removed by itself after that time,
  /// unless it is set again; at least 1 ms.
  expected<void> set_state(std::string_view key, byte_buffer value, time_point now,
                           std::optional<milliseconds> ttl = {});
  /// Removes a value, or a whole map. Removing what is not there changes nothing.
  expected<void> remove_state(std::string_view key, time_point now);
  expected<void> set_map_state(std::string_view key, std::string_view map_key, byte_buffer value,
                               time_point now, std::optional<milliseconds> ttl = {});
  expected<void> remove_map_state(std::string_view key, std::string_view map_key, time_point now);

  /// What the next heartbeats say. Errors: those of encode_heartbeat; the last one stays then.
  expected<void> set_actor_counts(const member_heartbeat& counts);

  /// Reports something that this node's own code did wrong as gossip_input_refused.
  void report(std::string what, std::string reason, time_point now);

  // -- reading ----------------------------------------------------------------------------------

  [[nodiscard]] expected<gossip_values> get_state(std::string_view key) const;
  /// Errors: unknown_authority (no such member), state_not_found.
  [[nodiscard]] expected<gossip_key_value> get_state(const node_id& member,
                                                     std::string_view key) const;
  [[nodiscard]] expected<std::optional<byte_buffer>> get_map_state(std::string_view key,
                                                                   std::string_view map_key) const;
  [[nodiscard]] expected<std::vector<std::string>> get_map_keys(std::string_view key) const;
  [[nodiscard]] expected<merged_map> get_merged_map(std::string_view key) const;
  /// What every active member, self included, has under some keys: all that are not blocked.
  [[nodiscard]] std::vector<member_values>
  values_of_active(const std::vector<std::string>& keys) const;
  /// Everything that is stored under a key, or under all keys that begin with it, as updates.
  [[nodiscard]] std::vector<gossip_update> read_updates(std::string_view key, bool is_prefix) const;

  // -- block list -------------------------------------------------------------------------------

  /// Blocks the incarnations that these ids have now. Whoever is blocked already stays so, for its
  /// first reason. Errors: unknown_authority (no such member), invalid_argument (this node itself);
  /// nobody is blocked then.
  expected<void> block_members(const std::vector<node_id>& ids, time_point now);
  /// Errors: unknown_authority (not blocked). Its state comes back with the next exchanges.
  expected<void> unblock_member(const node_id& id, time_point now);
  [[nodiscard]] bool is_blocked(const node_id& id) const;
  /// Sorted by id.
  [[nodiscard]] expected<std::vector<node_id>> blocked_members() const;
  [[nodiscard]] std::vector<blocked_member> blocks() const { return blocked_.list(); }

  // -- network ----------------------------------------------------------------------------------

  /// Answers a request of another node. The answer's `rejected` is errc::none, unknown_authority,
  /// stale_incarnation, blocked, not_started, already_stopped or invalid_argument.
  gossip_response receive(const envelope& head, const gossip_request& what, time_point now);
  /// The same without an answer, for requests that have no correlation id.
  void receive_news(const envelope& head, const gossip_request& what, time_point now);

  /// The answer to a request of this node. A token that is not waited for is counted, not merged.
  void answered(std::uint64_t token, const gossip_response& what, time_point now);
  /// A request of this node will not be answered.
  void failed(std::uint64_t token, const error& why, time_point now);

  // -- time -------------------------------------------------------------------------------------

  /// Lets time pass. Ticks are due at start + k * interval, however late they are executed.
  void tick(time_point now);

  [[nodiscard]] gossiper_outcome take_outcome();
  [[nodiscard]] bool has_outcome() const { return !outcome_.empty(); }
  [[nodiscard]] time_point next_deadline() const;

  // -- observers --------------------------------------------------------------------------------

  /// Errors: not_started (never started), already_stopped (stopping or stopped).
  [[nodiscard]] expected<void> require_running() const;

  [[nodiscard]] gossiper_state state() const { return state_; }
  [[nodiscard]] const member_ref& self() const { return self_; }
  /// Ticks executed since construction.
  [[nodiscard]] std::uint64_t ticks() const { return ticks_; }
  /// Members that state is exchanged with: all but this node and the blocked ones.
  [[nodiscard]] std::vector<member_ref> peers() const;
  /// Grows with every change that a reader could see: of values, members and blocks.
  [[nodiscard]] std::uint64_t revision() const { return store_.revision(); }
  /// Equal hashes mean equal values; of a heartbeat its content counts. 0 while not running.
  [[nodiscard]] std::uint64_t state_hash() const;
  /// This node's writes so far, heartbeats included.
  [[nodiscard]] std::uint64_t own_sequence() const { return store_.own_sequence(); }
  [[nodiscard]] state_holders holders() const;
  [[nodiscard]] state_metrics metrics() const;

private:
  // -- steps of a tick, in this order
  void block_expired(time_point now);
  void block_left(time_point now);
  void refresh_heartbeat(time_point now);
  void send_round(time_point now);

  void tidy(time_point now);

  /// An entry has changed: it is passed on at once (S2.4.2).
  void spread(const node_id& owner, const std::string& stored_key, time_point now);
  void send_news(time_point now);
  [[nodiscard]] envelope head_for(const member_ref& target) const;
  errc take_in(const envelope& head, const gossip_request& what, time_point now);

  void expire_keys(time_point now);
  void expire_at(const std::string& stored_key, time_point deadline);
  expected<void> write(const expected<void>& allowed, const std::string& stored_key,
                       byte_buffer value, time_point now, std::optional<milliseconds> ttl);
  expected<void> remove(const expected<void>& allowed, const std::string& stored_key,
                        time_point now);
  void say_goodbye();
  bool send_to(peer& target);
  void tell_failed(const peer& target, const error& why, time_point now);
  void admit(const member_ref& who, time_point now);
  void dismiss(const node_id& id, block_reason reason, time_point now,
               std::optional<std::uint64_t> incarnation = {});
  void merge(const gossip_state& remote, const peer* from, time_point now);
  void merge_member(const node_id& id, const gossip_state::member& remote, std::uint32_t source,
                    time_point now);
  void notice(const gossip_update& update, time_point now);
  [[nodiscard]] errc reason_to_reject(const envelope& head, const gossip_request& what) const;
  [[nodiscard]] event_stamp stamp(time_point now) const { return {0, clock_.at(now)}; }
  [[nodiscard]] state_delta delta_for(const peer& target);
  [[nodiscard]] delta_limits message_limits() const;
  void send_request(peer& target, gossip_request what, std::uint64_t up_to);

  // -- comparisons with peers whose hashes stay different, one at a time
  [[nodiscard]] bool is_comparing() const;
  void begin_comparison(peer& with, time_point now);
  void go_on_comparing(peer& with, time_point now);
  void end_comparison(peer& with, time_point now);
  void compared(peer& with, const gossip_response& what, time_point now);
  void merge_repaired(const gossip_state& remote, const peer& from, time_point now);
  gossip_response answer_question(peer& from, const gossip_request& what, time_point now);

  config cfg_;
  random_source random_;
  unix_clock clock_;
  gossiper_state state_ = gossiper_state::created;
  member_ref self_;
  state_store store_;
  peer_table peers_;
  block_list blocked_;
  waiting_room waiting_;
  entry_rumors rumors_;
  burst_pacer pacer_;
  /// Under way as long as its request is; what has failed may go on later.
  std::optional<comparison> comparison_;
  std::uint32_t rounds_since_news_ = 0;
  /// No peer's heartbeat can expire before this moment.
  time_point nobody_expires_until_{};
  expiry_queue expiries_;
  /// All members but this node, the blocked ones too.
  std::map<node_id, member_ref> topology_;
  /// Members that have published `gracefully_left` since the last tick.
  std::set<node_id> left_;
  /// Peers that the goodbye still has to go to.
  std::set<node_id> farewells_;
  byte_buffer heartbeat_;
  /// Whose heartbeat was passed on last.
  node_id heartbeat_cursor_;
  time_point next_ = never;
  std::uint64_t ticks_ = 0;
  std::uint64_t last_token_ = 0;
  state_metrics counted_;
  gossiper_outcome outcome_;
};

} // namespace caf_gossip
