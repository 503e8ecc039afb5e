/// A member of a cluster where rounds are rare, so that news has to do everything.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/gossiper_fixture.hpp"

namespace caf_gossip::test {

inline std::vector<member_ref> many(std::size_t count) {
  std::vector<member_ref> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(node("m" + std::to_string(1000 + i)));
  return result;
}

/// One round takes a minute: what happens before it is due to news.
inline config slow() {
  config cfg;
  cfg.gossip_interval = std::chrono::seconds{60};
  cfg.heartbeat_expiration.reset();
  return cfg;
}

inline bool tells(const state_news& news, const node_id& owner, const std::string& key) {
  const auto found = news.what.state.members.find(owner);
  return found != news.what.state.members.end() && found->second.entries.contains(key);
}

inline std::size_t count(const std::vector<state_news>& all, const node_id& owner,
                         const std::string& key) {
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const auto& one) { return tells(one, owner, key); }));
}

struct member_of_many : one_gossiper {
  explicit member_of_many(std::size_t members = 10, const config& with = slow())
      : one_gossiper(with) {
    sut.set_topology(many(members - 1), now);
    (void)take();
  }

  void set(const std::string& key, std::string_view value = "v") {
    BOOST_REQUIRE(sut.set_state(key, bytes(value), now));
  }

  /// The news of the next burst.
  std::vector<state_news> burst() {
    step();
    return take_news();
  }

  /// The news of a time.
  std::vector<state_news> news_of(duration span) {
    (void)run_for(span);
    return take_news();
  }

  [[nodiscard]] std::uint32_t tellings_max() const {
    return transmissions_of(cfg.dissemination_retransmit, sut.peers().size() + 1);
  }
};

} // namespace caf_gossip::test
