#include "caf_gossip/net/listener.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include <chrono>

namespace caf_gossip::net {

namespace {

namespace asio = boost::asio;

using failure_code = boost::system::error_code;

/// Long enough not to spin while descriptors are lacking, short enough not to be noticed.
constexpr std::chrono::milliseconds pause{50};

} // namespace

failure_code listener::open(const tcp::endpoint& where) {
  failure_code failure;
  acceptor_.open(where.protocol(), failure);
  if (!failure)
    acceptor_.set_option(asio::socket_base::reuse_address{true}, failure);
  if (!failure && where.address().is_v6() && where.address().is_unspecified())
    acceptor_.set_option(asio::ip::v6_only{false}, failure);
  if (!failure)
    acceptor_.bind(where, failure);
  if (!failure)
    acceptor_.listen(asio::socket_base::max_listen_connections, failure);
  if (failure)
    close();
  return failure;
}

std::uint16_t listener::port() const {
  failure_code ignored;
  return acceptor_.local_endpoint(ignored).port();
}

void listener::start(std::function<void(tcp::socket)> accepted, std::function<void()> exhausted) {
  accepted_ = std::move(accepted);
  exhausted_ = std::move(exhausted);
  accept();
}

void listener::close() {
  failure_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void listener::accept() {
  acceptor_.async_accept([this](const failure_code& failure, tcp::socket socket) {
    if (!acceptor_.is_open())
      return;
    if (failure) {
      on_failure(failure);
      return;
    }
    accepted_(std::move(socket));
    accept();
  });
}

void listener::on_failure(const failure_code& failure) {
  if (failure == asio::error::no_descriptors
      || failure == boost::system::errc::too_many_files_open_in_system)
    exhausted_();
  pause_.expires_after(pause);
  pause_.async_wait([this](const failure_code& cancelled) {
    if (!cancelled && acceptor_.is_open())
      accept();
  });
}

} // namespace caf_gossip::net
