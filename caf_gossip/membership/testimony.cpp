#include "caf_gossip/membership/testimony.hpp"

#include <tuple>
#include <utility>

namespace caf_gossip {

bool testimonies::add(const member_ref& subject, std::uint64_t version, const node_id& accuser,
                      evidence found) {
  auto& file = cases_[subject.id];
  const auto known = std::tie(file.incarnation, file.version);
  const auto said = std::tie(subject.incarnation, version);
  if (said < known)
    return false;
  if (said > known)
    file = {subject.incarnation, version, {}};
  const auto before = file.statements.find(accuser);
  if (before != file.statements.end()) {
    // A connection that came about is no accident; one that did not may have lost a packet.
    if (before->second == evidence::unresponsive && found == evidence::silent)
      return false;
    return std::exchange(before->second, found) != found;
  }
  if (file.statements.size() >= accusers_max) {
    ++refused_;
    return false;
  }
  file.statements.emplace(accuser, found);
  return true;
}

testimony testimonies::about(const node_id& subject, std::uint64_t incarnation,
                             std::uint64_t version,
                             const std::function<bool(const node_id&)>& counts) const {
  testimony result;
  const auto found = cases_.find(subject);
  if (found == cases_.end() || found->second.incarnation != incarnation
      || found->second.version != version)
    return result;
  for (const auto& [accuser, what] : found->second.statements) {
    result.accusers += !counts || counts(accuser) ? 1 : 0;
    result.refusals += what == evidence::refused ? 1 : 0;
    result.host_alive = result.host_alive || what == evidence::unresponsive;
  }
  return result;
}

} // namespace caf_gossip
