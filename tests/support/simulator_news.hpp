/// How often has a node told one change of a key as news?
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "caf_gossip/state/gossiper.hpp"

namespace caf_gossip::test {

/// One node tells one version of an entry at most `dissemination-retransmit` * ceil(log2(n + 1))
/// times. While n changes, the highest number counts that held when it was told.
class told_news {
public:
  explicit told_news(std::uint32_t retransmit = 0) : retransmit_(retransmit) {}

  /// The node tells that to one peer.
  void told(const gossiper& core, const gossip_state& what, std::vector<std::string>& violations);

  /// The entries of an owner are gone here, and are news when they come again.
  void forget(const node_id& owner);

private:
  struct version {
    std::uint64_t incarnation = 0;
    std::uint64_t sequence = 0;

    friend bool operator==(const version&, const version&) = default;
  };
  struct count {
    version what;
    std::uint32_t told = 0;
    std::uint32_t allowed = 0;
  };

  std::uint32_t retransmit_;
  std::uint64_t own_incarnation_ = 0;
  /// As of the last news.
  std::uint32_t allowed_ = 0;
  std::map<std::pair<node_id, std::string>, count> counts_;
};

} // namespace caf_gossip::test
