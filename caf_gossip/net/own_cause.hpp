/// Which failures of sockets are this host's own.
#pragma once

#include <boost/asio/error.hpp>

#include "caf_gossip/base/errc.hpp"

namespace caf_gossip::net {

/// Returns limit_reached for a lack of descriptors, ports or memory here, network_error when this
/// host does not let anything out (a local rule forbids it, the interface is down), and none for
/// what may be the fault of the other side or of the way there, such as a missing route.
[[nodiscard]] inline errc own_cause(const boost::system::error_code& failure) {
  namespace error = boost::asio::error;
  if (failure == error::no_descriptors || failure == error::no_buffer_space
      || failure == error::no_memory || failure == error::address_in_use)
    return errc::limit_reached;
  const bool forbidden = failure == error::no_permission || failure == error::access_denied
                         || failure == error::network_down;
  return forbidden ? errc::network_error : errc::none;
}

/// The code for a message that was not sent.
[[nodiscard]] inline errc code_of(const boost::system::error_code& failure) {
  const auto own = own_cause(failure);
  return own == errc::none ? errc::send_failed : own;
}

} // namespace caf_gossip::net
