/// The membership core: who is in, who is suspect, who is gone, and who needs to be told.
///
/// A value-in, value-out machine. Every input takes the moment it happens at and returns success
/// or an error; its effects collect in one outcome that the caller takes, sends and publishes.
/// `next_deadline` names the one moment at which `tick` is wanted; ticking early is harmless.
/// It decides nothing about key/value state, connections or threads.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "caf_gossip/base/config.hpp"
#include "caf_gossip/base/random.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/dissemination_engine.hpp"
#include "caf_gossip/membership/downing_policy.hpp"
#include "caf_gossip/membership/event.hpp"
#include "caf_gossip/membership/flap_damping.hpp"
#include "caf_gossip/membership/hearing.hpp"
#include "caf_gossip/membership/joiner.hpp"
#include "caf_gossip/membership/local_health.hpp"
#include "caf_gossip/membership/member_table.hpp"
#include "caf_gossip/membership/message.hpp"
#include "caf_gossip/membership/observation.hpp"
#include "caf_gossip/membership/probe_schedule.hpp"
#include "caf_gossip/membership/prober.hpp"
#include "caf_gossip/membership/quarantine.hpp"
#include "caf_gossip/membership/relay_table.hpp"
#include "caf_gossip/membership/roster_ranges.hpp"
#include "caf_gossip/membership/snapshot.hpp"
#include "caf_gossip/membership/testimony.hpp"
#include "caf_gossip/membership/topology_window.hpp"

namespace caf_gossip {

/// Answers `leave_cluster`: the goodbye has been acknowledged by so many of those asked, or the
/// time ran out.
struct leave_finished {
  std::size_t acknowledged = 0;
  std::size_t asked = 0;

  friend bool operator==(const leave_finished&, const leave_finished&) = default;
};

/// The effects of inputs, in the order in which they happened.
struct membership_outcome {
  std::vector<membership_outbound> outbounds;
  std::vector<membership_event> events;
  std::vector<leave_finished> replies;

  [[nodiscard]] bool empty() const {
    return outbounds.empty() && events.empty() && replies.empty();
  }
};

class membership_coordinator {
public:
  /// `cfg` must be valid. Equal configurations, seeds and inputs give equal outcomes.
  membership_coordinator(config cfg, std::uint64_t seed, unix_clock clock = {});

  // -- lifecycle ------------------------------------------------------------------------------

  /// Becomes a member: joins through `seeds`, or forms the cluster alone when there are none or
  /// the first one is `self`. Errors: already_started; invalid_config for an invalid `self`.
  expected<void> start_member(const member_ref& self, std::vector<authority> seeds, time_point now);

  /// Sees the cluster without being in it. Errors as above, and invalid_config without seeds.
  expected<void> start_client(const member_ref& self, std::vector<authority> seeds, time_point now);

  /// Stops at once, without a goodbye. Everything is forgotten. Errors: not_started.
  expected<void> shut_down(time_point now);

  // -- inputs ---------------------------------------------------------------------------------

  /// Admits a newcomer. Errors: not_started, invalid_state (client), invalid_config (out of
  /// bounds), quarantined, stale_incarnation, authority_conflict, invalid_transition (this
  /// incarnation is gone), limit_reached. Admitting an active member again changes nothing.
  expected<void> join(const record& newcomer, time_point now);

  /// Says goodbye for a member. Errors: not_started, invalid_state (client), unknown_authority,
  /// invalid_transition.
  expected<void> leave(const authority& who, time_point now);

  /// Says goodbye for this node and waits until others have it: a leave_finished follows, at the
  /// latest after the leave timeout. Errors: not_started, invalid_state (client).
  expected<void> leave_cluster(time_point now);

  /// Declares a member dead. Errors: not_started, unknown_authority, invalid_transition,
  /// invalid_state for this node itself.
  expected<void> down(const authority& who, time_point now);

  /// A sign of life from a member. Errors: not_started, unknown_authority, invalid_transition (it
  /// is leaving or gone).
  expected<void> heard(const authority& who, time_point now);

  /// Keeps an authority out; an active member there is declared dead. Errors: not_started,
  /// disabled (the quarantine's time to live is 0), invalid_state for this node itself.
  expected<void> quarantine_authority(const authority& who, std::string reason, time_point now);

  /// Errors: not_started, unknown_authority when nothing is quarantined there.
  expected<void> clear_quarantine(const authority& who, time_point now);

  /// A message from the network, well-formed and within bounds. Errors name why nothing was merged;
  /// they are counted, and the caller need do nothing about them.
  expected<void> receive(const membership_message& what, time_point now);

  /// A peer's transport refused our message with this correlation id.
  void rejected(std::uint64_t correlation, const authority& by, const refusal& why, time_point now);

  /// A message with this correlation id could not be delivered.
  void delivery_failed(std::uint64_t correlation, const authority& target, const error& why,
                       time_point now);

  /// Messages were dropped because this node did not read them fast enough.
  void overloaded(time_point now);

  /// A message came that this node has no use for; it is counted under the reason.
  void ignored(errc reason) { ++metrics_.messages_refused[static_cast<std::size_t>(reason)]; }

  /// One gossip round: news for `fan_out` random peers. Called once per gossip interval.
  void disseminate(time_point now);

  /// Lets time pass. Early and repeated calls are harmless.
  void tick(time_point now);

  // -- outputs --------------------------------------------------------------------------------

  /// Returns the effects of all inputs since the last call.
  [[nodiscard]] membership_outcome take_outcome();

  [[nodiscard]] time_point next_deadline() const;

  // -- observers ------------------------------------------------------------------------------

  [[nodiscard]] node_mode mode() const { return mode_; }
  [[nodiscard]] const member_ref& self() const { return self_; }
  [[nodiscard]] const member_table& table() const { return table_; }
  [[nodiscard]] const dissemination_engine& engine() const { return engine_; }
  [[nodiscard]] membership_snapshot snapshot() const;
  [[nodiscard]] std::vector<quarantine_entry> quarantined(time_point now) const;
  /// The last refused transitions, oldest first.
  [[nodiscard]] const std::deque<transition_refused>& refusals() const { return refusals_; }
  /// Errors: disabled.
  [[nodiscard]] expected<membership_metrics> metrics() const;

private:
  // membership_coordinator.cpp: lifecycle, local inputs
  expected<void> begin(node_mode mode, const member_ref& self, time_point now);
  expected<void> require_running() const;
  expected<void> require_member() const;
  expected<const member_entry*> require_entry(const authority& who) const;
  void form_cluster();
  void advance(time_point now);

  // transitions.cpp: one way for every change of a record
  merge_kind merge(const shared_record& incoming, const cause& why, const node_id& learned_from);
  expected<void> transition(const member_entry& entry, member_status to, const cause& why);
  void hear(const member_entry& entry);
  void follow(const node_id& id, std::optional<member_status> from,
              const std::optional<member_ref>& was, const cause& why);
  void follow_replaced(const record& old, const node_id& by);
  void follow_displaced(const member_entry& gone, const node_id& by);
  void track_timeouts(const member_entry& entry);
  void close_case(const node_id& id);
  void quarantine_member(const member_ref& who, std::string reason, duration ttl);
  bool release(const authority& who);
  void refuse_transition(const member_ref& who, member_status from, member_status to,
                         const node_id& informant);
  void assert_self(member_status status);

  // receive.cpp: who is listened to
  /// What somebody says without being asked shows that it can send, not that it can hear.
  enum class hears : std::uint8_t { perhaps, surely };
  expected<const member_entry*> require_sender(const envelope& head, hears sender = hears::surely);
  expected<void> on(const envelope& head, const heartbeat& what);
  expected<void> on(const envelope& head, const delta& what);
  expected<void> on(const envelope& head, const ack& what);
  void admit_records(const shared_records& records, const envelope& head);
  bool may_come_in(const record& newcomer);

  // joining.cpp: getting in, and the roster that comes with it
  std::optional<refusal> reason_to_refuse(const record& newcomer) const;
  tl::expected<void, refusal> admit(const record& newcomer);
  void tick_joining();
  void refused_by_seed(const authority& seed, const refusal& why);
  void request_roster(const authority& from, const node_id& after);
  void admit_page(const roster_page& page, const envelope& head);
  roster_page page_after(const node_id& after) const;
  expected<void> on(const envelope& head, const join_request& what);
  expected<void> on(const envelope& head, const join_response& what);
  expected<void> on(const envelope& head, const roster_request& what);
  expected<void> on(const envelope& head, const roster_response& what);

  // leaving.cpp
  void begin_leave();
  void tick_leave();

  // returning.cpp: taken for dead, or separated
  void hear_of_self(const record& rumor, const node_id& informant);
  void become_outcast(const node_id& informant, std::uint64_t exceed, bool may_return);
  void new_incarnation(std::uint64_t exceed);
  void tick_reunion();
  void hear_verdict(const envelope& head, const shared_records& records);
  [[nodiscard]] bool is_larger_side() const;
  void follow_predecessor(const envelope& head);
  void join_strangers(const authority& through);

  // reconciling.cpp: two rosters that differ
  void begin_reconciliation(const member_ref& peer);
  void compare_rosters(const member_ref& peer, const std::vector<hash_range>& different);
  expected<void> on(const envelope& head, const range_request& what);
  expected<void> on(const envelope& head, const range_response& what);
  expected<void> on(const envelope& head, const sync_request& what);
  expected<void> on(const envelope& head, const sync_response& what);

  // probing.cpp: is it alive?
  [[nodiscard]] bool takes_turns() const;
  [[nodiscard]] std::size_t observers_of_one() const;
  /// Who was asked by others to look looks in all ways at once, and asks only one other in turn. A
  /// check is about this node's own hearing.
  enum class look : std::uint8_t { thorough, at_once, check };
  void begin_probe(const member_entry& entry, look how);
  void open_stream(probe& item);
  std::vector<member_ref> helpers_for(const node_id& subject, std::size_t observers,
                                      std::size_t count);
  void ask(probe& item, const std::vector<member_ref>& helpers);
  void widen(probe& item);
  void tick_probes();
  expected<void> on(const envelope& head, const ping& what);
  expected<void> on(const envelope& head, const ping_ack& what);
  expected<void> on(const envelope& head, const probe_request& what);
  expected<void> on(const envelope& head, const probe_report& what);

  // accusing.cpp: what follows from that
  void conclude(const probe& item);
  void suspect(const member_entry& entry, evidence found);
  void accuse(const member_entry& entry, evidence found);
  std::vector<member_ref> jury_of(const node_id& subject);
  expected<void> on(const envelope& head, const accusation& what);

  // judging.cpp: whose word counts
  void tick_hearing();
  void check_with_round(const member_ref& asked);
  [[nodiscard]] bool is_believed(const node_id& accuser) const;
  [[nodiscard]] testimony testimony_about(const record& rec) const;
  [[nodiscard]] circumstances circumstances_of(const node_id& subject) const;
  [[nodiscard]] bool is_shared_suspicion(const member_entry& entry) const;
  [[nodiscard]] cause_kind cause_of_verdict(const member_entry& suspect) const;
  [[nodiscard]] bool is_in() const;
  void judge_itself();
  [[nodiscard]] bool hears_nobody() const;
  [[nodiscard]] bool is_isolated_for(duration span) const;
  [[nodiscard]] bool doubts_itself() const;
  [[nodiscard]] bool holds_back(const node_id& suspect) const;

  // ticking.cpp: what happens by itself
  void blame_itself();
  void tick_heartbeats();
  void send_heartbeat();
  void watch_ring();
  void tick_detection();
  void tick_timeouts();
  void tick_dissemination();
  std::vector<node_id> quarantined_ids() const;

  // sending.cpp: what leaves this node
  template <class Event>
  void emit(Event event);
  void post(const authority& target, std::uint64_t receiver_incarnation, membership_payload payload,
            channel via, std::uint64_t correlation = 0, bool expects_reply = false);
  std::uint64_t new_correlation();
  [[nodiscard]] std::uint64_t own_version() const;
  void tell_suspect(const authority& target, membership_payload& payload) const;
  void correct(const member_ref& peer, const member_entry& newer);
  void report_told(const std::vector<dissemination_engine::addressed_news>& told);
  void report_progress(const node_id& peer);
  void report_confirmed();

  config cfg_;
  random_source random_;
  unix_clock clock_;
  std::unique_ptr<downing_policy> downing_;

  node_mode mode_ = node_mode::stopped;
  member_ref self_;
  std::vector<authority> seeds_;
  time_point now_{};
  member_table table_;
  quarantine quarantine_;
  dissemination_engine engine_;
  observation observation_;
  prober prober_;
  relay_table relays_;
  testimonies testimonies_;
  probe_schedule schedule_;
  local_health health_;
  flap_damping damping_;
  hearing hearing_;
  topology_window window_;
  joiner joiner_;

  /// Suspects and leaving members with the moment at which their time is up.
  std::map<node_id, time_point> suspects_;
  std::map<node_id, time_point> leaving_;
  bool ring_changed_ = false;
  bool roster_complete_ = false;
  /// The roster being received comes from a cluster that this node brings nobody to.
  bool only_self_is_news_ = false;
  bool was_confirmed_ = false;
  time_point next_heartbeat_ = never;
  /// Whose turn it is among the observers.
  std::uint64_t heartbeat_turn_ = 0;
  time_point next_probe_ = never;
  time_point next_reunion_ = never;
  /// Since when none of the watched members has been heard.
  time_point isolated_since_ = never;
  /// Since when its local health says that it must not accuse.
  time_point unsound_since_ = never;
  /// From when on a trouble of its own counts again.
  time_point next_blame_{};
  time_point last_heard_{};
  /// It does not hear enough to be a member: it only asks whether somebody hears it.
  bool deaf_ = false;
  time_point next_check_ = never;
  /// A round has begun the check that is under way.
  bool round_checks_ = false;
  time_point next_poll_ = never;
  time_point next_forget_ = never;
  time_point last_poll_{};
  /// This node was declared dead and returns at that moment, through whom told it.
  time_point returns_at_ = never;
  authority returns_through_;
  bool outcast_ = false;
  std::uint64_t exceed_incarnation_ = 0;
  /// Request for the next page of a roster, and for a reconciliation.
  std::uint64_t page_request_ = 0;
  std::uint64_t sync_request_ = 0;
  node_id sync_peer_;
  /// Small ranges in which the rosters differ, to be listed when all are known.
  std::vector<hash_range> sync_scope_;
  std::size_t sync_steps_ = 0;

  struct farewell {
    std::vector<member_ref> asked;
    std::set<authority> unreachable;
    /// Of the pings that carry the goodbye.
    std::uint64_t number = 0;
    std::set<node_id> acknowledged;
    time_point deadline = never;
    time_point resend = never;
    bool answered = false;
  };
  std::optional<farewell> farewell_;

  /// When a correction was last sent to whom.
  std::map<authority, time_point> corrected_;
  std::deque<transition_refused> refusals_;
  membership_metrics metrics_;
  membership_outcome outcome_;
};

} // namespace caf_gossip
