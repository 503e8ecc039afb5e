#include "caf_gossip/membership/rumors.hpp"

namespace caf_gossip {

std::vector<record> rumors::take(const member_table& table, const node_id& target,
                                 std::size_t bytes_max) {
  std::vector<record> result;
  std::size_t bytes = 0;
  queue_.visit([&](const node_id& about) {
    const auto* entry = table.find(about);
    if (entry != nullptr && entry->learned_from != target) {
      bytes += estimated_bytes(entry->rec);
      if (bytes > bytes_max && !result.empty())
        return false;
      result.push_back(entry->rec);
    }
    // What the target told itself counts as told to it; what the table has forgotten goes away.
    queue_.book(about);
    return true;
  });
  return result;
}

} // namespace caf_gossip
