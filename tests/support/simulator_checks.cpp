/// What is watched during a simulation: invariants of each node, verdicts, and agreement of all.
#include <algorithm>
#include <sstream>

#include "tests/support/printing.hpp"
#include "tests/support/simulator.hpp"
#include "tests/support/simulator_budgets.hpp"

namespace caf_gossip::test {

namespace {

constexpr std::size_t violations_max = 20;

bool is_own_finding(const cause& why) {
  return why.kind == cause_kind::silence || why.kind == cause_kind::suspicion_timeout;
}

} // namespace

void simulator::report(const sim_node& who, const std::string& what) {
  if (violations_.size() >= violations_max)
    return;
  const auto seconds = std::chrono::duration<double>(now_.time_since_epoch()).count();
  violations_.push_back(who.self.id + " at " + std::to_string(seconds) + " s: " + what);
}

// -- events ---------------------------------------------------------------------------------------

void simulator::observe(sim_node& who, const membership_outcome& outcome) {
  counted_.events += outcome.events.size();
  for (const auto& event : outcome.events) {
    if (const auto* changed = std::get_if<member_status_changed>(&event))
      follow(who, *changed);
    else if (const auto* updated = std::get_if<topology_updated>(&event))
      follow(who, updated->update);
    if (on_event)
      on_event(who, event);
  }
  std::vector<std::string> found;
  // Whether a loss hits a node shows in nothing else.
  if (who.is_slow() || network.loss > 0.0 || !network.is_whole())
    who.verdicts->disturbed();
  who.verdicts->check(*who.membership, outcome.events, who.local(now_), found);
  if (who.thorough)
    who.thorough->check(*who.membership, outcome, who.local(now_), found);
  for (const auto& what : found)
    report(who, what);
}

void simulator::follow(sim_node& who, const member_status_changed& event) {
  const auto number = number_of(event.member.id);
  if (number >= size())
    return report(who, "tells of the unknown " + event.member.id);
  const incarnation_key key{number, event.member.incarnation};
  if (event.to == member_status::suspect) {
    ++(is_own_finding(event.why) ? counted_.suspicions : counted_.suspicions_heard);
    counted_.suspected.insert(key);
  } else if (event.to == member_status::dead) {
    note_death(who, event, number);
  } else if (event.from == member_status::suspect && event.to == member_status::up) {
    ++counted_.refutations;
  }
  if (!ended_.seen(key, who.number, is_active(event.to), handling_, messages_sent_))
    report(who, "brings back what all had buried: " + describe(membership_event{event}));
  if (is_final(event.to))
    who.dead.insert(key);
  else if (who.dead.contains(key))
    report(who, "came back to life: " + describe(membership_event{event}));
}

void simulator::follow(sim_node& who, const topology& update) {
  ++counted_.view_changes;
  if (!thorough)
    return;
  for (const auto* gone : {&update.left, &update.dead})
    for (const auto& member : *gone)
      forget_sequences(who, member.id);
}

void simulator::note_death(sim_node& who, const member_status_changed& event,
                           std::uint32_t victim) {
  auto [found, is_first] = counted_.deaths.try_emplace({victim, event.member.incarnation});
  auto& what = found->second;
  what.seen.emplace_back(who.number, now_);
  if (!is_first)
    return;
  const auto& node = nodes_[victim];
  what.first = now_;
  what.by = who.number;
  what.why = event.why.kind;
  what.was_alive =
      node.is_alive() && node.membership->self().incarnation == event.member.incarnation;
  what.was_paused = node.process == process_state::paused;
  if (promises_no_false_death && what.was_alive && !what.was_paused)
    report(who, "false verdict: " + describe(membership_event{event}));
}

void simulator::observe(sim_node& who, const state_event& event) {
  if (const auto* block = std::get_if<member_blocked>(&event))
    forget_sequences(who, block->id);
  const auto* update = std::get_if<gossip_update>(&event);
  if (update == nullptr)
    return;
  if (on_update)
    on_update(who, *update);
  if (!thorough)
    return;
  auto& newest = who.sequences[{update->member_id, update->key + update->map_key.value_or("")}];
  if (update->sequence_number <= newest)
    report(who, update->member_id + " " + update->key + " fell from " + std::to_string(newest)
                    + " to " + std::to_string(update->sequence_number));
  newest = update->sequence_number;
  const auto owner = number_of(update->member_id);
  if (owner < size() && nodes_[owner].run == 1 && newest > nodes_[owner].own_sequence)
    report(who, update->member_id + " never wrote #" + std::to_string(newest));
}

/// What a member has published is forgotten when it goes, and may be heard again.
void simulator::forget_sequences(sim_node& who, const node_id& id) {
  auto& known = who.sequences;
  known.erase(known.lower_bound({id, {}}), known.lower_bound({id + '\0', {}}));
  if (who.news)
    who.news->forget(id);
}

void simulator::check_news(sim_node& who, const gossip_state& told) {
  if (!who.news)
    return;
  std::vector<std::string> found;
  who.news->told(*who.state, told, found);
  for (const auto& what : found)
    report(who, what);
}

// -- after every input ----------------------------------------------------------------------------

void simulator::check_cores(sim_node& who) {
  const auto incarnation = who.membership->self().incarnation;
  if (incarnation < who.incarnation)
    report(who, "its incarnation fell");
  if (incarnation > who.incarnation) {
    who.dead.clear(); // Who returns takes the word of the others.
    end_run(who.number, who.incarnation);
  }
  who.incarnation = std::max(who.incarnation, incarnation);
  if (who.state) {
    const auto written = who.state->own_sequence();
    if (written < who.own_sequence)
      report(who, "its sequence number fell");
    who.own_sequence = written;
  }
  if (who.process == process_state::running && who.last_wake == now_
      && who.deadline() <= who.local(now_) && who.wakes_at_once > 2)
    report(who, "wants to be ticked again at once");
}

void simulator::check_message(const sim_node& who, const sim_message& what) {
  if (what.target == who.self.address)
    report(who, "sends to itself");
  std::vector<std::string> found;
  check_budgets(what, cfg, found);
  for (const auto& text : found)
    report(who, text);
}

void simulator::end_run(std::uint32_t number, std::uint64_t incarnation) {
  if (incarnation == 0)
    return;
  ended_runs::nodes holders;
  for (const auto& each : nodes_) {
    const auto* entry = each.membership ? each.membership->table().find(id_of(number)) : nullptr;
    if (entry != nullptr && is_active(entry->rec->status) && entry->rec->incarnation == incarnation)
      holders.insert(each.number);
  }
  ended_.end({number, incarnation}, std::move(holders), messages_sent_);
}

// -- agreement ------------------------------------------------------------------------------------

std::vector<std::uint32_t> simulator::living() const {
  std::vector<std::uint32_t> result;
  for (const auto& each : nodes_)
    if (each.is_alive())
      result.push_back(each.number);
  return result;
}

/// Equal hashes mean equal rosters, so that one roster needs to be looked at.
bool simulator::members_converged() const {
  const sim_node* first = nullptr;
  std::size_t count = 0;
  for (const auto& each : nodes_) {
    if (!each.is_alive())
      continue;
    ++count;
    first = first == nullptr ? &each : first;
    if (each.membership->table().roster_hash() != first->membership->table().roster_hash()
        || each.membership->table().active_count() != first->membership->table().active_count())
      return false;
  }
  if (first == nullptr || first->membership->table().active_count() != count)
    return first == nullptr;
  return std::all_of(nodes_.begin(), nodes_.end(), [&](const sim_node& each) {
    const auto* entry = each.is_alive() ? first->membership->table().find(each.self.id) : nullptr;
    return !each.is_alive()
           || (entry != nullptr && entry->status() == member_status::up
               && entry->rec->incarnation == each.membership->self().incarnation);
  });
}

bool simulator::converged() const {
  return members_converged() && divergence().empty();
}

std::string simulator::divergence() const {
  std::ostringstream out;
  const auto all = living();
  for (const auto number : all) {
    const auto& each = nodes_[number];
    const auto& first = nodes_[all.front()];
    const auto& table = each.membership->table();
    if (table.active_count() != all.size()
        || table.roster_hash() != first.membership->table().roster_hash())
      out << each.self.id << " sees " << table.active_count() << " of " << all.size()
          << " members\n";
    if (each.state && each.state->peers().size() + 1 != all.size()) {
      out << each.self.id << " exchanges state with " << each.state->peers().size() << " of "
          << all.size() - 1 << " peers";
      for (const auto& block : each.state->blocks())
        if (block.reason != block_reason::removed)
          out << ", " << block.id << " blocked: " << to_string(block.reason);
      out << '\n';
    } else if (each.state && each.state->state_hash() != first.state->state_hash())
      out << each.self.id << " has another state than " << first.self.id << "\n";
    if (out.tellp() > 2000)
      break;
  }
  return out.str();
}

void simulator::reset_counts() {
  counted_ = {};
  counted_.sent_by.resize(nodes_.size());
  counted_.received_by.resize(nodes_.size());
}

} // namespace caf_gossip::test
