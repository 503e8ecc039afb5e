/// Host names to addresses, in the background.
#pragma once

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "caf_gossip/base/errc.hpp"

namespace caf_gossip::net {

using addresses = std::vector<boost::asio::ip::address>;

/// Returns the addresses of a host, numeric ones at once and others as long as the system takes.
/// Errors: network_error with the system's text.
[[nodiscard]] expected<addresses> resolve_now(const std::string& host);

/// The system's look-up cannot be interrupted. Asio's own resolver therefore makes the end of an
/// io_context wait for the name server; this one leaves its thread behind instead, and the thread
/// ends with its look-up and touches nothing of ours.
class resolver {
public:
  using handler = std::function<void(expected<addresses>)>;

  explicit resolver(boost::asio::io_context& io);

  virtual ~resolver();

  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;

  /// Calls `done` on the thread of the io_context, for a numeric address before returning.
  virtual void resolve(const std::string& host, handler done);

  /// Drops all handlers. Waits at most `limit` for look-ups that are under way.
  void stop(std::chrono::milliseconds limit);

private:
  struct shared;

  std::shared_ptr<shared> shared_;
};

} // namespace caf_gossip::net
