/// The network as the rest of the library sees it: send one way in, poll the other way out.
///
/// Nothing here blocks and nothing calls back with data. Both directions are bounded; what does
/// not fit is refused or dropped, and counted.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "caf_gossip/base/authority.hpp"
#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/wire/codec.hpp"
#include "caf_gossip/wire/frame.hpp"

namespace caf_gossip::net {

/// A frame with its target.
struct outbound {
  authority target;
  wire::frame message;
  channel via = channel::datagram;
  /// Report `errc::timeout` as a delivery_failed when no frame with the same correlation id
  /// arrives within the request timeout. Needs a correlation id that is not 0.
  bool expects_reply = false;
};

/// What became of an outbound that was accepted by `send` and failed later.
struct delivery_failed {
  authority target;
  /// The correlation id of the outbound; 0 when it had none.
  std::uint64_t correlation = 0;
  /// timeout, or send_failed (refused, reset, unresolvable, ...); the text names the target. What
  /// this host could not do, whoever the target is, is limit_reached or network_error. For
  /// channel::new_stream a host that refuses is connection_refused, and unreachable is said when no
  /// connection came about within the probe timeout; what breaks later is send_failed as ever.
  error reason;

  friend bool operator==(const delivery_failed&, const delivery_failed&) = default;
};

/// So many received frames had no room since the last `poll`: this process does not read fast
/// enough.
struct frames_dropped {
  std::size_t count = 0;

  friend bool operator==(const frames_dropped&, const frames_dropped&) = default;
};

/// What `poll` returns, in order of arrival per sender.
using inbound = std::variant<wire::frame, delivery_failed, frames_dropped>;

/// Counters since construction; they only grow.
struct transport_stats {
  std::uint64_t frames_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t frames_received = 0;
  std::uint64_t bytes_received = 0;
  /// Frames not accepted by `decode`, by cause.
  std::array<std::uint64_t, wire::decode_error_count> decode_errors{};
  /// Well-formed frames of another cluster.
  std::uint64_t wrong_cluster = 0;
  /// Sends refused at once: queue full, frame too large, target malformed, stopped.
  std::uint64_t sends_refused = 0;
  /// Deliveries that failed later.
  std::uint64_t deliveries_failed = 0;
  /// Received frames dropped because the inbound queue was full, of frames or of bytes.
  std::uint64_t inbound_dropped = 0;
  /// Connections refused or closed because a bound was reached.
  std::uint64_t connections_refused = 0;
  /// Connections closed for a half frame or for silence.
  std::uint64_t connections_timed_out = 0;
  /// Datagrams among the frames sent and received.
  std::uint64_t datagrams_sent = 0;
  std::uint64_t datagrams_received = 0;
  /// Connections opened to others and accepted from others.
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_accepted = 0;
  /// Refusals sent to other clusters and newer protocols; fewer than those seen, see
  /// `rejects_per_second_max`.
  std::uint64_t rejects_sent = 0;
  /// Frames not yet sent, requests not yet answered and frames not yet polled when `stop` came.
  std::uint64_t discarded_at_stop = 0;
  /// Connections open now (a gauge).
  std::uint64_t connections_open = 0;
  /// Sends by channel::new_stream among `sends_refused` because `probes_max` were under way.
  std::uint64_t probes_refused = 0;

  friend bool operator==(const transport_stats&, const transport_stats&) = default;
};

/// Limits and deadlines of a transport.
struct transport_config {
  /// Frames of other clusters are answered with a reject and counted.
  std::string cluster_name = "caf-gossip";
  std::size_t frame_bytes_max = 1U << 20U;
  std::size_t datagram_bytes_max = 1400;
  /// What was received and not polled. Bytes are those on the wire, here and below; a frame that
  /// would be the only one is always taken.
  std::size_t inbound_frames_max = 8192;
  std::size_t inbound_bytes_max = std::size_t{64} << 20U;
  /// What was accepted by `send` and not written, for one peer and for all.
  std::size_t outbound_frames_per_peer_max = 1024;
  std::size_t outbound_bytes_per_peer_max = std::size_t{8} << 20U;
  std::size_t outbound_bytes_max = std::size_t{128} << 20U;
  std::size_t peers_max = 4096;
  /// Connections accepted from others. When there are more, the oldest one that never brought a
  /// valid frame makes room; when all did, the new one is refused.
  std::size_t connections_max = 1024;
  /// Requests that wait for their answer.
  std::size_t requests_max = 65536;
  /// Refusals per second on one connection, and for all datagrams together.
  std::uint32_t rejects_per_second_max = 10;
  std::chrono::milliseconds request_timeout{2000};
  std::chrono::milliseconds connect_timeout{2000};
  /// Streams opened for one frame each (channel::new_stream), from its `send` to its outcome.
  std::size_t probes_max = 64;
  /// For looking up and connecting such a stream.
  std::chrono::milliseconds probe_timeout{500};
  /// A started frame must be complete within this time, in both directions, and a new connection
  /// must bring its first valid frame.
  std::chrono::milliseconds frame_timeout{5000};
  /// The side that opened a connection closes it after this time without traffic. The other side
  /// waits `connect_timeout` longer, so that no frame meets a closing connection.
  std::chrono::milliseconds idle_timeout{30000};
  /// After a failed connection attempt the next one waits this long, doubled up to the maximum.
  std::chrono::milliseconds backoff_min{100};
  std::chrono::milliseconds backoff_max{5000};
};

class transport {
public:
  virtual ~transport() = default;

  /// Binds to `where` (port 0: the kernel chooses) and starts to accept. Returns the authority
  /// that was bound. Errors: network_error (address in use, not available, unresolvable),
  /// already_started; nothing keeps running after an error. May be called again after `stop`.
  virtual expected<authority> start(const authority& where) = 0;

  /// Hands a frame to the network. Never blocks. Errors: send_failed with the reason, or
  /// limit_reached naming the bound; the frame was not queued. What fails later comes out of
  /// `poll` as delivery_failed.
  ///
  /// A frame by channel::new_stream uses no stream that is there, waits for no other frame and no
  /// back-off, and its failure harms no other frame. Its stream ends with its outcome.
  ///
  /// Frames of the membership leave before those of the state; each plane keeps its order, and an
  /// eighth of the places and bytes is the membership's alone (limit_reached).
  virtual expected<void> send(outbound what) = 0;

  /// Returns what has arrived since the last call, empty when nothing has. Never blocks, and may
  /// be called in every state.
  virtual std::vector<inbound> poll() = 0;

  /// Waits until every accepted frame was handed to the operating system or has failed. Returns
  /// false when `limit` passed before. For a last word before `stop`; the one call that blocks.
  virtual bool flush(std::chrono::milliseconds limit) {
    static_cast<void>(limit);
    return true;
  }

  /// Stops accepting and sending, closes everything and returns when no thread of this object
  /// runs any more. The port can be bound again at once. Harmless when not started. Whatever was
  /// not sent, not answered or not polled is discarded and counted.
  virtual void stop() = 0;

  [[nodiscard]] virtual transport_stats stats() const = 0;

  /// Sets what is called, from any thread, when the inbound queue stops being empty. It must not
  /// block and not call back into the transport. Set before `start`.
  virtual void on_arrival(std::function<void()> wake) = 0;

  /// Returns the deltas that have arrived with their senders' authorities. Everything else stays
  /// for `poll`. Not to be mixed with a concurrent `poll`.
  std::vector<std::pair<authority, delta>> poll_deltas();

protected:
  /// Returns what `poll_deltas` left, for the front of the next `poll` result.
  std::vector<inbound> take_left_over() { return std::exchange(left_over_, {}); }

private:
  std::vector<inbound> left_over_;
};

} // namespace caf_gossip::net
