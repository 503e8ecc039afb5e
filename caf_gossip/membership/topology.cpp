#include "caf_gossip/membership/topology.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "caf_gossip/base/hashing.hpp"

namespace caf_gossip {

namespace {

using refs = std::vector<member_ref>;

auto invalid(const member_ref& who, const std::string& rule) {
  return fail(errc::invalid_topology, to_string(who) + " " + rule);
}

/// Adds `items` to `seen`. Returns the first one that was there already.
const member_ref* first_repeated(std::set<member_ref>& seen, const refs& items) {
  for (const auto& item : items)
    if (!seen.insert(item).second)
      return &item;
  return nullptr;
}

} // namespace

std::uint64_t topology_hash(const refs& members) {
  content_hash hash;
  for (const auto& who : members)
    hash.add(who.id)
        .add(who.incarnation)
        .add(who.address.host)
        .add(std::uint64_t{who.address.port});
  return hash.finish();
}

expected<void> validate(const topology& update) {
  std::set<member_ref> changed;
  for (const auto* list : {&update.joined, &update.left, &update.dead})
    if (const auto* twice = first_repeated(changed, *list))
      return invalid(*twice, "stands twice in joined, left and dead");
  std::set<member_ref> members;
  if (const auto* twice = first_repeated(members, update.members))
    return invalid(*twice, "stands twice in members");
  for (const auto* list : {&update.left, &update.dead})
    for (const auto& who : *list)
      if (members.contains(who))
        return invalid(who, "is gone and yet in members");
  for (const auto& who : update.joined)
    if (!members.contains(who))
      return invalid(who, "has joined but is not in members");
  return {};
}

} // namespace caf_gossip
