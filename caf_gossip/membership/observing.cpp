/// What the membership coordinator shows of itself.
#include <algorithm>
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

membership_outcome membership_coordinator::take_outcome() {
  return std::exchange(outcome_, {});
}

time_point membership_coordinator::next_deadline() const {
  if (mode_ == node_mode::stopped)
    return never;
  auto deadline = std::min({window_.next_deadline(), quarantine_.next_deadline(), next_forget_});
  const auto first = [](const std::map<node_id, time_point>& moments) {
    auto result = never;
    for (const auto& [id, moment] : moments)
      result = std::min(result, moment);
    return result;
  };
  deadline = std::min({deadline, first(suspects_), first(leaving_), returns_at_});
  if (mode_ == node_mode::client)
    return deadline;
  deadline = std::min({deadline, joiner_.next_deadline(), next_poll_, prober_.next_deadline(),
                       relays_.next_deadline(), takes_turns() ? next_probe_ : next_heartbeat_});
  if (!outcast_ && !farewell_)
    deadline = std::min({deadline, next_reunion_, next_check_});
  if (farewell_)
    deadline = std::min({deadline, farewell_->deadline, farewell_->resend});
  return outcast_ || deaf_ ? deadline : std::min(deadline, engine_.next_deadline());
}

membership_snapshot membership_coordinator::snapshot() const {
  membership_snapshot result;
  result.mode = mode_;
  if (mode_ == node_mode::stopped)
    return result;
  result.self = self_;
  const auto* own = table_.find(self_.id);
  result.joined = roster_complete_ && own != nullptr && own->status() == member_status::up;
  result.version = table_.version();
  result.roster_hash = table_.roster_hash();
  result.phase = engine_.phase();
  result.confirmed_peers = engine_.confirmed_count();
  result.peers = engine_.peer_count();
  table_.visit([&](const member_entry& entry) {
    if (is_final(entry.rec->status))
      return;
    member_view view{*entry.rec, clock_.at(entry.how->since), entry.how->why};
    view.rec.status = entry.status();
    result.members.push_back(std::move(view));
  });
  std::sort(result.members.begin(), result.members.end(),
            [](const auto& lhs, const auto& rhs) { return lhs.rec.id < rhs.rec.id; });
  return result;
}

std::vector<quarantine_entry> membership_coordinator::quarantined(time_point now) const {
  return quarantine_.list(std::max(now, now_));
}

expected<membership_metrics> membership_coordinator::metrics() const {
  if (!cfg_.metrics_enabled)
    return fail(errc::disabled, "metrics-enabled = false");
  auto result = metrics_;
  result.members = table_.active_count();
  result.quarantined = quarantine_.size();
  result.tombstones = table_.tombstone_count();
  result.members_refused = table_.members_refused();
  result.tombstones_dropped = table_.tombstones_dropped();
  result.quarantine_dropped = quarantine_.dropped();
  result.probes_refused = prober_.refused() + relays_.refused() + hearing_.refused();
  result.accusations_refused = testimonies_.refused();
  result.local_health = health_.score();
  result.flap_histories_dropped = damping_.dropped();
  return result;
}

} // namespace caf_gossip
