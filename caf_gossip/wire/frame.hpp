/// One message between two nodes: an envelope and one payload of either plane.
#pragma once

#include <string>
#include <variant>

#include "caf_gossip/base/envelope.hpp"
#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/membership/message.hpp"
#include "caf_gossip/state/message.hpp"

namespace caf_gossip::wire {

/// Tells a peer that its frame was not understood or not for us. Never answered.
struct reject {
  errc reason = errc::none;
  std::string text;

  friend bool operator==(const reject&, const reject&) = default;
};

using payload = std::variant<membership_payload, state_payload, reject>;

struct frame {
  envelope head;
  payload body;

  friend bool operator==(const frame&, const frame&) = default;
};

} // namespace caf_gossip::wire
