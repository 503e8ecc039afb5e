/// One frame and the stream that is opened for it alone: how that fails is what the sender wants to
/// know.
#pragma once

#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>

#include "caf_gossip/net/peer.hpp"

namespace caf_gossip::net {

/// Fails with unreachable when an address was silent, else with connection_refused when one said
/// that nobody listens, else with send_failed (no descriptors, no right to connect, ...).
class probe_stream : public std::enable_shared_from_this<probe_stream> {
public:
  probe_stream(queued_frame what, peer_host& host);

  /// Looks up the target and tries its addresses in turn, those that stay silent once more, all
  /// within the probe timeout: the kernel repeats a lost packet only after a second (RFC 6298 2.1).
  void start();

  /// Closes the stream, or gives up opening it and fails the frame.
  void close(const std::string& reason);

  /// The place of the frame in the request table; 0 = none.
  [[nodiscard]] std::uint64_t request() const { return request_; }

  /// Tells whether there is no stream any more and will be none.
  [[nodiscard]] bool over() const { return stream_ ? stream_->closed() : !opening_; }

private:
  void on_resolved(expected<addresses> found);
  void connect();
  void on_connected(const boost::system::error_code& failure);
  void adopt();
  void failed_once(error why);
  void fail(const error& why);
  void arm(duration limit);

  queued_frame frame_;
  const std::uint64_t request_;
  peer_host& host_;
  addresses addresses_;
  /// Which address is tried next, and how many there were before the silent ones came again.
  std::size_t next_ = 0;
  std::size_t found_ = 0;
  /// What says most about the target of the failures so far.
  std::optional<error> failure_;
  std::optional<boost::asio::ip::tcp::socket> socket_;
  std::shared_ptr<stream_connection> stream_;
  boost::asio::steady_timer timer_;
  time_point deadline_;
  bool opening_ = true;
  /// Tells the handlers of a step that was given up from those of the current one.
  std::uint64_t step_ = 0;
};

} // namespace caf_gossip::net
