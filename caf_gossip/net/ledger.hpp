/// Books every accepted frame until its outcome is known, and collects what `poll` will return.
/// Belongs to the I/O thread.
#pragma once

#include <string>
#include <vector>

#include "caf_gossip/net/counters.hpp"
#include "caf_gossip/net/inbound_queue.hpp"
#include "caf_gossip/net/outbox.hpp"
#include "caf_gossip/net/reception.hpp"
#include "caf_gossip/net/request_table.hpp"

namespace caf_gossip::net {

class ledger {
public:
  ledger(outbox& outgoing, inbound_queue& incoming, counters& numbers,
         std::chrono::milliseconds request_timeout)
      : outbox_(outgoing),
        inbound_(incoming),
        counters_(numbers),
        request_timeout_(request_timeout) {}

  /// Starts the clock of a request.
  void accept(queued_frame& what, time_point now);

  /// The operating system has the frame. `connection` is 0 for datagrams.
  void written(const queued_frame& what, std::uint64_t connection);

  /// The frame will not be sent. Reports it unless it was a request that has its outcome.
  void failed(const queued_frame& what, const std::string& reason, errc code = errc::send_failed);

  /// Requests that were written to a connection get no answer when it is lost.
  void lost(std::uint64_t connection, const std::string& reason);

  /// Judges and counts a frame; see `net::judge`.
  verdict judge(const wire::frame& what, const std::string& cluster_name,
                const authority* stream_to);

  /// Collects a frame that came in so many bytes for `poll`.
  void deliver(wire::frame what, std::size_t bytes);

  /// Reports the requests whose time is over.
  void expire(time_point now);

  [[nodiscard]] time_point next_deadline() const { return requests_.next_deadline(); }

  /// Returns the requests by channel::new_stream that got their outcome since the last call.
  [[nodiscard]] std::vector<request_table::ticket> take_ended_probes() {
    return requests_.take_ended_probes();
  }

  /// Hands everything collected to the inbound queue: one wake per batch.
  void publish();

  /// From now on outcomes are counted as discarded and not reported.
  void discard();

private:
  void report(const authority& target, std::uint64_t correlation, errc code,
              const std::string& reason);

  outbox& outbox_;
  inbound_queue& inbound_;
  counters& counters_;
  std::chrono::milliseconds request_timeout_;
  request_table requests_;
  std::vector<arrival> batch_;
  bool discarding_ = false;
};

} // namespace caf_gossip::net
