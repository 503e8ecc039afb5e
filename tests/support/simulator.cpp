#include "tests/support/simulator.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "caf_gossip/base/hashing.hpp"

namespace caf_gossip::test {

namespace {

/// What the cores tell each other within one step; more often is a busy loop.
constexpr int settlements_max = 8;
constexpr std::uint32_t wakes_at_once_max = 1000;

/// Members are vouched for at least this often.
constexpr std::chrono::milliseconds vouching_max{50'000};

/// What the kernel and the transport keep for a process that does not read.
constexpr std::size_t waiting_datagrams_max = 256;
constexpr std::size_t waiting_max = 8192;

} // namespace

simulator::simulator(std::uint64_t seed, config how) : cfg(std::move(how)), random_(seed) {}

// -- time -----------------------------------------------------------------------------------------

void simulator::run_for(duration span) {
  const auto end = now_ + span;
  while (agenda_.next() <= end)
    step();
  now_ = end;
}

bool simulator::run_until(const std::function<bool()>& done, duration limit, duration pause) {
  const auto end = now_ + limit;
  while (!done()) {
    if (now_ >= end)
      return false;
    run_for(std::min(pause, end - now_));
  }
  return true;
}

void simulator::at(time_point when, std::function<void()> action) {
  actions_.push_back(std::move(action));
  agenda_.add(std::max(when, now_), task_kind::act, 0, actions_.size() - 1);
}

void simulator::step() {
  const auto next = agenda_.take();
  now_ = std::max(now_, next.at);
  ++steps_;
  run(next);
}

void simulator::run(const task& what) {
  switch (what.kind) {
    case task_kind::wake:
      return wake(nodes_[what.node], what.at);
    case task_kind::arrive:
      return arrive(what);
    case task_kind::open:
      return open(what);
    case task_kind::handle:
      if (!defer(nodes_[what.node], what))
        handle(nodes_[what.node], what.item);
      return;
    case task_kind::fail:
      if (!defer(nodes_[what.node], what))
        fail_now(nodes_[what.node], what.item);
      return;
    case task_kind::expire:
      if (!defer(nodes_[what.node], what))
        expire(nodes_[what.node], what.item);
      return;
    case task_kind::resume:
      return resume(nodes_[what.node]);
    case task_kind::act:
      return std::exchange(actions_[what.item], nullptr)();
  }
}

// -- processes ------------------------------------------------------------------------------------

/// Keeps what comes to a paused process, within bounds. Returns whether the process is paused.
bool simulator::defer(sim_node& who, const task& what) {
  if (who.process != process_state::paused)
    return false;
  const bool is_message = what.kind == task_kind::handle;
  const bool is_datagram = is_message && slots_[what.item].via == channel::datagram;
  if (is_message
      && (who.waiting.size() >= waiting_max
          || (is_datagram && who.waiting_datagrams >= waiting_datagrams_max))) {
    ++counted_.overflows;
    who.overflowed = true;
    release(what.item);
    return true;
  }
  who.waiting_datagrams += is_datagram ? 1 : 0;
  who.waiting.push_back(what);
  return true;
}

/// Timers and messages race when a process goes on: either may come first.
void simulator::resume(sim_node& who) {
  if (who.process != process_state::paused || now_ < who.paused_until)
    return;
  who.process = process_state::running;
  who.paused_until = never;
  who.waiting_datagrams = 0;
  const auto waiting = std::exchange(who.waiting, {});
  if (std::exchange(who.overflowed, false)) {
    who.membership_stirred = true;
    who.membership->overloaded(who.local(now_));
  }
  const bool timers_first = random_.below(2) == 0;
  who.armed = now_;
  if (timers_first)
    wake(who, now_);
  for (const auto& each : waiting)
    run(each);
  if (!timers_first && who.process == process_state::running) {
    who.armed = now_;
    wake(who, now_);
  }
}

void simulator::wake(sim_node& who, time_point at) {
  if (at != who.armed || who.process != process_state::running)
    return;
  who.armed = who.armed_for = never;
  const auto now = who.local(now_);
  if (who.deadline() > now)
    return arm(who);
  trace_ = mix(trace_, static_cast<std::uint64_t>(now_.time_since_epoch().count()) ^ who.number);
  if (who.membership_due <= now) {
    who.membership_stirred = true;
    who.membership->tick(now);
  }
  if (who.state_due <= now) {
    vouch(who);
    who.state->tick(now);
  }
  settle(who);
  who.wakes_at_once = who.last_wake == now_ ? who.wakes_at_once + 1 : 0;
  who.last_wake = now_;
  if (who.wakes_at_once > wakes_at_once_max)
    throw std::logic_error("time does not go on at " + id_of(who.number));
}

/// As the gossiper actor before a tick: members that the failure detector takes for alive do not
/// expire. Often enough for the expiry is enough here.
void simulator::vouch(sim_node& who) const {
  const auto now = who.local(now_);
  if (who.membership->self().incarnation > who.state->self().incarnation) {
    who.state->set_self(who.membership->self(), now);
    who.sequences.clear(); // everything is heard again
  }
  if (now < who.next_vouching)
    return;
  who.next_vouching = now + cfg.heartbeat_expiration.value_or(vouching_max) / 2;
  who.membership->table().visit([&](const member_entry& entry) {
    if (entry.status() == member_status::up)
      who.state->vouch(ref_of(*entry.rec), now);
  });
}

// -- effects --------------------------------------------------------------------------------------

void simulator::settle(sim_node& who) {
  int rounds = 0;
  while (who.is_alive()) {
    const bool more = carry_out_membership(who);
    if (!carry_out_state(who) && !more)
      break;
    if (++rounds > settlements_max)
      throw std::logic_error("the cores of " + id_of(who.number) + " keep each other busy");
  }
  if (!who.is_alive())
    return;
  if (std::exchange(who.membership_stirred, false))
    who.membership_due = who.membership->next_deadline();
  if (who.state)
    who.state_due = who.state->next_deadline();
  check_cores(who);
  arm(who);
}

bool simulator::carry_out_membership(sim_node& who) {
  auto outcome = who.membership->take_outcome();
  if (outcome.empty())
    return false;
  observe(who, outcome);
  for (auto& out : outcome.outbounds)
    send(who, std::move(out));
  for (const auto& event : outcome.events)
    if (const auto* changed = std::get_if<topology_updated>(&event); changed && who.state) {
      who.next_vouching = {};
      vouch(who);
      who.state->set_topology(changed->update.members, who.local(now_));
    }
  return true;
}

bool simulator::carry_out_state(sim_node& who) {
  if (!who.state || !who.state->has_outcome())
    return false;
  auto outcome = who.state->take_outcome();
  for (auto& request : outcome.requests) {
    sim_message message;
    message.target = request.target.address;
    message.head = std::move(request.head);
    message.head.correlation = std::max<std::uint64_t>(random_.bits(), 1);
    message.body = state_payload{std::move(request.what)};
    message.via = channel::stream;
    message.expects_reply = message.is_state = true;
    who.requests[message.head.correlation] = {message.target, request.target.incarnation,
                                              request.token};
    send(who, std::move(message));
  }
  for (auto& news : outcome.news) {
    check_news(who, news.what.state);
    sim_message message;
    message.target = news.target.address;
    message.head = std::move(news.head);
    message.body = state_payload{std::move(news.what)};
    message.is_state = true;
    send(who, std::move(message));
  }
  for (const auto& event : outcome.events)
    observe(who, event);
  if (outcome.rounds > 0) {
    who.membership_stirred = true;
    who.membership->disseminate(who.local(now_));
  }
  return true;
}

void simulator::arm(sim_node& who) {
  auto due = std::max(who.global(who.deadline()), now_);
  if (due >= who.armed_for || who.process != process_state::running)
    return;
  who.armed_for = due;
  if (who.is_slow())
    due += who.slow_min
           + duration{random_.below(
               static_cast<std::uint64_t>((who.slow_max - who.slow_min).count()) + 1)};
  if (due >= who.armed)
    return;
  who.armed = due;
  agenda_.add(due, task_kind::wake, who.number);
}

} // namespace caf_gossip::test
