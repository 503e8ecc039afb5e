/// All open connections, and who has to go when there are too many.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "caf_gossip/net/counters.hpp"
#include "caf_gossip/net/stream_connection.hpp"

namespace caf_gossip::net {

class connection_table {
public:
  using pointer = std::shared_ptr<stream_connection>;

  connection_table(const transport_config& cfg, counters& numbers, stream_listener& events)
      : cfg_(cfg), counters_(numbers), events_(events) {}

  /// Takes a connection that somebody opened to us, or closes it when all places are taken by
  /// connections that have brought valid frames.
  void accept(stream_connection::socket connected);

  /// Takes a connection that was opened to `target`.
  pointer opened(stream_connection::socket connected, const authority& target);

  /// A connection has brought a valid frame: it does not make room for others any more.
  void prove(stream_connection& which);

  /// Closes the oldest accepted connection without a valid frame, if there is one.
  bool make_room();

  /// Forgets a connection that has been closed.
  void remove(const stream_connection& which);

  /// Returns nullptr when that connection is not open any more.
  [[nodiscard]] pointer find(std::uint64_t number) const;

  void close_all(const std::string& reason);

private:
  pointer add(stream_connection::socket connected, std::optional<authority> target);

  const transport_config& cfg_;
  counters& counters_;
  stream_listener& events_;
  std::map<std::uint64_t, pointer> connections_;
  /// Numbers of accepted connections without a valid frame; the smallest is the oldest.
  std::set<std::uint64_t> unproven_;
  std::size_t accepted_ = 0;
  /// Numbers are never used again.
  std::uint64_t last_number_ = 0;
};

} // namespace caf_gossip::net
