/// What this node does when others take it for dead or for another, and how those that were
/// separated come together (docs/decisions/0020-reunion.md).
#include <algorithm>
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

void membership_coordinator::hear_of_self(const record& rumor, const node_id& informant) {
  const auto* own = table_.find(self_.id);
  if (mode_ != node_mode::member || own == nullptr || rumor.incarnation < self_.incarnation)
    return;
  if (rumor.incarnation > self_.incarnation) {
    // At our own authority it can only be an earlier run with a clock that was ahead.
    become_outcast(informant, rumor.incarnation, rumor.address == self_.address);
    return;
  }
  // Two nodes started with one name and one incarnation: the lower authority gives way, or they
  // would outbid each other's version for ever.
  if (rumor.address > self_.address) {
    become_outcast(informant, rumor.incarnation, false);
    return;
  }
  if (compare(rumor, *own->rec) <= 0)
    return;
  if (is_final(rumor.status) && !farewell_) {
    become_outcast(informant, rumor.incarnation, true);
  } else if (rumor.status == member_status::leaving) {
    begin_leave();
  } else if (rumor.version == own->rec->version && rumor.status == member_status::up
             && !in_conflict(rumor, *own->rec)) {
    merge(rumor, cause{cause_kind::gossip, informant, 0, {}}, informant);
  } else if (!is_final(rumor.status)) {
    // SWIM 4.2: a member that hears it is suspected refutes with a higher number of its own.
    ++metrics_.refuted;
    health_.worse();
    auto refuted = *own->rec;
    refuted.version = rumor.version;
    refuted.status = member_status::up;
    ++refuted.version;
    merge(std::move(refuted), cause{cause_kind::self, informant, 0, {}}, {});
  }
}

/// Others have buried this incarnation. It says nothing more until it returns as another.
void membership_coordinator::become_outcast(const node_id& informant, std::uint64_t exceed,
                                            bool may_return) {
  exceed_incarnation_ = std::max(exceed_incarnation_, exceed);
  if (outcast_)
    return;
  outcast_ = true;
  ring_changed_ = true;
  joiner_.stop();
  suspects_.clear();
  prober_.clear();
  relays_.clear();
  testimonies_.clear();
  hearing_.clear();
  deaf_ = false;
  if (const auto* teller = table_.find(informant))
    returns_through_ = teller->rec->address;
  std::optional<unix_time> returns;
  if (may_return && !farewell_ && cfg_.rejoin_when_declared_dead) {
    returns_at_ = now_ + cfg_.quarantine_ttl;
    returns = clock_.at(returns_at_);
  }
  emit(self_declared_dead{{}, self_, informant, returns});
  auto own = *table_.find(self_.id)->rec;
  own.status = member_status::dead;
  merge(std::move(own), cause{cause_kind::gossip, informant, 0, {}}, informant);
}

void membership_coordinator::new_incarnation(std::uint64_t exceed) {
  const auto started =
      std::chrono::duration_cast<std::chrono::microseconds>(clock_.at(now_).time_since_epoch());
  self_.incarnation =
      std::max({exceed + 1, self_.incarnation + 1,
                static_cast<std::uint64_t>(std::max<std::int64_t>(started.count(), 0))});
  outcast_ = false;
  ring_changed_ = true;
  returns_at_ = never;
  exceed_incarnation_ = 0;
  // What it has decided while it was cut off is no news for those that it comes back to.
  table_.forget_tombstones(now_);
  damping_.clear();
  merge(record{self_.id, self_.address, self_.incarnation, 1, member_status::joining, {}},
        cause{cause_kind::self, {}, 0, {}}, {});
  auto contacts = seeds_;
  // The others that were told of this death first are where this node has to come back to.
  if (const auto through = std::exchange(returns_through_, {}); !through.host.empty()) {
    std::erase(contacts, through);
    contacts.insert(contacts.begin(), through);
  }
  const auto peers = engine_.sample(cfg_.gossip_fan_out, random_);
  for (const auto& peer : peers)
    if (std::find(contacts.begin(), contacts.end(), peer.address) == contacts.end())
      contacts.push_back(peer.address);
  if (contacts.empty())
    form_cluster();
  joiner_.start(std::move(contacts), now_);
}

// -- the separated ------------------------------------------------------------------------------

/// Somebody who is dead here may live where the network did not reach. All members together try
/// each of the dead about once per interval, however many they are.
void membership_coordinator::tick_reunion() {
  if (now_ < next_reunion_ || outcast_ || farewell_)
    return;
  next_reunion_ = now_ + cfg_.reunion_interval;
  shared_records dead;
  table_.visit([&](const member_entry& entry) {
    if (entry.rec->status == member_status::dead && table_.find(entry.rec->address) == nullptr)
      dead.push_back(entry.rec);
  });
  if (random_.fraction() * static_cast<double>(table_.active_count())
      >= static_cast<double>(dead.size()))
    return;
  random_.sample(dead, 1);
  for (const auto& one : dead)
    post(one->address, one->incarnation, ping{own_version(), {one}}, channel::datagram,
         new_correlation());
}

/// Two that were separated have declared each other dead, and neither listens to the other. Only
/// this much is heard of the dead: that they take this node for dead, too. A stranger is not
/// believed, but asked to let this node in; its cluster refuses incarnations that it buried.
void membership_coordinator::hear_verdict(const envelope& head, const shared_records& records) {
  const auto* entry = table_.find(head.sender.id);
  const bool is_stranger = entry == nullptr || entry->rec->incarnation < head.sender.incarnation;
  const bool is_dead = !is_stranger && entry->rec->status == member_status::dead
                       && ref_of(*entry->rec) == head.sender;
  if (outcast_ || !(is_stranger || is_dead))
    return;
  for (const auto& rec : records) {
    if (rec->id != self_.id || !is_final(rec->status))
      continue;
    if (is_dead && !is_larger_side())
      hear_of_self(*rec, head.sender.id);
    else if (is_stranger && rec->incarnation == self_.incarnation)
      join_strangers(head.sender.address);
  }
}

/// Does this node see more members than dead ones? Then those that take it for dead come back to
/// its side. With as many of both, the side of the first on the ring stays.
bool membership_coordinator::is_larger_side() const {
  std::size_t active = 0;
  std::size_t dead = 0;
  std::optional<bool> first_is_active;
  table_.visit([&](const member_entry& entry) {
    const bool is_dead =
        entry.rec->status == member_status::dead && table_.find(entry.rec->address) == nullptr;
    if (!is_dead && !is_active(entry.rec->status))
      return;
    ++(is_dead ? dead : active);
    if (!first_is_active)
      first_is_active = !is_dead;
  });
  return active > dead || (active == dead && first_is_active.value_or(true));
}

/// A stranger wrote to an earlier incarnation of this node: there is a cluster that it belonged to.
void membership_coordinator::follow_predecessor(const envelope& head) {
  if (head.receiver_incarnation != 0 && head.receiver_incarnation < self_.incarnation)
    join_strangers(head.sender.address);
}

/// Brings the cluster of a stranger and this node's together.
void membership_coordinator::join_strangers(const authority& through) {
  if (mode_ == node_mode::member && !outcast_ && !farewell_)
    joiner_.add(through, now_);
}

} // namespace caf_gossip
