/// One frame and the stream that is opened for it alone: how that fails is what the sender wants to
/// know.
#pragma once

#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "caf_gossip/net/peer.hpp"

namespace caf_gossip::net {

/// Fails with unreachable when an address was silent, else with connection_refused when one said
/// that nobody listens, else with limit_reached or network_error for what this side could not do
/// (own_cause.hpp), else with send_failed.
class probe_stream : public std::enable_shared_from_this<probe_stream> {
public:
  /// So often an address is called that stays silent: the kernel repeats a lost packet only after a
  /// second (RFC 6298 2.1).
  static constexpr std::size_t rounds = 3;

  /// Calls that wait at the same time. Names with many addresses give up the oldest ones.
  static constexpr std::size_t calls_max = 12;

  probe_stream(queued_frame what, peer_host& host);

  /// Looks up the target and calls its addresses in turn, all within the probe timeout, or later
  /// when this thread is late. A call stays open while later ones are made, and the first one that
  /// is answered is the stream.
  void start();

  /// Closes the stream, or gives up opening it and fails the frame.
  void close(const std::string& reason);

  /// The place of the frame in the request table; 0 = none.
  [[nodiscard]] std::uint64_t request() const { return request_; }

  /// Tells whether there is no stream any more and will be none.
  [[nodiscard]] bool over() const { return stream_ ? stream_->closed() : !opening_; }

private:
  struct target_address {
    boost::asio::ip::address where;
    /// Why no stream can be opened to it; it is not called again.
    std::optional<error> failure;
  };

  void on_resolved(expected<addresses> found);
  void call_next();
  [[nodiscard]] bool find_next_call();
  void on_connected(std::size_t call, const boost::system::error_code& failure);
  void adopt(std::size_t call);
  void failed_for_good(target_address& where, error why);
  void fail(const error& why);
  void fail_unreachable();
  void arm(duration limit);

  queued_frame frame_;
  const std::uint64_t request_;
  peer_host& host_;
  std::vector<target_address> addresses_;
  /// Calls that have no outcome yet, by their numbers.
  std::map<std::size_t, boost::asio::ip::tcp::socket> calls_;
  std::size_t next_call_ = 0;
  /// From one call to the next.
  duration pause_{};
  std::shared_ptr<stream_connection> stream_;
  boost::asio::steady_timer timer_;
  const time_point deadline_;
  bool opening_ = true;
  /// Tells the handler of the timer as it is set from those before.
  std::uint64_t timer_set_ = 0;
};

} // namespace caf_gossip::net
