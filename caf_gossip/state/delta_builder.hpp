/// Collects entries for a target within the bounds of one message.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "caf_gossip/state/state_store.hpp"

namespace caf_gossip {

class delta_builder {
public:
  using item = state_store::item;

  delta_builder(const delta_target& target, const delta_limits& limits, std::uint64_t top)
      : target_(target), limits_(limits) {
    delta_.up_to = top;
  }

  /// Adds what is news for the target in order of arrival, until a bound is reached.
  void add_all(const arrival_log<item>& log, std::size_t bytes_max) {
    for (auto i = log.after(target_.acknowledged); i != log.end(); ++i) {
      if (!is_news(i->what))
        continue;
      if (!add(*i->what, bytes_max)) {
        delta_.up_to = std::min(delta_.up_to, i->number - 1);
        return;
      }
      ++delta_.entries;
    }
  }

  [[nodiscard]] bool has_news(const arrival_log<item>& log) const {
    return std::any_of(log.after(target_.acknowledged), log.end(),
                       [this](const auto& slot) { return is_news(slot.what); });
  }

  /// Returns false when the entry does not fit.
  bool add(const item& what, std::size_t bytes_max) {
    const auto& owner = *what.second.owner;
    auto& members = delta_.state.members;
    auto found = members.find(owner.id);
    const bool is_first = found == members.end();
    const auto size = entry_bytes(what.first, what.second.kv.value)
                      + (is_first ? owner.id.size() + member_overhead : 0);
    if (bytes_ + size > bytes_max || (is_first && members.size() >= limits_.members))
      return false;
    if (is_first)
      found = members.emplace(owner.id, gossip_state::member{owner.incarnation, {}}).first;
    if (found->second.entries.emplace(what.first, what.second.kv).second)
      bytes_ += size;
    return true;
  }

  /// The same, if the whole message has room for it.
  bool add(const item& what) { return add(what, limits_.bytes); }

  [[nodiscard]] bool is_for(const state_store::member& owner) const {
    return owner.id != target_.id;
  }
  [[nodiscard]] state_delta& delta() { return delta_; }

private:
  /// What a member takes in a message besides its id and its entries.
  static constexpr std::size_t member_overhead = 64;

  [[nodiscard]] bool is_news(const item* what) const {
    return what != nullptr && is_for(*what->second.owner)
           && (what->second.source == 0 || what->second.source != target_.source);
  }

  const delta_target& target_;
  const delta_limits& limits_;
  state_delta delta_;
  std::size_t bytes_ = 0;
};

} // namespace caf_gossip
