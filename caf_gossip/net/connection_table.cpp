#include "caf_gossip/net/connection_table.hpp"

namespace caf_gossip::net {

void connection_table::accept(stream_connection::socket connected) {
  if (accepted_ >= cfg_.connections_max && !make_room()) {
    ++counters_.connections_refused;
    boost::system::error_code ignored;
    connected.close(ignored);
    return;
  }
  ++accepted_;
  ++counters_.connections_accepted;
  const auto added = add(std::move(connected), std::nullopt);
  unproven_.insert(added->number());
  added->start();
}

connection_table::pointer connection_table::opened(stream_connection::socket connected,
                                                   const authority& target) {
  ++counters_.connections_opened;
  auto added = add(std::move(connected), target);
  added->start();
  return added;
}

connection_table::pointer connection_table::add(stream_connection::socket connected,
                                                std::optional<authority> target) {
  auto added = std::make_shared<stream_connection>(++last_number_, std::move(connected),
                                                   std::move(target), cfg_, events_);
  connections_.emplace(added->number(), added);
  ++counters_.connections_open;
  return added;
}

void connection_table::prove(stream_connection& which) {
  which.prove();
  unproven_.erase(which.number());
}

bool connection_table::make_room() {
  if (unproven_.empty())
    return false;
  const auto oldest = find(*unproven_.begin());
  ++counters_.connections_refused;
  oldest->close("made room for a newer connection");
  return true;
}

void connection_table::remove(const stream_connection& which) {
  if (connections_.erase(which.number()) == 0)
    return;
  unproven_.erase(which.number());
  accepted_ -= which.accepted() ? 1 : 0;
  --counters_.connections_open;
}

connection_table::pointer connection_table::find(std::uint64_t number) const {
  const auto found = connections_.find(number);
  return found == connections_.end() ? nullptr : found->second;
}

void connection_table::close_all(const std::string& reason) {
  while (!connections_.empty()) {
    // Closing removes it from the table.
    const auto next = connections_.begin()->second;
    next->close(reason);
  }
}

} // namespace caf_gossip::net
