/// On which accepted connection the answer to a request goes back.
///
/// A connection is only ever used for answers to what came over it. Whoever claims to be somebody
/// else therefore gets nothing but the answers to its own requests.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "caf_gossip/base/authority.hpp"
#include "caf_gossip/base/time.hpp"

namespace caf_gossip::net {

class reply_routes {
public:
  /// Keeps at most `routes_max` (at least 1), the oldest one goes first, each for `ttl`.
  reply_routes(std::size_t routes_max, duration ttl) : routes_max_(routes_max), ttl_(ttl) {}

  /// Notes that `requester` sent a request over `connection`. When the same request came over two
  /// connections, one of them is not who it says it is, and neither is used.
  void remember(std::uint64_t correlation, const authority& requester, std::uint64_t connection,
                time_point now);

  /// Returns the connection for the answer to `requester` and forgets it: one answer per request.
  std::optional<std::uint64_t> take(std::uint64_t correlation, const authority& requester,
                                    time_point now);

  [[nodiscard]] std::size_t size() const { return routes_.size(); }

private:
  using key = std::pair<std::uint64_t, authority>;

  struct route {
    std::uint64_t connection = 0;
    std::uint64_t number = 0;
    bool contested = false;
  };

  struct age {
    key which;
    std::uint64_t number = 0;
    time_point until;
  };

  void forget_old(time_point now);

  std::size_t routes_max_;
  duration ttl_;
  std::map<key, route> routes_;
  /// Oldest first. Routes that were taken leave their age behind until it is over.
  std::deque<age> ages_;
  std::uint64_t last_number_ = 0;
};

} // namespace caf_gossip::net
