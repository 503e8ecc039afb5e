#include "caf_gossip/net/request_table.hpp"

#include <algorithm>

namespace caf_gossip::net {

request_table::ticket request_table::add(const authority& target, std::uint64_t correlation,
                                         time_point deadline, bool probe) {
  requests_.emplace_hint(requests_.end(), ++last_,
                         request{target, correlation, deadline, 0, probe});
  by_correlation_.emplace(correlation, last_);
  return last_;
}

bool request_table::answer(std::uint64_t correlation, const authority& from) {
  auto oldest = requests_.end();
  const auto [first, last] = by_correlation_.equal_range(correlation);
  for (auto i = first; i != last; ++i) {
    const auto found = requests_.find(i->second);
    if (found->second.target == from && (oldest == requests_.end() || found->first < oldest->first))
      oldest = found;
  }
  if (oldest == requests_.end())
    return false;
  extract(oldest);
  return true;
}

std::optional<request_table::request> request_table::remove(ticket which) {
  const auto found = requests_.find(which);
  if (found == requests_.end())
    return std::nullopt;
  return extract(found);
}

void request_table::written_to(ticket which, std::uint64_t connection) {
  if (const auto found = requests_.find(which); found != requests_.end())
    found->second.connection = connection;
}

std::vector<request_table::request> request_table::remove_written_to(std::uint64_t connection) {
  std::vector<request> result;
  for (auto i = requests_.begin(); i != requests_.end();) {
    const auto current = i++;
    if (current->second.connection == connection)
      result.push_back(extract(current));
  }
  return result;
}

std::vector<request_table::request> request_table::expire(time_point now) {
  std::vector<request> result;
  while (!requests_.empty() && requests_.begin()->second.deadline <= now)
    result.push_back(extract(requests_.begin()));
  return result;
}

time_point request_table::next_deadline() const {
  return requests_.empty() ? never : requests_.begin()->second.deadline;
}

request_table::request request_table::extract(requests::iterator where) {
  const auto [first, last] = by_correlation_.equal_range(where->second.correlation);
  const auto entry =
      std::find_if(first, last, [&](const auto& item) { return item.second == where->first; });
  by_correlation_.erase(entry);
  if (where->second.probe)
    ended_probes_.push_back(where->first);
  auto result = std::move(where->second);
  requests_.erase(where);
  return result;
}

} // namespace caf_gossip::net
