/// Plain sockets of the operating system, for peers that do not behave.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "caf_gossip/base/authority.hpp"
#include "caf_gossip/wire/codec.hpp"

namespace caf_gossip::test {

/// An IPv4 socket on the loopback interface. Calls that fail throw, except where they say so.
class raw_socket {
public:
  static raw_socket connected_to(const authority& where) {
    raw_socket result{SOCK_STREAM};
    if (!result.try_connect(where.port))
      throw std::runtime_error{"cannot connect to " + to_string(where)};
    return result;
  }

  /// A bound stream socket that listens for `backlog` connections and accepts none by itself.
  static raw_socket listening(int backlog = 16) {
    raw_socket result{SOCK_STREAM};
    result.bind(0);
    if (::listen(result.fd_, backlog) != 0)
      throw std::runtime_error{"cannot listen"};
    return result;
  }

  static raw_socket datagram(std::uint16_t port = 0) {
    raw_socket result{SOCK_DGRAM};
    result.bind(port);
    return result;
  }

  explicit raw_socket(int type) : fd_(::socket(AF_INET, type, 0)) {
    if (fd_ < 0)
      throw std::runtime_error{"no more sockets"};
  }

  ~raw_socket() { close(); }

  raw_socket(raw_socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  raw_socket& operator=(raw_socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  void close() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

  bool try_connect(std::uint16_t port) {
    const auto to = loopback(port);
    return ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }

  [[nodiscard]] authority bound() const {
    sockaddr_in name{};
    socklen_t size = sizeof name;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&name), &size);
    return {"127.0.0.1", ntohs(name.sin_port)};
  }

  /// Waits for a connection.
  raw_socket accept() {
    raw_socket result;
    if (readable())
      result.fd_ = ::accept(fd_, nullptr, nullptr);
    if (result.fd_ < 0)
      throw std::runtime_error{"nobody connects"};
    return result;
  }

  /// Returns false when the other side has closed.
  bool send(std::span<const std::uint8_t> data) {
    while (!data.empty()) {
      const auto sent = ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      data = data.subspan(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void send_to(std::span<const std::uint8_t> data, const authority& where) {
    const auto to = loopback(where.port);
    ::sendto(fd_, data.data(), data.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }

  /// Returns what comes next, empty when the other side has closed or nothing comes.
  std::vector<std::uint8_t> receive(int patience_ms = 20000) {
    std::vector<std::uint8_t> result(65536);
    const auto size = readable(patience_ms) ? ::recv(fd_, result.data(), result.size(), 0) : 0;
    result.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return result;
  }

  /// Reads on until a whole frame is there. Throws when there is none or it is wrong.
  wire::frame receive_frame() {
    while (true) {
      const auto header = wire::decode_header(pending_, 1U << 20U);
      if (header && pending_.size() >= wire::header_bytes + header->body_bytes) {
        const auto size = wire::header_bytes + header->body_bytes;
        const auto frame =
            wire::decode(std::span<const std::uint8_t>{pending_}.first(size), 1U << 20U);
        pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(size));
        return frame.value();
      }
      const auto more = receive();
      if (more.empty())
        throw std::runtime_error{"no frame"};
      pending_.insert(pending_.end(), more.begin(), more.end());
    }
  }

  /// Waits until the other side closes, and reads away what comes before.
  bool closed_by_peer(int patience_ms = 20000) {
    std::uint8_t waste[4096];
    while (readable(patience_ms))
      if (::recv(fd_, waste, sizeof waste, 0) <= 0)
        return true;
    return false;
  }

private:
  raw_socket() = default;

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    result.sin_port = htons(port);
    return result;
  }

  void bind(std::uint16_t port) {
    const auto name = loopback(port);
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0)
      throw std::runtime_error{"cannot bind"};
  }

  [[nodiscard]] bool readable(int patience_ms = 20000) const {
    pollfd item{fd_, POLLIN, 0};
    return ::poll(&item, 1, patience_ms) > 0;
  }

  int fd_ = -1;
  std::vector<std::uint8_t> pending_;
};

/// A listener whose queue is full: the kernel drops further attempts to connect, so the host looks
/// dead.
class full_listener {
public:
  full_listener() {
    for (int i = 0; i < 4; ++i) {
      raw_socket next{SOCK_STREAM | SOCK_NONBLOCK};
      next.try_connect(bound().port);
      waiting_.push_back(std::move(next));
    }
  }

  [[nodiscard]] authority bound() const { return listener_.bound(); }

  /// Takes one of those that wait; the next one finds room.
  void make_room() { taken_.push_back(listener_.accept()); }

private:
  raw_socket listener_ = raw_socket::listening(0);
  std::vector<raw_socket> taken_;
  std::vector<raw_socket> waiting_;
};

} // namespace caf_gossip::test
