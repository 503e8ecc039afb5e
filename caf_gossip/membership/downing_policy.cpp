#include "caf_gossip/membership/downing_policy.hpp"

#include <algorithm>
#include <cmath>

namespace caf_gossip {

namespace {

/// Refusals that are proof.
constexpr std::size_t proof = 2;

/// Accusers that are believed, and witnesses that make one who is alone look wrong.
constexpr std::size_t quorum = 2;

/// Accusers that end a flapping member at once: two may both have bad links to it.
constexpr std::size_t majority = 3;

} // namespace

bool are_proof(const testimony& said, const circumstances& given) {
  return said.refusals > 0 && said.refusals >= std::min(proof, given.observers);
}

time_point suspicion_timeout::down_at(const record&, time_point since, const testimony& said,
                                      const circumstances& given) const {
  if (are_proof(said, given))
    return since;
  if (said.accusers < quorum && given.witnesses >= quorum)
    return never;
  if (given.flapping && said.accusers >= std::min(majority, given.observers) && !said.host_alive)
    return since;
  if (said.accusers == 0 || said.host_alive)
    return since + how_.longest;
  const auto shortest = std::min(how_.shortest, how_.longest);
  const auto others = given.observers - std::min<std::size_t>(given.observers, 1);
  const auto wanted = std::min(how_.confirmations, others);
  const auto confirmed = std::min(said.accusers - 1, wanted);
  if (confirmed == wanted)
    return since + shortest;
  const auto part =
      std::log(static_cast<double>(confirmed) + 1) / std::log(static_cast<double>(wanted) + 1);
  const auto spread = std::chrono::duration<double>(how_.longest - shortest) * part;
  return since + how_.longest - std::chrono::duration_cast<duration>(spread);
}

} // namespace caf_gossip
