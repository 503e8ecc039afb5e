#include "tests/support/virtual_cluster.hpp"

#include <algorithm>
#include <stdexcept>

#include "tests/support/printing.hpp"

namespace caf_gossip::test {

namespace {

/// More steps than this without time going on are a busy loop.
constexpr std::size_t steps_at_once_max = 10'000;
constexpr std::size_t violations_max = 20;
constexpr std::chrono::milliseconds connect_limit{400};

/// As a real node: microseconds since 1970 at its start.
std::uint64_t incarnation_at(time_point now) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                        (now.time_since_epoch() + std::chrono::hours{1000}))
                                        .count());
}

} // namespace

virtual_cluster::virtual_cluster(std::uint64_t seed, network_conditions how)
    : conditions(how), random_(seed) {}

authority virtual_cluster::address_of(int number) {
  return {"10.0.0." + std::to_string(number), 7000};
}

virtual_cluster::node& virtual_cluster::start(int number, const std::vector<int>& seeds) {
  const auto last = nodes_[number].self.incarnation;
  return start_as(number, "n" + std::to_string(number), std::max(last + 1, incarnation_at(now_)),
                  seeds);
}

virtual_cluster::node& virtual_cluster::start_as(int number, const node_id& id,
                                                 std::uint64_t incarnation,
                                                 const std::vector<int>& seeds) {
  auto& fresh = nodes_[number];
  fresh.self = {id, incarnation, address_of(number)};
  fresh.number = number;
  fresh.checks = {};
  return launch(fresh, seeds);
}

virtual_cluster::node& virtual_cluster::launch(node& fresh, const std::vector<int>& seeds) {
  const auto number = fresh.number;
  fresh.core = std::make_unique<membership_coordinator>(
      cfg, random_.bits(), unix_clock{time_point{}, unix_time{std::chrono::hours{1000}}});
  fresh.next_round = now_ + cfg.gossip_interval;
  std::vector<authority> contacts;
  for (const auto seed : seeds)
    contacts.push_back(address_of(seed));
  by_address_[fresh.self.address] = number;
  live_.insert(number);
  paused_.erase(number);
  held_.erase(number);
  (void)fresh.core->start_member(fresh.self, contacts, now_);
  fresh.core->tick(now_);
  settle(fresh);
  return fresh;
}

void virtual_cluster::kill(int number) {
  live_.erase(number);
  paused_.erase(number);
  held_.erase(number);
  by_address_.erase(at(number).self.address);
}

void virtual_cluster::pause(int number) {
  paused_.insert(number);
}

void virtual_cluster::resume(int number) {
  paused_.erase(number);
  for (const auto& item : std::exchange(held_[number], {}))
    deliver(item);
}

void virtual_cluster::run_for(duration span) {
  const auto end = now_ + span;
  while (now_ < end)
    step(end);
}

bool virtual_cluster::run_until(const std::function<bool()>& done, duration limit) {
  const auto end = now_ + limit;
  while (!done()) {
    if (now_ >= end)
      return false;
    // Asking costs more than a step: only when something was told, or some time has passed.
    const auto told = told_;
    const auto again = std::min(end, now_ + std::chrono::milliseconds{50});
    while (told == told_ && now_ < again)
      step(again);
  }
  return true;
}

void virtual_cluster::step(time_point until) {
  auto next = until;
  if (!agenda_.empty())
    next = std::min(next, agenda_.begin()->first);
  for (const auto number : live_)
    if (!paused_.contains(number))
      next = std::min({next, at(number).deadline, at(number).next_round});
  steps_at_now_ = next > now_ ? 0 : steps_at_now_ + 1;
  if (steps_at_now_ > steps_at_once_max)
    throw std::logic_error("time does not go on");
  now_ = std::max(now_, next);
  while (!agenda_.empty() && agenda_.begin()->first <= now_) {
    auto action = std::move(agenda_.begin()->second);
    agenda_.erase(agenda_.begin());
    action();
  }
  for (const auto number : living()) {
    if (!alive(number) || paused_.contains(number))
      continue;
    auto& each = at(number);
    if (std::min(each.next_round, each.deadline) > now_)
      continue;
    if (each.next_round <= now_) {
      each.next_round += cfg.gossip_interval * ((now_ - each.next_round) / cfg.gossip_interval + 1);
      each.core->disseminate(now_);
    }
    if (each.deadline <= now_)
      each.core->tick(now_);
    settle(each);
    if (each.deadline <= now_)
      report(each, "wants to be ticked again at once");
  }
}

void virtual_cluster::settle(node& from) {
  auto outcome = from.core->take_outcome();
  from.self = from.core->mode() == node_mode::stopped ? from.self : from.core->self();
  from.deadline = from.core->next_deadline();
  told_ += outcome.events.size() + outcome.replies.size();
  std::vector<std::string> found;
  from.checks.check(*from.core, outcome, now_, found);
  for (const auto& what : found)
    report(from, what);
  if (traced)
    for (const auto& event : outcome.events)
      trace_ += std::to_string(now_.time_since_epoch().count()) + " " + std::to_string(from.number)
                + " " + describe(event) + "\n";
  std::move(outcome.events.begin(), outcome.events.end(), std::back_inserter(from.events));
  std::move(outcome.replies.begin(), outcome.replies.end(), std::back_inserter(from.replies));
  for (auto& message : outcome.outbounds)
    if (alive(from.number))
      send(from.number, std::move(message));
}

void virtual_cluster::report(const node& who, const std::string& what) {
  if (violations_.size() < violations_max)
    violations_.push_back(
        "n" + std::to_string(who.number) + " at "
        + std::to_string(std::chrono::duration<double>(now_.time_since_epoch()).count())
        + " s: " + what);
}

void virtual_cluster::send(int from, membership_outbound message) {
  ++at(from).sent;
  if (filter && !filter(from, message))
    return;
  if (message.expects_reply) {
    unanswered_.insert({from, message.head.correlation});
    fail_later(from, message, {errc::timeout, "no answer"}, cfg.gossip_request_timeout);
  }
  carry({from, message});
  if (random_.fraction() < conditions.duplication)
    carry({from, std::move(message)});
}

void virtual_cluster::carry(const parcel& item) {
  const bool answers_stream = stream_requests_.contains(item.message.head.correlation);
  const bool stream = item.message.via != channel::datagram || answers_stream;
  if (item.message.via != channel::datagram && item.message.head.correlation != 0)
    stream_requests_.insert(item.message.head.correlation);
  const bool disturbed = !stream || conditions.lossy_streams;
  if (disturbed && random_.fraction() < conditions.loss)
    return;
  const auto spread = (conditions.latency_max - conditions.latency_min).count();
  auto latency =
      conditions.latency_min
      + duration{static_cast<std::int64_t>(random_.fraction() * static_cast<double>(spread))};
  if (disturbed && random_.fraction() < conditions.reordering)
    latency *= 10;
  auto arrival = now_ + latency;
  if (!disturbed) {
    auto& last = streams_[{item.from, item.message.target}];
    last = arrival = std::max(arrival, last);
  }
  agenda_.emplace(arrival, [this, item] { deliver(item); });
}

void virtual_cluster::deliver(const parcel& item) {
  const auto found = by_address_.find(item.message.target);
  if (found == by_address_.end()) {
    if (item.message.via == channel::new_stream)
      fail_later(item.from, item.message, {errc::connection_refused, "nobody listens"}, {});
    else if (item.message.via == channel::stream)
      fail_later(item.from, item.message, {errc::send_failed, "connection refused"}, {});
    return;
  }
  const auto number = found->second;
  const bool probing = item.message.via == channel::new_stream;
  if (cuts_.contains({item.from, number}) || (probing && cuts_.contains({number, item.from}))) {
    if (probing)
      fail_later(item.from, item.message, {errc::unreachable, "no connection"}, connect_limit);
    return;
  }
  if (paused_.contains(number)) {
    held_[number].push_back(item);
    return;
  }
  unanswered_.erase({number, item.message.head.correlation});
  if (std::holds_alternative<join_response>(item.message.payload)
      || std::holds_alternative<roster_response>(item.message.payload))
    at(number).checks.gets_roster();
  (void)at(number).core->receive({item.message.head, item.message.payload}, now_);
  settle(at(number));
}

void virtual_cluster::fail_later(int from, const membership_outbound& message, const error& why,
                                 duration after) {
  const auto correlation = message.head.correlation;
  agenda_.emplace(now_ + after, [this, from, correlation, target = message.target, why] {
    const bool awaited = correlation == 0 || unanswered_.erase({from, correlation}) > 0;
    if (!alive(from) || (!awaited && why.code == errc::timeout))
      return;
    at(from).core->delivery_failed(correlation, target, why, now_);
    settle(at(from));
  });
}

std::optional<member_status> virtual_cluster::status(int number, int whom) const {
  const auto* entry = at(number).core->table().find(at(whom).self.id);
  if (entry == nullptr)
    return std::nullopt;
  return entry->status();
}

bool virtual_cluster::all_see_all() const {
  std::vector<member_ref> expected_members;
  for (const auto number : live_)
    expected_members.push_back(at(number).self);
  std::sort(expected_members.begin(), expected_members.end());
  return std::all_of(live_.begin(), live_.end(), [&](int number) {
    const auto& table = at(number).core->table();
    return table.members() == expected_members
           && std::all_of(live_.begin(), live_.end(),
                          [&](int whom) { return status(number, whom) == member_status::up; });
  });
}

bool virtual_cluster::all_confirmed() const {
  return std::all_of(live_.begin(), live_.end(), [&](int number) {
    return at(number).core->engine().phase() == gossip_phase::confirmed;
  });
}

bool virtual_cluster::converged() const {
  return all_see_all() && all_confirmed()
         && std::all_of(live_.begin(), live_.end(), [&](int number) {
              const auto& each = at(number);
              return each.core->snapshot().joined
                     && each.checks.told_members() == each.core->table().members()
                     && each.core->table().roster_hash()
                            == at(*live_.begin()).core->table().roster_hash();
            });
}

bool virtual_cluster::converges_within(duration limit) {
  return run_until([this] { return converged(); }, limit);
}

} // namespace caf_gossip::test
