/// How members say goodbye.
#include <algorithm>
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

namespace {

/// An unacknowledged goodbye is repeated this often.
constexpr std::chrono::milliseconds farewell_resend{100};

} // namespace

expected<void> membership_coordinator::leave(const authority& who, time_point now) {
  if (auto member = require_member(); !member)
    return member;
  if (who == self_.address)
    return leave_cluster(now);
  advance(now);
  return require_entry(who).and_then([&](const member_entry* entry) {
    return transition(*entry, member_status::leaving, cause{cause_kind::leave, {}, 0, {}});
  });
}

expected<void> membership_coordinator::leave_cluster(time_point now) {
  if (auto member = require_member(); !member)
    return member;
  advance(now);
  begin_leave();
  return {};
}

void membership_coordinator::begin_leave() {
  if (farewell_ && farewell_->answered)
    outcome_.replies.push_back({farewell_->acknowledged.size(), farewell_->asked.size()});
  if (farewell_)
    return;
  joiner_.stop();
  prober_.clear();
  returns_at_ = never;
  if (!outcast_)
    assert_self(member_status::leaving);
  farewell goodbye;
  if (!outcast_) // Nobody listens to an outcast, and to others it is gone anyway.
    goodbye.asked = engine_.sample(std::size_t{2} * cfg_.gossip_fan_out, random_);
  goodbye.number = new_correlation();
  goodbye.deadline = now_ + cfg_.leave_timeout;
  goodbye.resend = now_;
  farewell_ = std::move(goodbye);
  // Who leaves before its admission was answered knows no peer yet, but a seed may know it.
  if (farewell_->asked.empty() && !outcast_)
    for (const auto& seed : seeds_)
      post(seed, 0, delta{0, 0, {table_.find(self_.id)->rec}}, channel::stream);
  tick_leave();
}

void membership_coordinator::tick_leave() {
  if (!farewell_ || farewell_->answered)
    return;
  // Who leaves too, or is gone, cannot answer any more.
  const auto reachable = static_cast<std::size_t>(
      std::count_if(farewell_->asked.begin(), farewell_->asked.end(), [&](const member_ref& peer) {
        return table_.find(peer.address) != nullptr
               && !farewell_->unreachable.contains(peer.address);
      }));
  const auto needed = std::min<std::size_t>(cfg_.gossip_fan_out, reachable);
  if (farewell_->acknowledged.size() >= needed || now_ >= farewell_->deadline
      || !cfg_.gossip_enabled) {
    farewell_->answered = true;
    farewell_->deadline = farewell_->resend = never;
    outcome_.replies.push_back({farewell_->acknowledged.size(), farewell_->asked.size()});
    return;
  }
  if (now_ < farewell_->resend)
    return;
  farewell_->resend = now_ + farewell_resend;
  const auto& own = table_.find(self_.id)->rec;
  for (const auto& peer : farewell_->asked)
    if (!farewell_->acknowledged.contains(peer.id))
      post(peer.address, peer.incarnation, ping{own->version, {own}}, channel::stream,
           farewell_->number);
}

} // namespace caf_gossip
