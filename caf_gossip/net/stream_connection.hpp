/// One TCP connection that carries frames, whoever opened it.
#pragma once

#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "caf_gossip/base/time.hpp"
#include "caf_gossip/net/framing.hpp"
#include "caf_gossip/net/outbox.hpp"
#include "caf_gossip/net/rate_limit.hpp"

namespace caf_gossip::net {

class stream_connection;

/// Hears what happens on a connection, always on the I/O thread.
class stream_listener {
public:
  virtual ~stream_listener() = default;

  /// One whole frame. May close the connection.
  virtual void on_frame(stream_connection& from, std::span<const std::uint8_t> data) = 0;
  /// The bytes cannot be followed any further. Has to close the connection, except for truncated:
  /// then the connection is about to close itself.
  virtual void on_broken(stream_connection& from, wire::decode_error why) = 0;
  /// Everything that had arrived was passed on.
  virtual void on_turn_done() = 0;
  virtual void on_written(stream_connection& to, const queued_frame& what) = 0;
  /// Called once. `unsent` are the frames that were not written completely.
  virtual void on_closed(stream_connection& which, const std::string& reason, bool timed_out,
                         std::deque<queued_frame> unsent) = 0;
  /// A buffer for one read; the connections share it.
  virtual std::span<std::uint8_t> scratch() = 0;
};

class stream_connection : public std::enable_shared_from_this<stream_connection> {
public:
  using socket = boost::asio::ip::tcp::socket;

  /// `target` is the authority that the connection was opened to, nothing when it was accepted.
  stream_connection(std::uint64_t number, socket connected, std::optional<authority> target,
                    const transport_config& cfg, stream_listener& events);

  void start();

  /// Queues a frame. Everything queued until the I/O thread gets to it is written in one piece.
  /// Frames of the membership go before those of the state that were not begun.
  void send(queued_frame what);

  /// Queues bytes of the transport itself, which nobody hears about.
  void send(wire::bytes data) { send(queued_frame{{}, std::move(data)}); }

  /// Closes at once. The second call does nothing.
  void close(const std::string& reason, bool timed_out = false);

  /// Closes when everything queued was written and the peer had a moment to read it.
  void close_gently(std::string reason);

  /// The connection has brought a valid frame.
  void prove() { proven_ = true; }

  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] const std::optional<authority>& target() const { return target_; }
  [[nodiscard]] bool accepted() const { return !target_; }
  [[nodiscard]] bool closed() const { return closed_; }
  /// Tells whether a frame was written before.
  [[nodiscard]] bool has_carried() const { return has_carried_; }
  /// Tells whether a part of the next frame was written.
  [[nodiscard]] bool has_begun() const { return written_ > 0; }
  [[nodiscard]] rate_limit& rejects() { return rejects_; }

private:
  void read();
  void on_readable(const boost::system::error_code& failure);
  void on_bytes(std::span<const std::uint8_t> data);
  void on_end(const boost::system::error_code& failure);
  void begin_writing();
  void write();
  void on_written(std::size_t bytes);
  void wait_to_write();
  void end_writing();
  [[nodiscard]] time_point deadline() const;
  void watch();
  void on_watch();

  const std::uint64_t number_;
  socket socket_;
  const std::optional<authority> target_;
  const transport_config& cfg_;
  stream_listener& events_;
  frame_reader reader_;
  rate_limit rejects_;
  plane_queue<queued_frame> queue_;
  /// Bytes of the first queued frame that were written already.
  std::size_t written_ = 0;
  bool writing_ = false;
  bool proven_ = false;
  bool has_carried_ = false;
  bool closing_ = false;
  bool closed_ = false;
  std::string closing_reason_;
  boost::asio::steady_timer timer_;
  time_point armed_ = never;
  time_point opened_;
  time_point last_traffic_;
  time_point partial_since_ = never;
  time_point last_progress_;
  time_point closing_since_ = never;
};

} // namespace caf_gossip::net
