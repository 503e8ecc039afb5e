#include "caf_gossip/state/entry_rumors.hpp"

#include <map>

namespace caf_gossip {

namespace {

/// So many rumors are looked at for one message.
constexpr std::size_t considered_max = 256;

} // namespace

void entry_rumors::add(const node_id& owner, const std::string& stored_key) {
  const entry_id what{owner, stored_key};
  const bool is_full = queue_.size() >= rumors_max && !queue_.contains(what);
  if (is_full && !queue_.drop_most_told()) {
    ++refused_;
    return;
  }
  queue_.add(what);
}

/// The entries that are news for the target, by owner, in the order of the owners' least told ones.
entry_rumors::turns entry_rumors::turns_for(const state_store& store, const node_id& target,
                                            std::uint32_t source) {
  turns result;
  std::map<node_id, std::size_t> turn_of;
  std::size_t considered = 0;
  queue_.visit([&](const entry_id& what) {
    const auto& [owner, key] = what;
    const bool is_known = owner == target || (source != 0 && store.source_of(owner, key) == source);
    if (is_known || store.find(owner, key) == nullptr) {
      queue_.book(what); // told, or gone meanwhile: goes away by that
    } else {
      const auto [at, is_new] = turn_of.try_emplace(owner, result.size());
      if (is_new)
        result.emplace_back();
      result[at->second].push_back(&what);
    }
    return ++considered < considered_max;
  });
  return result;
}

gossip_state entry_rumors::take(const state_store& store, const node_id& target,
                                std::uint32_t source, const delta_limits& limits) {
  gossip_state result;
  std::size_t bytes = 0;
  const auto add = [&](const entry_id& what) {
    const auto& [owner, key] = what;
    const auto& entry = *store.find(owner, key);
    const auto size = entry_bytes(key, entry.value);
    const bool has_room = result.members.contains(owner) || result.members.size() < limits.members;
    if (!result.members.empty() && (!has_room || bytes + size > limits.bytes))
      return false;
    bytes += size;
    auto& member = result.members[owner];
    member.incarnation = store.incarnation_of(owner);
    member.entries.emplace(key, entry);
    queue_.book(what);
    return true;
  };
  auto owners = turns_for(store, target, source);
  while (!owners.empty()) {
    for (auto& waiting : owners) {
      if (add(*waiting.front()))
        waiting.pop_front();
      else
        waiting.clear(); // another owner may still have something that fits
    }
    std::erase_if(owners, [](const auto& waiting) { return waiting.empty(); });
  }
  return result;
}

} // namespace caf_gossip
