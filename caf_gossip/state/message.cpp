#include "caf_gossip/state/message.hpp"

#include <algorithm>

namespace caf_gossip {

bool is_valid(const state_question& what) {
  return what.ranges.size() <= state_question::ranges_max
         && what.scope.size() <= state_question::ranges_max
         && what.entries.size() <= state_question::entries_max && are_in_order(what.ranges)
         && are_in_order(what.scope)
         && std::ranges::is_sorted(what.entries, {}, &entry_digest::place);
}

bool is_valid(const state_findings& what) {
  return what.different.size() <= 2 * state_question::ranges_max
         && what.wanted.size() <= state_question::entries_max && are_in_order(what.different);
}

} // namespace caf_gossip
