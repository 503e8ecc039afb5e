/// Some nodes that have agreed, for tests that feed the simulator's checks what must not happen.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/simulator.hpp"

namespace caf_gossip::test {

inline constexpr std::uint32_t one = 1;
inline constexpr std::uint32_t subject = 4;

inline bool tells(const std::vector<std::string>& violations, const std::string& part) {
  return std::any_of(violations.begin(), violations.end(), [&](const auto& violation) {
    return violation.find(part) != std::string::npos;
  });
}

struct checked_world : simulator {
  explicit checked_world(config how = {}) : simulator(1, std::move(how)) {
    thorough = true;
    BOOST_REQUIRE(start_converged(8));
    run_for(std::chrono::seconds{3});
    BOOST_REQUIRE(violations().empty());
  }

  const membership_coordinator& core(std::uint32_t number) const {
    return *node(number).membership;
  }

  /// The record of a node as node `one` has it, with another status.
  record rec_of(std::uint32_t number, member_status status, std::uint64_t more = 0) const {
    auto result = *core(one).table().find(id_of(number))->rec;
    result.status = status;
    result.version += more;
    return result;
  }

  /// As if node `one` had sent that.
  void forge(std::uint32_t to, membership_payload what, channel via = channel::datagram) {
    membership_outbound out;
    out.target = node(to).self.address;
    out.head.cluster = cfg.cluster_name;
    out.head.sender = core(one).self();
    out.head.receiver_incarnation = node(to).self.incarnation;
    out.payload = std::move(what);
    out.via = via;
    send_for(one, std::move(out));
  }
};

} // namespace caf_gossip::test
