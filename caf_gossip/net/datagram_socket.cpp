#include "caf_gossip/net/datagram_socket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include "caf_gossip/net/own_cause.hpp"

namespace caf_gossip::net {

namespace {

namespace asio = boost::asio;

using failure_code = boost::system::error_code;

/// Datagrams in a row before connections get their turn.
constexpr int datagrams_per_turn = 128;

/// Room for bursts; the system may give less.
constexpr int receive_bytes = 1 << 20;

} // namespace

failure_code datagram_socket::open(const udp::endpoint& where) {
  v6_ = where.address().is_v6();
  takes_both_ = v6_ && where.address().is_unspecified();
  failure_code failure;
  socket_.open(where.protocol(), failure);
  if (!failure && takes_both_)
    socket_.set_option(asio::ip::v6_only{false}, failure);
  if (!failure)
    socket_.bind(where, failure);
  if (!failure)
    socket_.non_blocking(true, failure);
  if (failure) {
    close();
    return failure;
  }
  failure_code ignored;
  socket_.set_option(asio::socket_base::receive_buffer_size{receive_bytes}, ignored);
  return {};
}

std::optional<asio::ip::address> datagram_socket::reachable(const asio::ip::address& where) const {
  if (where.is_v6() == v6_)
    return where;
  if (takes_both_)
    return asio::ip::make_address_v6(asio::ip::v4_mapped, where.to_v4());
  return std::nullopt;
}

void datagram_socket::send(queued_frame what, const udp::endpoint& to) {
  const auto from = what.from;
  queue_.push({std::move(what), to}, from);
  if (!writing_)
    write();
}

bool datagram_socket::send_now(const wire::bytes& data, const udp::endpoint& to) {
  failure_code failure;
  socket_.send_to(asio::buffer(data), to, 0, failure);
  return !failure;
}

void datagram_socket::close() {
  failure_code ignored;
  socket_.close(ignored);
  for (const auto& item : queue_.take())
    events_.on_datagram_failed(item.what, {errc::send_failed, "the transport stops"});
}

void datagram_socket::write() {
  while (!queue_.empty()) {
    const auto& next = queue_.front();
    failure_code failure;
    socket_.send_to(asio::buffer(next.what.data), next.to, 0, failure);
    if (failure == asio::error::would_block || failure == asio::error::try_again) {
      writing_ = true;
      socket_.async_wait(udp::socket::wait_write, [this](const failure_code&) {
        writing_ = false;
        if (!socket_.is_open())
          return;
        write();
        events_.on_turn_done();
      });
      return;
    }
    if (failure)
      events_.on_datagram_failed(next.what, {code_of(failure), failure.message()});
    else
      events_.on_datagram_written(next.what);
    queue_.pop();
  }
}

void datagram_socket::read() {
  socket_.async_wait(udp::socket::wait_read, [this](const failure_code&) {
    if (!socket_.is_open())
      return;
    receive();
    events_.on_turn_done();
    read();
  });
}

void datagram_socket::receive() {
  for (int i = 0; i < datagrams_per_turn; ++i) {
    udp::endpoint from;
    failure_code failure;
    const auto size = socket_.receive_from(asio::buffer(buffer_), from, 0, failure);
    // Also ends at errors that belong to an earlier send; reading them has cleared them.
    if (failure)
      return;
    events_.on_datagram(std::span<const std::uint8_t>{buffer_}.first(size), from);
  }
}

} // namespace caf_gossip::net
