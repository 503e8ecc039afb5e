#include "caf_gossip/net/inbound_queue.hpp"

#include <utility>

namespace caf_gossip::net {

bool inbound_queue::has_room_for(const arrival& item) const {
  const auto from = plane_of(std::get<wire::frame>(item.what));
  return frames_.frames < places_for(from, frames_max_)
         && frames_.has_bytes_for(item.bytes, from, bytes_max_);
}

std::size_t inbound_queue::push(std::vector<arrival>& batch) {
  std::size_t dropped = 0;
  bool wake = false;
  {
    const std::lock_guard guard{mutex_};
    const bool was_empty = items_.empty();
    for (auto& item : batch) {
      if (std::holds_alternative<delivery_failed>(item.what)) {
        ++failures_;
      } else if (!has_room_for(item)) {
        ++dropped;
        continue;
      } else {
        frames_.add(item.bytes);
      }
      items_.push_back(std::move(item.what));
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
  frames_ = {};
  failures_ = 0;
  if (dropped_ > 0)
    items_.emplace_back(frames_dropped{std::exchange(dropped_, 0)});
  return std::exchange(items_, {});
}

std::size_t inbound_queue::discard() {
  const std::lock_guard guard{mutex_};
  frames_ = {};
  failures_ = 0;
  dropped_ = 0;
  return std::exchange(items_, {}).size();
}

} // namespace caf_gossip::net
