/// In whose name a transport speaks for itself.
///
/// A transport writes no frames but refusals, and those name as sender who the frames that went
/// through `send` named last. Before the first one the bound authority stands for the name.
#pragma once

#include <mutex>

#include "caf_gossip/base/member_ref.hpp"

namespace caf_gossip::net {

class identity {
public:
  void learn(const member_ref& sender) {
    const std::lock_guard guard{mutex_};
    if (self_ != sender)
      self_ = sender;
  }

  /// Starts again with the name of an authority.
  void reset(const authority& bound) {
    learn(member_ref{to_string(bound).substr(0, node_id_bytes_max), 1, bound});
  }

  [[nodiscard]] member_ref self() const {
    const std::lock_guard guard{mutex_};
    return self_;
  }

private:
  mutable std::mutex mutex_;
  member_ref self_;
};

} // namespace caf_gossip::net
