#include "caf_gossip/membership/rumors.hpp"

namespace caf_gossip {

shared_records rumors::take(const member_table& table, const node_id& target,
                            std::size_t bytes_max) {
  shared_records result;
  std::size_t bytes = 0;
  queue_.visit([&](member_slot about) {
    const auto& entry = table.at(about);
    if (entry.rec && entry.how->learned_from != target) {
      bytes += estimated_bytes(*entry.rec);
      if (bytes > bytes_max && !result.empty())
        return false;
      result.push_back(entry.rec);
    }
    // What the target told itself counts as told to it; what the table has forgotten goes away.
    queue_.book(about);
    return true;
  });
  return result;
}

} // namespace caf_gossip
