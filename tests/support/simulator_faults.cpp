/// Starting, stopping and disturbing the nodes of a simulation.
#include <algorithm>
#include <utility>

#include "tests/support/simulator.hpp"

namespace caf_gossip::test {

namespace {

constexpr std::uint16_t first_port = 7000;

/// "Now" on the first day, so that unix times look like unix times.
constexpr std::chrono::hours unix_start{400'000};

authority address_of(std::uint32_t number) {
  return {"10." + std::to_string(number >> 16U) + "." + std::to_string(number >> 8U & 255U) + "."
              + std::to_string(number & 255U),
          first_port};
}

/// As a real node: microseconds since 1970 at its start, by its own clock.
std::uint64_t incarnation_at(time_point now, duration unix_offset) {
  const auto since_1970 = now.time_since_epoch() + unix_start + unix_offset;
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count());
}

duration within(duration spread, random_source& random) {
  const auto part = random.fraction() - 0.5;
  return duration{static_cast<std::int64_t>(part * static_cast<double>(spread.count()))};
}

} // namespace

node_id simulator::id_of(std::uint32_t number) {
  auto digits = std::to_string(number);
  return "node-" + std::string(5 - std::min<std::size_t>(digits.size(), 5), '0') + digits;
}

std::uint32_t simulator::number_of(const node_id& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? size() : found->second;
}

std::uint32_t simulator::add() {
  const auto number = size();
  auto& fresh = nodes_.emplace_back();
  fresh.number = number;
  fresh.self = {id_of(number), 0, address_of(number)};
  fresh.unix_offset = within(clock_spread, random_);
  if (clock_spread > duration{})
    fresh.steady_offset = duration{random_.below(static_cast<std::uint64_t>(
        std::chrono::duration_cast<duration>(std::chrono::hours{1000}).count()))};
  by_id_[fresh.self.id] = number;
  by_address_[fresh.self.address] = number;
  counted_.sent_by.resize(nodes_.size());
  counted_.received_by.resize(nodes_.size());
  return number;
}

void simulator::move(std::uint32_t number) {
  auto& address = nodes_[number].self.address;
  ++address.port;
  by_address_[address] = number;
}

std::uint64_t simulator::next_incarnation(const sim_node& who, time_point when) {
  return std::max(who.self.incarnation + 1, incarnation_at(when, who.unix_offset));
}

void simulator::start(std::uint32_t number, const std::vector<std::uint32_t>& seeds) {
  auto& who = nodes_[number];
  if (who.membership)
    kill(number);
  ++who.run;
  who.process = process_state::running;
  who.armed = who.armed_for = never;
  who.membership_stirred = true;
  who.state_due = never;
  who.next_vouching = {};
  who.own_sequence = 0;
  who.dead.clear();
  who.requests.clear();
  who.sequences.clear();
  who.thorough = thorough ? std::make_unique<invariants>() : nullptr;
  who.news = thorough ? std::make_unique<told_news>(cfg.dissemination_retransmit) : nullptr;
  who.verdicts = std::make_unique<verdict_watch>(cfg);
  who.self.incarnation = next_incarnation(who, now_);
  const auto now = who.local(now_);
  const unix_clock clock{now, unix_time{std::chrono::floor<std::chrono::milliseconds>(
                                  now_.time_since_epoch() + unix_start + who.unix_offset)}};
  auto own = cfg;
  own.node_id = who.self.id;
  if (with_state) {
    who.state = std::make_unique<gossiper>(own, random_.bits(), clock);
    (void)who.state->start(who.self.id, now);
    who.state->set_self(who.self, now);
  }
  std::vector<authority> contacts;
  for (const auto seed : seeds)
    contacts.push_back(nodes_[seed].self.address);
  who.membership = std::make_unique<membership_coordinator>(own, random_.bits(), clock);
  (void)who.membership->start_member(who.self, std::move(contacts), now);
  who.membership->tick(now);
  settle(who);
}

void simulator::kill(std::uint32_t number) {
  auto& who = nodes_[number];
  who.process = process_state::dead;
  who.slow_min = who.slow_max = {};
  if (who.membership)
    who.self = who.membership->self().incarnation > 0 ? who.membership->self() : who.self;
  who.membership.reset();
  who.state.reset();
  who.requests.clear();
  ended_.gone(number, messages_sent_);
  end_run(number, who.self.incarnation);
  who.overflowed = false;
  for (const auto& each : std::exchange(who.waiting, {}))
    if (each.kind != task_kind::expire)
      release(each.item);
}

void simulator::lose_host(std::uint32_t number) {
  kill(number);
  nodes_[number].process = process_state::host_lost;
}

void simulator::pause(std::uint32_t number, duration span) {
  auto& who = nodes_[number];
  if (!who.is_alive())
    return;
  const auto until = now_ + span;
  if (who.process == process_state::paused && who.paused_until >= until)
    return;
  who.process = process_state::paused;
  who.verdicts->disturbed();
  who.paused_until = until;
  agenda_.add(until, task_kind::resume, number);
}

void simulator::slow_down(std::uint32_t number, duration from, duration to) {
  nodes_[number].slow_min = from;
  nodes_[number].slow_max = to;
}

expected<void> simulator::set(std::uint32_t number, const std::string& key,
                              const std::string& value) {
  return call(number, [&](sim_node& who, time_point now) {
    return who.state->set_state(key, byte_buffer{value.begin(), value.end()}, now);
  });
}

} // namespace caf_gossip::test
