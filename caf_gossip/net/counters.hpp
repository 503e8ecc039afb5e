/// The numbers of `transport_stats`, to be raised by one thread while others read them.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "caf_gossip/net/transport.hpp"
#include "caf_gossip/wire/codec.hpp"

namespace caf_gossip::net {

/// Each number is exact; two numbers of one snapshot may be a moment apart.
struct counters {
  using number = std::atomic<std::uint64_t>;

  number frames_sent{0};
  number bytes_sent{0};
  number frames_received{0};
  number bytes_received{0};
  std::array<number, wire::decode_error_count> decode_errors{};
  number wrong_cluster{0};
  number sends_refused{0};
  number deliveries_failed{0};
  number inbound_dropped{0};
  number connections_refused{0};
  number connections_timed_out{0};
  number datagrams_sent{0};
  number datagrams_received{0};
  number connections_opened{0};
  number connections_accepted{0};
  number rejects_sent{0};
  number discarded_at_stop{0};
  number connections_open{0};
  number probes_refused{0};

  void count(wire::decode_error what) { ++decode_errors[static_cast<std::size_t>(what)]; }

  [[nodiscard]] transport_stats snapshot() const;
};

} // namespace caf_gossip::net
