#include "caf_gossip/state/comparison.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace caf_gossip {

namespace {

void add_all(std::vector<hash_range>& to, const std::vector<hash_range>& what) {
  to.insert(to.end(), what.begin(), what.end());
}

void sort(std::vector<hash_range>& what) {
  std::ranges::sort(what, {}, &hash_range::first);
}

} // namespace

/// The last ranges go first, so that few are pending at any time.
state_question comparison::ask(const state_ranges& mine) {
  state_question result;
  while (!pending_.empty()) {
    const auto range = pending_.back();
    const auto [sum, entries] = mine.content_of(range);
    if (entries > listed_max && range.first < range.last) {
      if (result.ranges.size() + range_fan_out > state_question::ranges_max)
        break;
      add_all(result.ranges, split(range, mine.sums()));
    } else {
      if (result.scope.size() == state_question::ranges_max
          || listed_ + entries > state_question::entries_max)
        break;
      listed_ += entries;
      result.scope.push_back({range.first, range.last, sum});
    }
    pending_.pop_back();
  }
  sort(result.ranges);
  sort(result.scope);
  result.entries = mine.list(result.scope);
  return result;
}

std::optional<comparison::step>
comparison::next(const state_store& store, const delta_target& target, const delta_limits& limits) {
  if (steps_ == steps_max)
    return {};
  ++steps_;
  add_all(pending_, asked_);
  const state_ranges mine{store};
  delta_builder state{target, limits, store.revision()};
  left_ = mine.add(owed_, state);
  step result;
  listed_ = 0;
  result.state = std::move(state.delta().state);
  if (left_.empty())
    result.question = ask(mine);
  asked_ = result.question.ranges;
  add_all(asked_, result.question.scope);
  sort(asked_);
  if (result.state.members.empty() && asked_.empty())
    return {};
  return result;
}

bool comparison::take(const state_findings& what, const gossip_state& came,
                      const state_store& store) {
  const auto same = [](const hash_range& lhs, const hash_range& rhs) {
    return lhs.first == rhs.first && lhs.last == rhs.last;
  };
  const bool is_asked = std::ranges::all_of(what.different, [&](const hash_range& one) {
    const auto found = std::ranges::lower_bound(asked_, one.first, {}, &hash_range::first);
    return found != asked_.end() && same(*found, one);
  });
  if (!is_asked || !is_valid(what) || what.wanted.size() > listed_)
    return false;
  asked_.clear();
  owed_ = std::exchange(left_, {});
  add_all(pending_, what.different);
  const auto newer = state_ranges{store}.newer_than(came);
  owed_.insert(owed_.end(), what.wanted.begin(), what.wanted.end());
  owed_.insert(owed_.end(), newer.begin(), newer.end());
  return true;
}

} // namespace caf_gossip
