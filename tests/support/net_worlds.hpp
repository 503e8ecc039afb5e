/// The implementations of the transport, behind one face for tests that run on all of them.
#pragma once

#include <chrono>
#include <memory>
#include <tuple>
#include <utility>

#include "caf_gossip/net/asio_transport.hpp"
#include "caf_gossip/net/memory_transport.hpp"
#include "tests/support/net_eventually.hpp"
#include "tests/support/net_frames.hpp"
#include "tests/support/net_raw_socket.hpp"

namespace caf_gossip::test {

class memory_world {
public:
  std::unique_ptr<net::transport> make(net::transport_config cfg = {}) {
    return std::make_unique<net::memory_transport>(network_, std::move(cfg));
  }

  /// A peer that can be sent to and takes nothing.
  authority stalled() {
    const authority where{"10.0.0.9", 9};
    network_.stall(where);
    return where;
  }

  /// A peer that takes everything and answers nothing.
  authority silent() {
    silent_ = make();
    return silent_->start(any_port).value();
  }

  authority unbound() { return {"10.0.0.8", 8}; }

  /// A host that nothing from `self` gets to.
  authority unreachable(const authority& self) {
    const authority where{"10.0.0.7", 7};
    network_.cut(self, where);
    return where;
  }

  /// Lets time pass until `holds`.
  template <class Predicate>
  bool until(Predicate holds) {
    for (int i = 0; i < 10000; ++i) {
      if (holds())
        return true;
      network_.advance(network_.now() + std::chrono::milliseconds{1});
    }
    return false;
  }

  [[nodiscard]] time_point now() const { return network_.now(); }

private:
  net::memory_network network_;
  std::unique_ptr<net::transport> silent_;
};

class asio_world {
public:
  std::unique_ptr<net::transport> make(net::transport_config cfg = {}) {
    return std::make_unique<net::asio_transport>(std::move(cfg));
  }

  authority stalled() { return black_hole_.bound(); }

  authority silent() { return black_hole_.bound(); }

  authority unbound() {
    auto gone = raw_socket::listening();
    return gone.bound();
  }

  authority unreachable(const authority&) { return full_.bound(); }

  template <class Predicate>
  bool until(Predicate holds) {
    return eventually(holds);
  }

  [[nodiscard]] time_point now() const { return std::chrono::steady_clock::now(); }

private:
  /// The kernel completes the connection and buffers a little; nobody reads.
  raw_socket black_hole_ = raw_socket::listening();
  full_listener full_;
};

using worlds = std::tuple<memory_world, asio_world>;

} // namespace caf_gossip::test
