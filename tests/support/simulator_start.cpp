/// A converged cluster without simulating how it came about.
///
/// The nodes get what they would have got in the end, as messages past the network: the whole
/// roster as the answer to their join requests, everybody's state as a request, and a heartbeat of
/// each member, whose hashes show that all have the same. Meanwhile nothing is sent. Whatever the
/// cores make of that, the simulation goes on from there as usual until they agree.
#include <algorithm>
#include <utility>

#include "caf_gossip/state/key.hpp"
#include "tests/support/simulator.hpp"

namespace caf_gossip::test {

namespace {

/// Of a member that others have found up and that has said nothing new itself.
constexpr std::uint64_t usual_version = 1;

} // namespace

bool simulator::start_converged(std::uint32_t count, duration limit) {
  if (count == 1)
    start(add(), {});
  is_mute_ = count > 1;
  shared_records roster;
  const auto interval = static_cast<std::uint64_t>(duration{cfg.gossip_interval}.count());
  while (size() < count) {
    const auto number = add();
    const auto when = now_ + duration{random_.below(interval)};
    // The incarnation that the start at that moment will have.
    auto& self = nodes_[number].self;
    at(when, [this, number] { start(number, {number == 0 ? 1U : 0U}); });
    roster.emplace_back(record{self.id,
                               self.address,
                               next_incarnation(nodes_[number], when),
                               usual_version,
                               member_status::up,
                               {}});
  }
  for (std::uint32_t number = 0; number < count; ++number)
    at(now_ + cfg.gossip_interval, [this, number, &roster] { introduce(nodes_[number], roster); });
  run_for(cfg.gossip_interval);
  if (count > 1)
    share_rosters();
  // Until all have told their applications, and each has had a tick.
  run_for(cfg.gossip_interval + cfg.topology_emit_interval);
  if (with_state && count > 1)
    share_state();
  show_hashes();
  is_mute_ = false;
  return run_until([this] { return converged(); }, limit, std::chrono::milliseconds{250});
}

/// Answers the join request of a node that nobody has heard.
void simulator::introduce(sim_node& who, const shared_records& roster) {
  if (who.requests.empty())
    return;
  join_response answer;
  for (const auto& each : roster)
    if (each->id != who.self.id)
      answer.page.records.push_back(each);
  const auto& seed = nodes_[who.number == 0 ? 1 : 0];
  membership_message message{{}, std::move(answer)};
  message.head.cluster = cfg.cluster_name;
  message.head.sender = seed.self;
  message.head.correlation = who.requests.begin()->first;
  who.requests.clear();
  call(who.number, [&](sim_node& node, time_point) {
    receive(node, message);
    return true;
  });
}

/// Requests of the gossiper fail at once, so that nothing waits; of a join the correlation is kept.
void simulator::swallow(sim_node& from, const sim_message& what) {
  const auto found = from.requests.find(what.head.correlation);
  if (!what.is_state || found == from.requests.end())
    return;
  const auto token = found->second.token;
  from.requests.erase(found);
  from.state->failed(token, {errc::timeout, "not sent"}, from.local(now_));
}

/// Their own records may have become others than expected.
void simulator::share_rosters() {
  delta all;
  for (const auto& each : nodes_)
    if (const auto* own = each.membership->table().find(each.self.id))
      all.records.push_back(own->rec);
  for (auto& each : nodes_) {
    membership_message message{{}, all};
    message.head.cluster = cfg.cluster_name;
    message.head.sender = nodes_[each.number == 0 ? 1 : 0].membership->self();
    call(each.number,
         [&](sim_node& node, time_point now) { return node.membership->receive(message, now); });
    each.requests.clear();
  }
}

void simulator::share_state() {
  gossip_state all;
  for (const auto& each : nodes_) {
    auto& own = all.members[each.self.id];
    own.incarnation = each.state->self().incarnation;
    if (const auto value = each.state->get_state(each.self.id, heartbeat_key))
      own.entries[std::string{heartbeat_key}] = {value->value, value->sequence_number, 0, false};
  }
  for (auto& each : nodes_) {
    envelope head;
    head.sender = nodes_[each.number == 0 ? 1 : 0].state->self();
    call(each.number, [&](sim_node& node, time_point now) {
      return node.state->receive(head, {head.sender.id, all}, now);
    });
  }
}

void simulator::show_hashes() {
  std::vector<membership_message> heartbeats;
  for (const auto& each : nodes_) {
    const auto& table = each.membership->table();
    const auto* own = table.find(each.self.id);
    heartbeats.push_back({{cfg.cluster_name, each.membership->self(), 0, 0, table.roster_hash(),
                           each.state ? each.state->state_hash() : 0},
                          heartbeat{own == nullptr ? 0 : own->rec->version, {}}});
  }
  for (auto& each : nodes_)
    call(each.number, [&](sim_node& node, time_point now) {
      for (const auto& message : heartbeats) {
        if (message.head.sender.id == node.self.id)
          continue;
        if (node.state)
          node.state->heard(message.head.sender, message.head.state_hash, now);
        (void)node.membership->receive(message, now);
      }
      return true;
    });
}

} // namespace caf_gossip::test
