/// Accepts TCP connections.
#pragma once

#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>

namespace caf_gossip::net {

/// Its handlers refer to it: it must outlive the run of its io_context.
class listener {
public:
  using tcp = boost::asio::ip::tcp;

  explicit listener(boost::asio::io_context& io) : acceptor_(io), pause_(io) {}

  /// Binds and listens. A port that was in use a moment ago can be bound at once.
  [[nodiscard]] boost::system::error_code open(const tcp::endpoint& where);

  /// The port that was bound.
  [[nodiscard]] std::uint16_t port() const;

  /// Calls `accepted` for every connection. When the system has no more descriptors, calls
  /// `exhausted` and tries again after a pause.
  void start(std::function<void(tcp::socket)> accepted, std::function<void()> exhausted);

  void close();

private:
  void accept();
  void on_failure(const boost::system::error_code& failure);

  tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::function<void(tcp::socket)> accepted_;
  std::function<void()> exhausted_;
};

} // namespace caf_gossip::net
