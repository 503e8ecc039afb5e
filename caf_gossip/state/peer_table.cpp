#include "caf_gossip/state/peer_table.hpp"

#include <algorithm>

namespace caf_gossip {

namespace {

using namespace std::chrono_literals;

constexpr duration repair_pause_min = 10s;
constexpr duration repair_pause_max = 10min;
constexpr duration try_pause_max = 10s;

} // namespace

peer& peer_table::add(const member_ref& who, time_point now) {
  remove(who.id);
  auto& result = peers_[who.id];
  result.ref = who;
  result.source = ++last_source_;
  result.last_sign = now;
  result.repair_pause = repair_pause_min;
  return result;
}

void peer_table::remove(const node_id& id) {
  const auto found = peers_.find(id);
  if (found == peers_.end())
    return;
  by_token_.erase(found->second.token);
  peers_.erase(found);
}

void peer_table::clear() {
  by_token_.clear();
  peers_.clear();
}

peer* peer_table::find(const node_id& id) {
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : &found->second;
}

const peer* peer_table::find(const node_id& id) const {
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : &found->second;
}

void peer_table::sent(peer& to, std::uint64_t token, std::uint64_t up_to) {
  to.token = token;
  to.in_flight_to = up_to;
  by_token_.emplace(token, &to);
}

peer* peer_table::ended(std::uint64_t token) {
  const auto found = by_token_.find(token);
  if (found == by_token_.end())
    return nullptr;
  auto* result = found->second;
  result->token = 0;
  by_token_.erase(found);
  return result;
}

void peer_table::rejected(peer& by, duration first, time_point now) {
  by.next_try = now + by.try_pause;
  by.try_pause = std::max(first, std::min(2 * by.try_pause, try_pause_max));
}

void peer_table::accepted(peer& by) {
  by.next_try = {};
  by.try_pause = {};
}

void peer_table::forgive(duration asleep, time_point now) {
  for (auto& [id, one] : peers_)
    one.last_sign = std::min(one.last_sign + asleep, now); // some may have been heard since
}

void peer_table::start_over() {
  by_token_.clear();
  for (auto& [id, one] : peers_) {
    one.acknowledged = 0;
    one.token = 0;
    one.differs_since = never;
  }
}

bool peer_table::compare(peer& with, std::uint64_t hash, std::uint64_t own, std::uint64_t now_at,
                         duration patience, time_point now) {
  if (hash == own) {
    with.acknowledged = now_at;
    with.differs_since = never;
    with.repair_pause = repair_pause_min;
    return false;
  }
  if (with.acknowledged < now_at)
    return false;
  with.differs_since = std::min(with.differs_since, now);
  return now - with.differs_since >= patience && now >= with.next_repair;
}

void peer_table::being_repaired(peer& by, time_point now) {
  if (by.differs_since != never)
    by.differs_since = now;
}

void peer_table::repaired(peer& who, time_point now) {
  who.differs_since = never;
  who.next_repair = now + who.repair_pause;
  who.repair_pause = std::min(2 * who.repair_pause, repair_pause_max);
}

void peer_table::repair_failed(peer& who, duration pause, time_point now) {
  who.next_repair = now + pause;
}

void peer_table::send_all_again(peer& to) {
  to.acknowledged = to.in_flight_to = 0;
  to.source = ++last_source_; // what it once sent, it may have lost
}

std::uint64_t peer_table::acknowledged_by_all(std::uint64_t top) const {
  for (const auto& [id, one] : peers_)
    top = std::min(top, one.acknowledged);
  return top;
}

} // namespace caf_gossip
