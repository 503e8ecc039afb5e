/// Which requests still wait for an answer, and until when.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "caf_gossip/base/authority.hpp"
#include "caf_gossip/base/time.hpp"

namespace caf_gossip::net {

/// A request leaves the table exactly once: answered, expired, or removed. That is what makes one
/// outcome of it.
class request_table {
public:
  /// Names one request. 0 is none.
  using ticket = std::uint64_t;

  struct request {
    authority target;
    std::uint64_t correlation = 0;
    time_point deadline;
    /// The connection it was written to; 0 = none yet, or a datagram.
    std::uint64_t connection = 0;
    /// It has a stream of its own.
    bool probe = false;
  };

  /// Every request waits equally long, so deadlines must not fall from one call to the next.
  ticket add(const authority& target, std::uint64_t correlation, time_point deadline,
             bool probe = false);

  /// Removes the oldest request to `from` with that correlation id. Returns whether there was one.
  bool answer(std::uint64_t correlation, const authority& from);

  /// Removes one request. Nothing when it has left the table before.
  std::optional<request> remove(ticket which);

  /// Remembers where a request was written to.
  void written_to(ticket which, std::uint64_t connection);

  /// Removes and returns the requests that were written to a connection.
  std::vector<request> remove_written_to(std::uint64_t connection);

  /// Removes and returns the requests whose deadline is not after `now`, oldest first.
  std::vector<request> expire(time_point now);

  /// Returns the probes that have left the table since the last call.
  [[nodiscard]] std::vector<ticket> take_ended_probes() { return std::exchange(ended_probes_, {}); }

  /// The earliest deadline, `never` when nothing waits.
  [[nodiscard]] time_point next_deadline() const;

  [[nodiscard]] std::size_t size() const { return requests_.size(); }

private:
  using requests = std::map<ticket, request>;

  request extract(requests::iterator where);

  /// Ordered by age and therefore by deadline.
  requests requests_;
  std::unordered_multimap<std::uint64_t, ticket> by_correlation_;
  std::vector<ticket> ended_probes_;
  ticket last_ = 0;
};

} // namespace caf_gossip::net
