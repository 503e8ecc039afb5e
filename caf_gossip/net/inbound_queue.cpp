#include "caf_gossip/net/inbound_queue.hpp"

#include <utility>

namespace caf_gossip::net {

std::size_t inbound_queue::push(std::vector<inbound>& batch) {
  std::size_t dropped = 0;
  bool wake = false;
  {
    const std::lock_guard guard{mutex_};
    const bool was_empty = items_.empty();
    for (auto& item : batch) {
      if (std::holds_alternative<delivery_failed>(item)) {
        ++failures_;
      } else if (frames_ >= places_for(plane_of(std::get<wire::frame>(item)), frames_max_)) {
        ++dropped;
        continue;
      } else {
        ++frames_;
      }
      items_.push_back(std::move(item));
    }
    dropped_ += dropped;
    wake = was_empty && !items_.empty();
  }
  batch.clear();
  if (wake && wake_)
    wake_();
  return dropped;
}

std::vector<inbound> inbound_queue::take() {
  const std::lock_guard guard{mutex_};
  frames_ = 0;
  failures_ = 0;
  if (dropped_ > 0)
    items_.emplace_back(frames_dropped{std::exchange(dropped_, 0)});
  return std::exchange(items_, {});
}

std::size_t inbound_queue::discard() {
  const std::lock_guard guard{mutex_};
  frames_ = 0;
  failures_ = 0;
  dropped_ = 0;
  return std::exchange(items_, {}).size();
}

} // namespace caf_gossip::net
