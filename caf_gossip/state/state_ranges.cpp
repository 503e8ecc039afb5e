#include "caf_gossip/state/state_ranges.hpp"

#include <algorithm>

namespace caf_gossip {

namespace {

constexpr unsigned owner_bits = 16;
/// The part of a place that depends on the key.
constexpr auto key_mask = ~std::uint64_t{0} >> owner_bits;

/// The first of those sorted by place that lies at or behind it.
template <class Range>
auto at_or_behind(Range& all, std::uint64_t place) {
  return std::lower_bound(all.begin(), all.end(), place,
                          [](const auto& one, std::uint64_t where) { return one.place < where; });
}

/// Those of them in the range.
template <class Placed>
std::span<const Placed> within(const std::vector<Placed>& all, const hash_range& range) {
  const auto begin = at_or_behind(all, range.first);
  const auto end =
      std::upper_bound(begin, all.end(), range.last,
                       [](std::uint64_t where, const Placed& one) { return where < one.place; });
  return {begin, end};
}

} // namespace

std::uint64_t state_ranges::place_of(const item& what) {
  return (what.second.owner->hash & ~key_mask) | (state_store::key_hash_of(what) >> owner_bits);
}

/// Calls `visit` with the members that may have places in the range, and whether all theirs are.
template <class Visit>
void state_ranges::visit_owners(const hash_range& range, const Visit& visit) const {
  const auto& owners = store_.by_hash_;
  for (auto i = owners.lower_bound(range.first & ~key_mask);
       i != owners.end() && i->first <= (range.last | key_mask); ++i)
    visit(*i->second, range.first <= (i->first & ~key_mask) && (i->first | key_mask) <= range.last);
}

/// Returns the entries of a member in the range, sorted by place.
std::span<const state_ranges::placed> state_ranges::cut(const state_store::member& owner,
                                                        const hash_range& range) const {
  const auto [found, is_new] = cut_.try_emplace(&owner);
  auto& all = found->second;
  if (is_new) {
    all.reserve(owner.entries.size());
    for (const auto& what : owner.entries)
      all.push_back({place_of(what), &what, state_store::hash_of(what)});
    std::ranges::sort(all, {}, &placed::place);
  }
  return within(all, range);
}

template <class Visit>
void state_ranges::visit(const hash_range& range, const Visit& visit) const {
  visit_owners(range, [&](const state_store::member& owner, bool is_whole) {
    if (is_whole)
      for (const auto& what : owner.entries)
        visit(place_of(what), what);
    else
      for (const auto& one : cut(owner, range))
        visit(one.place, *one.what);
  });
}

std::vector<state_ranges::placed> state_ranges::sorted(const hash_range& range) const {
  std::vector<placed> result;
  visit(range, [&](std::uint64_t place, const item& what) { result.push_back({place, &what, 0}); });
  std::ranges::sort(result, {}, &placed::place);
  return result;
}

state_ranges::content state_ranges::content_of(const hash_range& range) const {
  content result;
  visit_owners(range, [&](const state_store::member& owner, bool is_whole) {
    if (is_whole) {
      result.sum += owner.sum;
      result.entries += owner.live;
      return;
    }
    for (const auto& one : cut(owner, range)) {
      result.sum += one.sum;
      result.entries += one.what->second.kv.removed ? 0 : 1;
    }
  });
  return result;
}

range_sum state_ranges::sums() const {
  return [this](const hash_range& range) { return content_of(range).sum; };
}

std::vector<entry_digest> state_ranges::list(const std::vector<hash_range>& scope) const {
  std::vector<entry_digest> result;
  for (const auto& range : scope)
    visit(range, [&](std::uint64_t place, const item& what) {
      if (!what.second.kv.removed)
        result.push_back({place, state_store::version_of(what)});
    });
  std::ranges::sort(result, {}, &entry_digest::place);
  return result;
}

// -- differences ----------------------------------------------------------------------------------

/// Of two heartbeats with other contents it cannot be said which one is newer: both are sent.
bool state_ranges::is_newer(const item& what, const entry_digest* theirs) {
  if (theirs == nullptr)
    return !what.second.kv.removed;
  const auto version = state_store::version_of(what);
  return what.first == heartbeat_key ? version != theirs->version : version > theirs->version;
}

bool state_ranges::is_older(const item* what, const entry_digest& theirs) {
  if (what == nullptr)
    return true;
  const auto version = state_store::version_of(*what);
  return what->first == heartbeat_key ? version != theirs.version : version < theirs.version;
}

state_findings state_ranges::compare(const state_question& theirs, delta_builder& to) const {
  state_findings result;
  result.different = differing(theirs.ranges, sums());
  for (auto range : theirs.scope) {
    const auto own = sorted(range);
    const auto listed = within(theirs.entries, range);
    bool has_room = true;
    for (const auto& mine : own) {
      const auto found = at_or_behind(listed, mine.place);
      const bool is_listed = found != listed.end() && found->place == mine.place;
      if (is_newer(*mine.what, is_listed ? &*found : nullptr)
          && to.is_for(*mine.what->second.owner))
        has_room = to.add(*mine.what) && has_room;
    }
    for (const auto& one : listed) {
      const auto found = at_or_behind(own, one.place);
      const bool is_here = found != own.end() && found->place == one.place;
      if (is_older(is_here ? found->what : nullptr, one))
        result.wanted.push_back(one.place);
    }
    if (has_room)
      continue;
    range.sum = content_of(range).sum;
    result.different.push_back(range);
  }
  std::ranges::sort(result.different, {}, &hash_range::first);
  return result;
}

const state_ranges::item* state_ranges::ending(const state_store::member& owner,
                                               const std::string& key,
                                               const gossip_key_value& theirs) const {
  const auto newer = [&](std::string_view at) -> const item* {
    const auto found = owner.entries.find(at);
    const bool is_newer = found != owner.entries.end()
                          && found->second.kv.sequence_number > theirs.sequence_number
                          && (key != heartbeat_key || found->second.kv.value != theirs.value);
    return is_newer ? &*found : nullptr;
  };
  const auto name = split(key);
  const auto* same = newer(key);
  return same != nullptr || !name.map_key ? same : newer(name.key);
}

std::vector<std::uint64_t> state_ranges::newer_than(const gossip_state& remote) const {
  std::vector<std::uint64_t> result;
  for (const auto& [id, state] : remote.members) {
    const auto owner = store_.members_.find(id);
    if (owner == store_.members_.end() || owner->second.incarnation != state.incarnation)
      continue;
    for (const auto& [key, theirs] : state.entries)
      if (const auto* what = ending(owner->second, key, theirs); what != nullptr)
        result.push_back(place_of(*what));
  }
  std::ranges::sort(result);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::vector<std::uint64_t> state_ranges::add(const std::vector<std::uint64_t>& places,
                                             delta_builder& to) const {
  std::vector<std::uint64_t> left;
  for (const auto place : places) {
    bool has_room = true;
    visit({place, place, 0}, [&](std::uint64_t, const item& what) {
      if (to.is_for(*what.second.owner))
        has_room = to.add(what) && has_room;
    });
    if (!has_room)
      left.push_back(place);
  }
  return left;
}

} // namespace caf_gossip
