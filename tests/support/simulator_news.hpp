/// How often has a node told one change of a key as news?
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "caf_gossip/state/gossiper.hpp"
#include "tests/support/rumor_count.hpp"

namespace caf_gossip::test {

/// Every version of an entry is a rumor of its own (rumor_count.hpp).
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

  std::uint32_t retransmit_;
  std::uint64_t own_incarnation_ = 0;
  rumor_bound bound_;
  std::map<std::pair<node_id, std::string>, rumor_count<version>> counts_;
};

} // namespace caf_gossip::test
