/// Frames in single datagrams.
#pragma once

#include <utility>

#include <boost/asio/ip/udp.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "caf_gossip/net/outbox.hpp"

namespace caf_gossip::net {

/// Hears what happens on the socket, always on the I/O thread.
class datagram_listener {
public:
  virtual ~datagram_listener() = default;

  virtual void on_datagram(std::span<const std::uint8_t> data,
                           const boost::asio::ip::udp::endpoint& from) = 0;
  virtual void on_datagram_written(const queued_frame& what) = 0;
  virtual void on_datagram_failed(const queued_frame& what, const error& why) = 0;
  /// Everything that had arrived was passed on.
  virtual void on_turn_done() = 0;
};

/// Its handlers refer to it: it must outlive the run of its io_context.
class datagram_socket {
public:
  using udp = boost::asio::ip::udp;

  datagram_socket(boost::asio::io_context& io, datagram_listener& events)
      : socket_(io), events_(events) {}

  /// Binds. Unlike a listener's, the port must be free: two sockets on one UDP port would share
  /// its datagrams.
  [[nodiscard]] boost::system::error_code open(const udp::endpoint& where);

  void start() { read(); }

  /// Returns the address as this socket has to name it, nothing when it is of another family.
  [[nodiscard]] std::optional<boost::asio::ip::address>
  reachable(const boost::asio::ip::address& where) const;

  /// Sends now, or as soon as the system takes more. The outbox bounds what waits.
  void send(queued_frame what, const udp::endpoint& to);

  /// Sends bytes of the transport itself, if the system takes them now.
  bool send_now(const wire::bytes& data, const udp::endpoint& to);

  void close();

private:
  struct waiting {
    queued_frame what;
    udp::endpoint to;
  };

  void read();
  void receive();
  void write();

  udp::socket socket_;
  datagram_listener& events_;
  bool v6_ = false;
  bool takes_both_ = false;
  bool writing_ = false;
  plane_queue<waiting> queue_;
  std::array<std::uint8_t, 65536> buffer_;
};

} // namespace caf_gossip::net
