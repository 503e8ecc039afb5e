#include "tests/support/virtual_gossip.hpp"

#include <algorithm>
#include <iterator>

#include "caf_gossip/base/hashing.hpp"

namespace caf_gossip::test {

namespace {

constexpr std::size_t violations_max = 20;
constexpr std::uint16_t port = 7000;

byte_buffer bytes_of(const std::string& text) {
  return {text.begin(), text.end()};
}

std::string line_of(const gossip_update& what) {
  std::string result = what.member_id + " " + what.key + "/" + what.map_key.value_or("") + "=";
  result.append(what.value.begin(), what.value.end());
  if (what.key != heartbeat_key)
    result += " #" + std::to_string(what.sequence_number);
  return result + "\n";
}

} // namespace

virtual_gossip::virtual_gossip(std::uint64_t seed, network_conditions how)
    : conditions(how), random_(seed) {}

// -- nodes ----------------------------------------------------------------------------------------

virtual_gossip::node& virtual_gossip::start(int number) {
  auto& fresh = nodes_[number];
  deadlines_.erase({fresh.deadline, number});
  fresh = {};
  fresh.number = number;
  fresh.life = ++starts_;
  fresh.self = {id_of(number), ++last_incarnation_, {"h" + std::to_string(number), port}};
  fresh.core = std::make_unique<gossiper>(cfg, random_.bits());
  live_.insert(number);
  ledger_.lives(fresh.self.incarnation, fresh.life);
  const auto interval = duration{cfg.gossip_interval}.count();
  const duration earlier{random_.below(static_cast<std::uint64_t>(interval))};
  (void)fresh.core->start(fresh.self.id, now_ - earlier);
  fresh.core->set_self(fresh.self, now_);
  settle(fresh);
  return fresh;
}

void virtual_gossip::start_all(int count) {
  for (int number = 1; number <= count; ++number)
    start(number);
  announce();
}

void virtual_gossip::kill(int number) {
  live_.erase(number);
  deadlines_.erase({at(number).deadline, number});
}

void virtual_gossip::renew(int number) {
  auto& who = at(number);
  who.self.incarnation = ++last_incarnation_;
  ledger_.lives(who.self.incarnation, who.life);
  who.core->set_self(who.self, now_);
  who.checks = {};
  who.checks.follow(who.topology);
  settle(who);
}

std::vector<member_ref> virtual_gossip::members() const {
  std::vector<member_ref> result;
  for (const auto number : live_)
    result.push_back(at(number).self);
  std::sort(result.begin(), result.end());
  return result;
}

void virtual_gossip::announce() {
  const auto all = members();
  const auto delay_max = static_cast<std::uint64_t>(topology_delay.count()) + 1;
  for (const auto number : live_)
    tell_at(at(number), all, now_ + duration{random_.below(delay_max)});
}

void virtual_gossip::share_all() {
  gossip_state all;
  for (const auto number : live_) {
    const auto& self = at(number).self;
    auto& own = all.members[self.id];
    own.incarnation = self.incarnation;
    for (const auto& entry : at(number).core->read_updates("", true))
      if (entry.member_id == self.id && !entry.map_key)
        own.entries[entry.key] = {entry.value, entry.sequence_number, 0, false};
  }
  for (const auto number : live_) {
    envelope head;
    head.sender = at(number == *live_.begin() ? *live_.rbegin() : *live_.begin()).self;
    (void)at(number).core->receive(head, {head.sender.id, all}, now_);
    settle(at(number));
  }
  for (const auto number : live_)
    for (const auto other : live_)
      at(number).core->heard(at(other).self, at(other).core->state_hash(), now_);
}

void virtual_gossip::tell(int number, const std::vector<int>& numbers) {
  std::vector<member_ref> chosen;
  for (const auto each : numbers)
    chosen.push_back(at(each).self);
  std::sort(chosen.begin(), chosen.end());
  tell_at(at(number), std::move(chosen), now_);
}

void virtual_gossip::tell_at(node& who, std::vector<member_ref> all, time_point when) {
  who.told_last = std::max(who.told_last, when);
  agenda_.emplace(who.told_last,
                  [this, number = who.number, life = who.life, all = std::move(all)] {
                    auto& target = at(number);
                    if (!alive(number) || target.life != life)
                      return;
                    target.topology = all;
                    if (thorough)
                      target.checks.follow(all);
                    target.core->set_topology(all, now_);
                    settle(target);
                  });
}

// -- writing --------------------------------------------------------------------------------------

std::string virtual_gossip::new_value(const node& owner, const std::string& stored_key) {
  auto value = owner.self.id + ":" + std::to_string(++writes_);
  ledger_.wrote(owner.self.id, stored_key, value, owner.life);
  return value;
}

std::string virtual_gossip::set(int number, const std::string& key,
                                std::optional<milliseconds> ttl) {
  auto value = new_value(at(number), key);
  const auto done = call(number, [&](auto& core, time_point now) {
    return core.set_state(key, bytes_of(value), now, ttl);
  });
  if (!done)
    report(at(number), done.error().text);
  return value;
}

std::optional<std::string> virtual_gossip::set_map(int number, const std::string& key,
                                                   const std::string& map_key,
                                                   std::optional<milliseconds> ttl) {
  auto value = new_value(at(number), map_entry_key(key, map_key));
  const auto done = call(number, [&](auto& core, time_point now) {
    return core.set_map_state(key, map_key, bytes_of(value), now, ttl);
  });
  return done ? std::optional{value} : std::nullopt;
}

// -- time -----------------------------------------------------------------------------------------

void virtual_gossip::run_for(duration span) {
  const auto end = now_ + span;
  while (now_ < end)
    step(end);
}

bool virtual_gossip::run_until(const std::function<bool()>& done, duration limit) {
  const auto end = now_ + limit;
  while (!done()) {
    if (now_ >= end)
      return false;
    run_for(std::min<duration>(end - now_, std::chrono::milliseconds{50}));
  }
  return true;
}

void virtual_gossip::step(time_point until) {
  auto next = until;
  if (!agenda_.empty())
    next = std::min(next, agenda_.begin()->first);
  if (!deadlines_.empty())
    next = std::min(next, deadlines_.begin()->first);
  now_ = std::max(now_, next);
  if (!agenda_.empty() && agenda_.begin()->first <= now_) {
    auto action = std::move(agenda_.begin()->second);
    agenda_.erase(agenda_.begin());
    action();
  } else if (!deadlines_.empty() && deadlines_.begin()->first <= now_) {
    tick(at(deadlines_.begin()->second));
  }
}

void virtual_gossip::tick(node& who) {
  vouch(who);
  const auto before = who.requests;
  const auto ticks = who.core->ticks();
  who.core->tick(now_);
  const bool is_round = who.core->ticks() != ticks;
  settle(who);
  if (who.deadline <= now_) {
    report(who, "wants to be ticked again at once");
    kill(who.number);
  }
  if (is_round) {
    if (who.requests - before > cfg.gossip_fan_out)
      report(who, "sent " + std::to_string(who.requests - before) + " requests in one round");
    send_frames(who);
  }
}

/// The failure detector takes those for alive that it can hear.
void virtual_gossip::vouch(node& who) {
  for (const auto& member : who.topology) {
    const auto number = number_of(member.id);
    if (alive(number) && at(number).self == member && !cuts_.contains({number, who.number}))
      who.core->vouch(member, now_);
  }
}

void virtual_gossip::send_frames(node& from) {
  const auto& ring = from.topology;
  const auto self = std::find(ring.begin(), ring.end(), from.self);
  if (self == ring.end())
    return;
  const auto place = static_cast<std::size_t>(self - ring.begin());
  const auto hash = from.core->state_hash();
  for (std::size_t i = 1; i <= std::min(frames, ring.size() - 1); ++i) {
    const auto to = number_of(ring[(place + i) % ring.size()].id);
    trace_ = mix(trace_, hash + static_cast<std::uint64_t>(to));
    carry(from.number, to, [this, to, who = from.self, hash] {
      if (alive(to))
        at(to).core->heard(who, hash, now_);
    });
  }
}

void virtual_gossip::settle(node& from) {
  auto outcome = from.core->take_outcome();
  deadlines_.erase({from.deadline, from.number});
  from.deadline = from.core->next_deadline();
  if (!alive(from.number))
    return;
  deadlines_.emplace(from.deadline, from.number);
  if (thorough) {
    std::vector<std::string> found;
    from.checks.check(*from.core, outcome, ledger_, found);
    for (const auto& what : found)
      report(from, what);
  }
  for (auto& what : outcome.requests) {
    ++from.requests;
    send(from, std::move(what));
  }
  for (auto& what : outcome.news)
    send_news(from, std::move(what));
}

void virtual_gossip::report(const node& who, const std::string& what) {
  const auto seconds = std::chrono::duration<double>(now_.time_since_epoch()).count();
  if (violations_.size() < violations_max)
    violations_.push_back(who.self.id + " at " + std::to_string(seconds) + " s: " + what);
}

// -- observers ------------------------------------------------------------------------------------

std::string virtual_gossip::contents(int number) const {
  std::string result;
  for (const auto& entry : at(number).core->read_updates("", true))
    result += line_of(entry);
  return result;
}

/// S2.5.5: who only listens to the updates knows the same as who reads.
bool virtual_gossip::has_told_contents(const node& who) const {
  state_invariants::view read;
  for (const auto& entry : who.core->read_updates("", true))
    if (entry.member_id != who.self.id)
      read[{entry.member_id, entry.map_key ? map_entry_key(entry.key, *entry.map_key)
                                           : entry.key}] = {entry.value, entry.sequence_number};
  const auto& told = who.checks.told();
  return std::equal(read.begin(), read.end(), told.begin(), told.end(),
                    [](const auto& a, const auto& b) {
                      return a.first == b.first && a.second.value == b.second.value;
                    });
}

bool virtual_gossip::converged() {
  const auto all = members();
  const auto hash = at(*live_.begin()).core->state_hash();
  for (const auto number : live_) {
    const auto& core = *at(number).core;
    if (at(number).topology != all || core.peers().size() + 1 != all.size()
        || core.state_hash() != hash)
      return false;
  }
  const auto first = contents(*live_.begin());
  for (const auto number : live_) {
    if (contents(number) != first)
      report(at(number), "has equal hashes but unequal contents");
    if (thorough && !has_told_contents(at(number)))
      report(at(number), "has told other contents than it has");
  }
  return true;
}

bool virtual_gossip::converges_within(duration limit) {
  return run_until([this] { return converged(); }, limit);
}

bool virtual_gossip::falls_silent_within(duration limit) {
  const auto end = now_ + limit;
  while (now_ < end) {
    const auto before = requests_ + news_;
    run_for(std::chrono::seconds{5});
    if (before == requests_ + news_)
      return true;
  }
  return false;
}

std::size_t virtual_gossip::holders_of(int owner, const std::string& key,
                                       const std::string& value) const {
  const auto has = [&](int number) {
    const auto found = at(number).core->get_state(id_of(owner), key);
    return found && found->value == bytes_of(value);
  };
  return static_cast<std::size_t>(std::count_if(live_.begin(), live_.end(), has));
}

} // namespace caf_gossip::test
