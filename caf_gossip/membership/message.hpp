/// The membership protocol, message by message.
///
///     joiner                       seed                        other members
///       | -- join_request ---------> |                               |
///       | <- join_response (page 1)  |   (or a refusal)              |
///       | -- roster_request -------> |                               |
///       | <- roster_response (n) --- |                               |
///       | -- heartbeat ------------> | -- delta (joiner is up) ----> |
///       |                            | <- ack ---------------------- |
///
/// Members send `heartbeat`s to their observers, `delta`s with what they learned to random peers,
/// and `ack`s for the deltas they got. Every message carries the sender's roster hash in its
/// envelope; two members whose hashes stay different find the ranges of ids in which their rosters
/// differ by `range_request` and `range_response`, and compare those by `sync_request` and
/// `sync_response`.
///
///     observer                     observed              other observers of it
///       | -- ping ---------------> |                               |
///       |    (no ping_ack in time) |                               |
///       | -- probe_request --------------------------------------> |
///       | -- ping, new stream ---> | <- ping --------------------- |
///       | <- probe_report ---------------------------------------- |
///       |    (nobody has heard it) |                               |
///       | -- accusation -----------------------------------------> |
///
/// All messages are idempotent: doubled or reordered ones change nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "caf_gossip/base/envelope.hpp"
#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/base/hash_ranges.hpp"
#include "caf_gossip/membership/shared_record.hpp"

namespace caf_gossip {

/// "I am alive", from a member to its observers in turn.
struct heartbeat {
  /// The sender's own record version: a heartbeat refutes any suspicion of a lower version.
  std::uint64_t version = 0;
  /// What travels along (SWIM 4.1), as in a delta without acknowledgement.
  shared_records news{};

  friend bool operator==(const heartbeat&, const heartbeat&) = default;
};

/// Records that are news for the receiver, as far as the sender knows.
struct delta {
  /// The range (`from`, `to`] of the *sender's* change counter. The receiver does not interpret
  /// it; it returns `to` in its ack.
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  shared_records records;

  friend bool operator==(const delta&, const delta&) = default;
};

/// Acknowledges everything up to `to` of the receiver's change counter.
struct ack {
  std::uint64_t to = 0;

  friend bool operator==(const ack&, const ack&) = default;
};

/// Asks a member to be admitted. `self` has the status joining.
struct join_request {
  record self;

  friend bool operator==(const join_request&, const join_request&) = default;
};

/// Why somebody was refused, and what would help.
struct refusal {
  errc code = errc::none;
  std::string text;
  /// For stale_incarnation: the incarnation that has to be exceeded.
  std::uint64_t known_incarnation = 0;
  /// Asking again earlier is pointless; 0 = at any time.
  std::chrono::milliseconds retry_after{0};

  friend bool operator==(const refusal&, const refusal&) = default;
};

/// One page of a roster, in the order of the responder.
struct roster_page {
  shared_records records;
  /// Ask for the page behind this id next; empty = this was the last page.
  node_id next;

  friend bool operator==(const roster_page&, const roster_page&) = default;
};

/// Answers a join_request: either refused, or the first page of the roster.
struct join_response {
  std::optional<refusal> refused;
  roster_page page;

  friend bool operator==(const join_response&, const join_response&) = default;
};

/// Asks for the page of the roster behind the node id `after`; empty = from the beginning.
struct roster_request {
  node_id after;

  friend bool operator==(const roster_request&, const roster_request&) = default;
};

struct roster_response {
  roster_page page;

  friend bool operator==(const roster_response&, const roster_response&) = default;
};

/// One active record as two hashes, to find differences without sending the records.
struct digest_entry {
  std::uint64_t id_hash = 0;
  std::uint64_t record_hash = 0;

  friend auto operator<=>(const digest_entry&, const digest_entry&) = default;
};

/// The sender's roster as a digest, sorted by id hash.
struct sync_request {
  std::vector<digest_entry> digest;
  /// The digest covers these ranges of id hashes, sorted; empty = the whole roster.
  std::vector<hash_range> scope{};

  friend bool operator==(const sync_request&, const sync_request&) = default;
};

/// What differs: the responder's records, and the id hashes whose records it wants in a delta.
struct sync_response {
  shared_records records;
  std::vector<std::uint64_t> wanted;

  friend bool operator==(const sync_response&, const sync_response&) = default;
};

/// "Are you alive?" Answered at once by a ping_ack with the same correlation id (SWIM 3.1).
struct ping {
  /// As in a heartbeat.
  std::uint64_t version = 0;
  shared_records news{};

  friend bool operator==(const ping&, const ping&) = default;
};

struct ping_ack {
  std::uint64_t version = 0;
  shared_records news{};

  friend bool operator==(const ping_ack&, const ping_ack&) = default;
};

/// Asks another member whether it can reach `subject` (SWIM 3.1: ping-req).
struct probe_request {
  member_ref subject;

  friend bool operator==(const probe_request&, const probe_request&) = default;
};

/// Answers a probe_request with the same correlation id.
struct probe_report {
  member_ref subject;
  /// Not: it has not answered yet, but whoever reports this is alive (Lifeguard 4.1: nack).
  bool answered = false;
  /// The version of the subject's record when it answered.
  std::uint64_t version = 0;

  friend bool operator==(const probe_report&, const probe_report&) = default;
};

/// What the sender's own probe of a member has shown.
enum class evidence : std::uint8_t {
  /// Neither the process nor the host answers.
  silent = 0,
  /// The host takes connections for the address, but nobody answers: the process is slow or paused.
  unresponsive = 1,
  /// The host says that nobody listens there: the process is gone.
  refused = 2,
};

/// "My own probe of it has failed." Not silent when anybody has found its host alive.
struct accusation {
  member_ref subject;
  /// The version of its record that this is about.
  std::uint64_t version = 0;
  evidence found = evidence::silent;

  friend bool operator==(const accusation&, const accusation&) = default;
};

/// Asks in which of these ranges the receiver's roster is another. Sorted, not overlapping.
struct range_request {
  std::vector<hash_range> ranges;

  friend bool operator==(const range_request&, const range_request&) = default;
};

/// Answers a range_request: those of its ranges that differ, with the responder's sums.
struct range_response {
  std::vector<hash_range> ranges;

  friend bool operator==(const range_response&, const range_response&) = default;
};

/// The messages of the membership plane. On the wire each is a member of a union: append only.
using membership_payload =
    std::variant<heartbeat, delta, ack, join_request, join_response, roster_request,
                 roster_response, sync_request, sync_response, ping, ping_ack, probe_request,
                 probe_report, accusation, range_request, range_response>;

/// A message as it was received.
struct membership_message {
  envelope head;
  membership_payload payload;

  friend bool operator==(const membership_message&, const membership_message&) = default;
};

/// How a message travels.
enum class channel : std::uint8_t {
  /// A datagram when the frame fits one, else the stream.
  datagram,
  /// Always the stream: for requests and for what must not be lost silently.
  stream,
  /// A stream of its own, opened for this message: how that fails tells whether the host is gone
  /// (`unreachable`), the process (`connection_refused`), or neither (`timeout`).
  new_stream,
};

/// A message with its target.
struct membership_outbound {
  authority target;
  envelope head;
  membership_payload payload;
  channel via = channel::datagram;
  /// The network reports a timeout when no answer with the same correlation id arrives.
  bool expects_reply = false;

  friend bool operator==(const membership_outbound&, const membership_outbound&) = default;
};

} // namespace caf_gossip
