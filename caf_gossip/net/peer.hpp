/// One target: its addresses, the stream to it, and what happens when there is none.
#pragma once

#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>

#include "caf_gossip/net/back_off.hpp"
#include "caf_gossip/net/outbox.hpp"
#include "caf_gossip/net/resolver.hpp"
#include "caf_gossip/net/stream_connection.hpp"

namespace caf_gossip::net {

/// What peers and probes need from their surroundings, always on the I/O thread.
class peer_host {
public:
  virtual ~peer_host() = default;

  [[nodiscard]] virtual boost::asio::io_context& io() = 0;
  [[nodiscard]] virtual const transport_config& cfg() const = 0;
  [[nodiscard]] virtual resolver& names() = 0;
  [[nodiscard]] virtual random_source& random() = 0;

  /// Makes a connected socket a connection.
  virtual std::shared_ptr<stream_connection> adopt(boost::asio::ip::tcp::socket connected,
                                                   const authority& target) = 0;
  /// Sends a frame in a datagram. Returns false, and leaves the frame alone, when the address is
  /// of another family than the bound one.
  virtual bool send_datagram(queued_frame& what, const boost::asio::ip::address& to) = 0;
  virtual void on_failed(const queued_frame& what, const error& why) = 0;
  /// What was reported since the last call may be passed on.
  virtual void on_turn_done() = 0;
};

class peer : public std::enable_shared_from_this<peer> {
public:
  peer(authority target, peer_host& host);

  /// Sends by datagram or stream, or queues until the target is resolved and connected, or fails
  /// the frame while backing off.
  void send(queued_frame what, time_point now);

  /// Closes the stream, gives up an attempt and fails what waits for it.
  void close(const std::string& reason);

  /// When the last frame was sent.
  [[nodiscard]] time_point used() const { return used_; }

  /// Tells whether nothing would be lost by forgetting the peer.
  [[nodiscard]] bool idle(time_point now) const;

private:
  enum class stage { idle, resolving, connecting };

  [[nodiscard]] bool connected() const { return stream_ && !stream_->closed(); }
  [[nodiscard]] bool fits_datagram(const queued_frame& what) const;
  bool send_now(queued_frame& what);
  void wait(queued_frame what);
  void begin(time_point now);
  void on_resolved(expected<addresses> found);
  void connect(std::size_t index);
  void on_connected(std::size_t index, const boost::system::error_code& failure);
  void adopt();
  void fail_all(error why);
  void arm(duration limit);
  void disarm();

  const authority target_;
  peer_host& host_;
  stage stage_ = stage::idle;
  /// One when it is numeric or has been connected to, else what the look-up gave.
  addresses addresses_;
  /// The last attempt to connect failed.
  bool refused_ = false;
  time_point believed_until_ = time_point::min();
  plane_queue<queued_frame> waiting_;
  std::shared_ptr<stream_connection> stream_;
  std::optional<boost::asio::ip::tcp::socket> socket_;
  boost::asio::steady_timer timer_;
  bool timed_out_ = false;
  /// Tells the handlers of an attempt that was given up from those of the current one.
  std::uint64_t attempt_ = 0;
  std::uint64_t armings_ = 0;
  back_off back_off_;
  error last_failure_;
  time_point used_;
};

} // namespace caf_gossip::net
