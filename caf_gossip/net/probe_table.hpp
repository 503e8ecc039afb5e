/// The streams that were opened for one frame each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "caf_gossip/net/outbox.hpp"
#include "caf_gossip/net/probe_stream.hpp"
#include "caf_gossip/net/request_table.hpp"

namespace caf_gossip::net {

/// The outbox bounds them: each has a place there until it is over.
class probe_table {
public:
  probe_table(peer_host& host, outbox& places) : host_(host), outbox_(places) {}

  void start(queued_frame what);

  /// Closes the streams whose requests have their outcome, and forgets all that are over. To be
  /// called after everything that may end one.
  void end(const std::vector<request_table::ticket>& ended);

  void close_all(const std::string& reason);

private:
  peer_host& host_;
  outbox& outbox_;
  std::vector<std::shared_ptr<probe_stream>> probes_;
};

} // namespace caf_gossip::net
