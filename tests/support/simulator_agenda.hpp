/// What happens next in a simulation: a binary heap of small tasks in virtual time.
///
/// Tasks of one moment run in the order in which they were put in, so equal runs stay equal.
/// Nothing is ever taken out early: whoever handles a task knows whether it still counts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "caf_gossip/base/time.hpp"

namespace caf_gossip::test {

enum class task_kind : std::uint8_t {
  /// A node wants to be ticked.
  wake,
  /// A message arrives at a host.
  arrive,
  /// A slow node gets to a message that has arrived.
  handle,
  /// The opening of a new stream arrives at a host.
  open,
  /// A sender learns that its message could not be delivered.
  fail,
  /// The time of a request is up.
  expire,
  /// A paused node goes on.
  resume,
  /// A step of the scenario.
  act,
};

struct task {
  time_point at{};
  std::uint64_t number = 0;
  /// What the task is about: a message, a correlation, an action.
  std::uint64_t item = 0;
  std::uint32_t node = 0;
  task_kind kind = task_kind::wake;
};

class agenda {
public:
  void add(time_point at, task_kind kind, std::uint32_t node, std::uint64_t item = 0) {
    heap_.push_back({at, ++last_, item, node, kind});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }

  [[nodiscard]] bool is_empty() const { return heap_.empty(); }
  [[nodiscard]] time_point next() const { return heap_.empty() ? never : heap_.front().at; }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

  task take() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const auto result = heap_.back();
    heap_.pop_back();
    return result;
  }

private:
  static bool later(const task& lhs, const task& rhs) {
    return lhs.at != rhs.at ? lhs.at > rhs.at : lhs.number > rhs.number;
  }

  std::vector<task> heap_;
  std::uint64_t last_ = 0;
};

} // namespace caf_gossip::test
