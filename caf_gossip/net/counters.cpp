#include "caf_gossip/net/counters.hpp"

namespace caf_gossip::net {

transport_stats counters::snapshot() const {
  transport_stats result;
  result.frames_sent = frames_sent;
  result.bytes_sent = bytes_sent;
  result.frames_received = frames_received;
  result.bytes_received = bytes_received;
  for (std::size_t i = 0; i < decode_errors.size(); ++i)
    result.decode_errors[i] = decode_errors[i];
  result.wrong_cluster = wrong_cluster;
  result.sends_refused = sends_refused;
  result.deliveries_failed = deliveries_failed;
  result.inbound_dropped = inbound_dropped;
  result.connections_refused = connections_refused;
  result.connections_timed_out = connections_timed_out;
  result.datagrams_sent = datagrams_sent;
  result.datagrams_received = datagrams_received;
  result.connections_opened = connections_opened;
  result.connections_accepted = connections_accepted;
  result.rejects_sent = rejects_sent;
  result.discarded_at_stop = discarded_at_stop;
  result.connections_open = connections_open;
  result.probes_refused = probes_refused;
  return result;
}

} // namespace caf_gossip::net
