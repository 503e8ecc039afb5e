/// Keys with a time to live, each with one deadline.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

class expiry_queue {
public:
  /// Gives a key a deadline, instead of the one it may have; `never` = none.
  void set(const std::string& key, time_point deadline) {
    if (const auto known = deadlines_.find(key); known != deadlines_.end()) {
      queue_.erase({known->second, key});
      deadlines_.erase(known);
    }
    if (deadline == never)
      return;
    deadlines_.emplace(key, deadline);
    queue_.emplace(deadline, key);
  }

  /// Takes the deadlines of all keys that begin with `prefix`.
  void drop_all(const std::string& prefix) {
    for (auto i = deadlines_.lower_bound(prefix);
         i != deadlines_.end() && i->first.compare(0, prefix.size(), prefix) == 0;) {
      queue_.erase({i->second, i->first});
      i = deadlines_.erase(i);
    }
  }

  /// Removes and returns the keys whose deadline has come, the first one first.
  std::vector<std::string> take_due(time_point now) {
    std::vector<std::string> result;
    while (next() <= now && !queue_.empty()) {
      result.push_back(queue_.begin()->second);
      set(result.back(), never);
    }
    return result;
  }

  void clear() {
    deadlines_.clear();
    queue_.clear();
  }

  [[nodiscard]] time_point next() const { return queue_.empty() ? never : queue_.begin()->first; }
  [[nodiscard]] std::size_t size() const { return queue_.size(); }

private:
  std::map<std::string, time_point> deadlines_;
  std::set<std::pair<time_point, std::string>> queue_;
};

} // namespace caf_gossip
