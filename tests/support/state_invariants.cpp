#include "tests/support/state_invariants.hpp"

#include <algorithm>
#include <iterator>

#include "caf_gossip/state/key.hpp"

namespace caf_gossip::test {

namespace {

std::string text_of(const byte_buffer& value) {
  return {value.begin(), value.end()};
}

std::string name_of(std::string stored_key) {
  std::replace(stored_key.begin(), stored_key.end(), map_separator, '/');
  return stored_key;
}

std::string stored_key_of(const gossip_update& what) {
  return what.map_key ? map_entry_key(what.key, *what.map_key) : what.key;
}

} // namespace

// -- ledger ---------------------------------------------------------------------------------------

void state_ledger::wrote(const node_id& owner, const std::string& stored_key,
                         const std::string& value, std::uint64_t life) {
  written_.emplace(value, written{owner, stored_key, life});
}

void state_ledger::check_message(const member_ref& from, const gossip_state& what,
                                 const config& cfg, std::vector<std::string>& violations) {
  std::size_t bytes = 0;
  for (const auto& [id, state] : what.members)
    for (const auto& [key, entry] : state.entries) {
      bytes += entry_bytes(key, entry.value);
      check_entry(id == from.id, {id, state.incarnation, key, entry.sequence_number}, entry,
                  violations);
    }
  if (what.members.size() > cfg.gossip_max_send)
    violations.push_back(from.id + " sends " + std::to_string(what.members.size())
                         + " member states");
  if (bytes > cfg.state_message_bytes_max)
    violations.push_back(from.id + " sends " + std::to_string(bytes) + " bytes");
}

void state_ledger::check_entry(bool is_own, const version& which, const gossip_key_value& what,
                               std::vector<std::string>& violations) {
  const std::pair content{what.value, what.removed};
  const auto known = is_own ? said_.emplace(which, content).first : said_.find(which);
  const auto& [owner, incarnation, key, sequence] = which;
  if (known == said_.end() || known->second != content)
    violations.push_back(owner + " never said " + name_of(key) + " #" + std::to_string(sequence));
}

void state_ledger::check_update(const gossip_update& what, std::uint64_t incarnation,
                                std::vector<std::string>& violations) const {
  if (what.removed || is_reserved_key(what.key))
    return;
  const auto found = written_.find(text_of(what.value));
  const auto key = stored_key_of(what);
  const auto life = lives_.find(incarnation);
  if (found == written_.end() || found->second.owner != what.member_id || found->second.key != key)
    violations.push_back(what.member_id + " never wrote " + name_of(key));
  else if (life == lives_.end() || life->second != found->second.life)
    violations.push_back(name_of(key) + " is of another life of " + what.member_id);
}

// -- one node -------------------------------------------------------------------------------------

void state_invariants::follow(const std::vector<member_ref>& topology) {
  const auto before = std::exchange(members_, {});
  for (const auto& who : topology)
    members_.emplace(who.id, who.incarnation);
  for (const auto& [id, incarnation] : before)
    if (const auto now = members_.find(id); now == members_.end() || now->second != incarnation)
      drop(id);
  std::erase_if(blocked_, [this](const auto& block) {
    const auto now = members_.find(block.first);
    return now != members_.end() && now->second > block.second;
  });
}

void state_invariants::check(const gossiper& core, const gossiper_outcome& outcome,
                             const state_ledger& ledger, std::vector<std::string>& violations) {
  for (const auto& event : outcome.events) {
    if (const auto* update = std::get_if<gossip_update>(&event)) {
      accept(*update, ledger, violations);
    } else if (const auto* block = std::get_if<member_blocked>(&event)) {
      if (!blocked_.emplace(block->id, block->incarnation).second)
        violations.push_back(block->id + " is blocked twice");
      drop(block->id);
    } else if (const auto* unblock = std::get_if<member_unblocked>(&event)) {
      if (blocked_.erase(unblock->id) == 0)
        violations.push_back(unblock->id + " is unblocked without a block");
    }
  }
  if (core.self().incarnation == incarnation_ && core.own_sequence() < own_sequence_)
    violations.emplace_back("the own sequence number fell");
  if (core.revision() < revision_)
    violations.emplace_back("the revision fell");
  incarnation_ = core.self().incarnation;
  own_sequence_ = core.own_sequence();
  revision_ = core.revision();
  const auto requests = core.metrics().in_flight;
  if (requests > core.peers().size())
    violations.push_back(std::to_string(requests) + " requests under way, more than peers");
}

void state_invariants::accept(const gossip_update& what, const state_ledger& ledger,
                              std::vector<std::string>& violations) {
  const auto member = members_.find(what.member_id);
  if (member == members_.end() || blocked_.contains(what.member_id)) {
    violations.push_back("state of " + what.member_id + ", which is no member or blocked");
    return;
  }
  const auto stored_key = stored_key_of(what);
  auto& newest = sequences_[{what.member_id, stored_key}];
  if (what.sequence_number <= newest)
    violations.push_back(what.member_id + " " + name_of(stored_key) + " fell from "
                         + std::to_string(newest) + " to " + std::to_string(what.sequence_number));
  newest = what.sequence_number;
  ledger.check_update(what, member->second, violations);
  fold(what, stored_key);
}

/// A plain value and a map under one key replace each other: the newer write counts.
void state_invariants::fold(const gossip_update& what, const std::string& stored_key) {
  if (what.map_key) {
    const auto plain = told_.find({what.member_id, what.key});
    if (plain != told_.end() && plain->second.sequence_number < what.sequence_number)
      told_.erase(plain);
  } else {
    const auto prefix = what.key + map_separator;
    for (auto i = told_.lower_bound({what.member_id, prefix});
         i != told_.end() && i->first.first == what.member_id
         && i->first.second.starts_with(prefix);)
      i = i->second.sequence_number < what.sequence_number ? told_.erase(i) : std::next(i);
  }
  if (what.removed)
    told_.erase({what.member_id, stored_key});
  else
    told_[{what.member_id, stored_key}] = {what.value, what.sequence_number};
}

void state_invariants::drop(const node_id& id) {
  const auto is_its = [&id](const auto& item) { return item.first.first == id; };
  std::erase_if(sequences_, is_its);
  std::erase_if(told_, is_its);
}

} // namespace caf_gossip::test
