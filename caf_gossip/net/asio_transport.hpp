/// The transport over TCP and UDP.
///
/// Listens with both on one port. Frames go by datagram when they may and fit, else over one
/// stream per target, which is opened by the first frame and closed when idle. An answer goes
/// back over the stream that its request came on, as long as that is open. One thread does all
/// input and output.
#pragma once

#include <memory>

#include "caf_gossip/net/transport.hpp"

namespace caf_gossip::net {

/// All members may be called from any thread, with two exceptions: `on_arrival` only before
/// `start`, and `poll` and `poll_deltas` from one thread at a time.
///
/// Beyond what `transport` promises:
/// * One `delivery_failed` per frame that was accepted and not written, and exactly one outcome
///   per request: an answer, a failure, or `errc::timeout`.
/// * When a connection attempt fails, all frames waiting for it fail, and so do those of the next
///   `backoff_min` (doubled up to `backoff_max`), without another attempt.
/// * Frames that wait for a connection which the peer closes are sent again over a new one, unless
///   it never carried a frame.
/// * Frames by channel::new_stream travel without regard to any of that. Their streams are closed
/// by
///   the side that opened them.
/// * A datagram that is lost on its way is not noticed, except by the timeout of its request.
/// * A stream is closed when it cannot be followed (wrong magic, too large, newer major version)
///   and kept when a whole frame has bad contents.
/// * Host names are looked up in the background; `stop` does not wait for a name server.
class asio_transport final : public transport {
public:
  explicit asio_transport(transport_config cfg = {});

  ~asio_transport() override;

  asio_transport(const asio_transport&) = delete;
  asio_transport& operator=(const asio_transport&) = delete;

  /// Returns the host as given with the port that was bound.
  expected<authority> start(const authority& where) override;
  expected<void> send(outbound what) override;
  std::vector<inbound> poll() override;
  bool flush(std::chrono::milliseconds limit) override;
  void stop() override;
  [[nodiscard]] transport_stats stats() const override;
  void on_arrival(std::function<void()> wake) override;

private:
  class implementation;

  std::unique_ptr<implementation> implementation_;
};

} // namespace caf_gossip::net
