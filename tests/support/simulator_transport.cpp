/// How messages travel in a simulation: datagrams, streams, new streams, requests and answers.
#include <algorithm>
#include <utility>

#include "caf_gossip/base/hashing.hpp"
#include "tests/support/simulator.hpp"
#include "tests/support/simulator_budgets.hpp"
#include "tests/support/simulator_received.hpp"

namespace caf_gossip::test {

namespace {

/// As the transport of a real node.
constexpr std::chrono::seconds stream_idle_max{30};
constexpr std::chrono::milliseconds connect_timeout{2000};

/// A stream that is cut repeats so often: after 200, 400, 800 ms ...
constexpr std::uint32_t stream_tries_max = 4;

constexpr std::size_t idle_streams_min = 1024;

std::string text_of(errc why) {
  switch (why) {
    case errc::connection_refused:
      return "connection refused";
    case errc::unreachable:
      return "no connection in time";
    case errc::timeout:
      return "no answer";
    default:
      return "not delivered";
  }
}

std::uint64_t stream_key(host from, host to) {
  return std::uint64_t{from} << 32U | to;
}

/// Answers travel over the connection that the question came by.
bool is_answer(const sim_message& what) {
  return what.head.correlation != 0 && !what.expects_reply;
}

} // namespace

// -- messages under way ---------------------------------------------------------------------------

std::uint64_t simulator::keep(sim_message&& what) {
  if (free_slots_.empty()) {
    slots_.push_back(std::move(what));
    return slots_.size() - 1;
  }
  const auto slot = free_slots_.back();
  free_slots_.pop_back();
  slots_[slot] = std::move(what);
  return slot;
}

void simulator::release(std::uint64_t slot) {
  slots_[slot].body = membership_payload{heartbeat{}};
  free_slots_.push_back(slot);
}

sim_node* simulator::at_address(const authority& where) {
  const auto found = by_address_.find(where);
  return found == by_address_.end() ? nullptr : &nodes_[found->second];
}

// -- sending --------------------------------------------------------------------------------------

void simulator::send_for(std::uint32_t number, membership_outbound out) {
  send(nodes_[number], std::move(out));
}

void simulator::send(sim_node& from, membership_outbound&& out) {
  sim_message message;
  message.target = std::move(out.target);
  message.head = std::move(out.head);
  message.body = std::move(out.payload);
  message.via = out.via;
  message.expects_reply = out.expects_reply;
  if (out.expects_reply)
    from.requests[message.head.correlation] = {message.target, 0, 0};
  send(from, std::move(message));
}

void simulator::send(sim_node& from, sim_message&& what) {
  what.from = from.number;
  what.run = from.run;
  what.number = ++messages_sent_;
  what.tries = 0;
  what.failure = errc::none;
  what.head.state_hash = from.state ? from.state->state_hash() : 0;
  if (is_mute_)
    return swallow(from, what);
  what.bytes = static_cast<std::uint32_t>(sizer(what));
  check_message(from, what);
  if (what.expects_reply)
    agenda_.add(now_ + cfg.gossip_request_timeout, task_kind::expire, from.number,
                what.head.correlation);
  const auto* target = at_address(what.target);
  const auto to = target == nullptr ? from.number : target->number;
  if (what.via == channel::datagram && what.bytes > datagram_bytes_max) {
    what.via = channel::stream;
    ++counted_.datagrams_too_large;
  }
  const auto via = what.via;
  const auto slot = keep(std::move(what));
  switch (via) {
    case channel::datagram:
      return send_datagram(slot, to);
    case channel::stream:
      return send_stream(slot, to);
    case channel::new_stream:
      return send_new_stream(slot, to);
  }
}

void simulator::count_sent(const sim_message& what, bool is_datagram, bool opens) {
  traffic sent{1, 1, what.bytes + datagram_overhead};
  if (!is_datagram) {
    sent.packets = (what.bytes + segment_bytes - 1) / segment_bytes;
    sent.bytes = what.bytes + sent.packets * segment_overhead;
  }
  if (opens) {
    sent.packets += connection_bytes / segment_overhead;
    sent.bytes += connection_bytes;
    ++counted_.streams_opened;
  }
  counted_.by_kind[kind_of(what.body)] += sent;
  counted_.sent_by[what.from] += sent;
}

void simulator::send_datagram(std::uint64_t slot, host to) {
  const auto from = slots_[slot].from;
  count_sent(slots_[slot], true, false);
  const bool twice = network.duplication > 0.0 && random_.fraction() < network.duplication;
  for (int copies = twice ? 2 : 1; copies > 0; --copies) {
    if (network.loses(from, to, random_)) {
      ++counted_.datagrams_lost;
      if (copies == 1)
        release(slot);
      continue;
    }
    auto latency = network.latency(random_);
    if (network.reordering > 0.0 && random_.fraction() < network.reordering)
      latency *= 10;
    const auto item = copies == 1 ? slot : keep(sim_message{slots_[slot]});
    agenda_.add(now_ + latency, task_kind::arrive, to, item);
  }
}

void simulator::send_stream(std::uint64_t slot, host to) {
  auto& what = slots_[slot];
  auto& way = streams_[stream_key(what.from, to)];
  const bool opens =
      !is_answer(what) && (way.last_use == time_point{} || now_ - way.last_use > stream_idle_max);
  count_sent(what, false, opens);
  auto arrival = now_ + network.latency(random_);
  if (opens)
    arrival += network.latency(random_) + network.latency(random_)
               + network.retransmission(what.from, to, 1, random_)
               + network.retransmission(to, what.from, 1, random_);
  arrival += network.retransmission(what.from, to, what.bytes / segment_bytes + 1, random_);
  way.last_use = now_;
  way.last_arrival = std::max(way.last_arrival, arrival);
  agenda_.add(way.last_arrival, task_kind::arrive, to, slot);
  if (streams_.size() > streams_max_)
    forget_idle_streams();
}

void simulator::forget_idle_streams() {
  std::erase_if(streams_, [this](const auto& item) {
    return now_ - item.second.last_use > stream_idle_max && item.second.last_arrival < now_;
  });
  streams_max_ = std::max(idle_streams_min, 2 * streams_.size());
}

void simulator::send_new_stream(std::uint64_t slot, host to) {
  count_sent(slots_[slot], false, true);
  connect(slot, to, {});
}

/// The first packet of a call leaves.
void simulator::connect(std::uint64_t slot, host to, duration after) {
  if (network.loses(slots_[slot].from, to, random_))
    return not_connected(slot, to, after + call_pause());
  agenda_.add(now_ + after + network.latency(random_), task_kind::open, to, slot);
}

/// A silent host is called again.
void simulator::not_connected(std::uint64_t slot, host to, duration after) {
  if (++slots_[slot].tries == new_stream_calls)
    return fail_later(slot, errc::unreachable, after);
  connect(slot, to, after);
}

// -- arriving -------------------------------------------------------------------------------------

/// The first packet of a new stream is at the host: what comes of the connection shows now.
void simulator::open(const task& what) {
  const auto slot = what.item;
  auto& message = slots_[slot];
  const auto* target = at_address(message.target);
  const auto from = message.from;
  const bool answered = target != nullptr && target->process != process_state::host_lost
                        && !network.is_cut(from, what.node, now_)
                        && !network.is_cut(what.node, from, now_)
                        && !network.loses(what.node, from, random_);
  const auto way_back = network.latency(random_);
  if (!answered)
    return not_connected(slot, what.node, call_pause() - network.latency_min);
  if (!target->is_alive() || target->self.address != message.target)
    return fail_later(slot, errc::connection_refused, way_back);
  message.tries = 0;
  const auto packets = message.bytes / segment_bytes + 1;
  agenda_.add(now_ + way_back + network.latency(random_)
                  + network.retransmission(from, what.node, packets, random_),
              task_kind::arrive, what.node, slot);
}

void simulator::arrive(const task& what) {
  const auto slot = what.item;
  auto& message = slots_[slot];
  const bool is_datagram = message.via == channel::datagram;
  auto* target = at_address(message.target);
  if (target == nullptr || target->process == process_state::host_lost
      || network.is_cut(message.from, what.node, now_)) {
    if (is_datagram)
      return release(slot);
    return stall(slot, what);
  }
  if (!target->is_alive() || target->self.address != message.target) {
    if (is_datagram)
      return release(slot);
    return refuse(slot, what.node);
  }
  counted_.received_by[target->number] += traffic{1, 1, message.bytes};
  if (!target->is_slow())
    return run({now_, 0, slot, target->number, task_kind::handle});
  const auto spread = static_cast<std::uint64_t>((target->slow_max - target->slow_min).count());
  const auto begun = now_ + target->slow_min + duration{random_.below(spread + 1)};
  target->busy_until = std::max(target->busy_until, begun);
  agenda_.add(target->busy_until, task_kind::handle, target->number, slot);
}

/// A stream that gets nothing through repeats for a while. What is behind waits.
void simulator::stall(std::uint64_t slot, const task& what) {
  auto& message = slots_[slot];
  auto& way = streams_[stream_key(message.from, what.node)];
  if (message.tries == stream_tries_max) {
    way = {};
    return fail_later(slot, errc::send_failed, {});
  }
  const auto again = now_ + retransmission_min * (1 << message.tries++);
  way.last_arrival = std::max(way.last_arrival, again);
  agenda_.add(again, task_kind::arrive, what.node, slot);
}

void simulator::refuse(std::uint64_t slot, host by) {
  const auto& message = slots_[slot];
  streams_.erase(stream_key(message.from, by));
  if (network.is_cut(by, message.from, now_))
    return fail_later(slot, errc::send_failed, connect_timeout);
  const auto why =
      message.via == channel::new_stream ? errc::connection_refused : errc::send_failed;
  fail_later(slot, why, network.latency(random_));
}

// -- failing --------------------------------------------------------------------------------------

void simulator::fail_later(std::uint64_t slot, errc why, duration after) {
  slots_[slot].failure = why;
  agenda_.add(now_ + after, task_kind::fail, slots_[slot].from, slot);
}

void simulator::fail_now(sim_node& who, std::uint64_t slot) {
  const auto message = std::move(slots_[slot]);
  release(slot);
  if (!who.is_alive() || who.run != message.run)
    return;
  if (message.expects_reply && !who.requests.contains(message.head.correlation))
    return;
  fail_request(who, message.head.correlation, message.target,
               {message.failure, text_of(message.failure)});
}

void simulator::expire(sim_node& who, std::uint64_t correlation) {
  const auto found = who.requests.find(correlation);
  if (found == who.requests.end() || !who.is_alive())
    return;
  const auto target = found->second.target;
  fail_request(who, correlation, target, {errc::timeout, text_of(errc::timeout)});
}

void simulator::fail_request(sim_node& who, std::uint64_t correlation, const authority& target,
                             const error& why) {
  const auto found = who.requests.find(correlation);
  const auto token = found == who.requests.end() ? 0 : found->second.token;
  if (found != who.requests.end())
    who.requests.erase(found);
  const auto now = who.local(now_);
  who.membership_stirred = who.membership_stirred || token == 0;
  if (token == 0 && why.code == errc::connection_refused)
    who.verdicts->refused(*who.membership, target);
  if (token != 0)
    who.state->failed(token, why, now);
  else
    who.membership->delivery_failed(correlation, target, why, now);
  settle(who);
}

// -- receiving ------------------------------------------------------------------------------------

void simulator::handle(sim_node& who, std::uint64_t slot) {
  auto message = std::move(slots_[slot]);
  release(slot);
  if (who.is_alive())
    receive(who, message);
}

void simulator::receive(sim_node& who, sim_message& what) {
  trace_ = mix(trace_, static_cast<std::uint64_t>(now_.time_since_epoch().count())
                           ^ (std::uint64_t{who.number} << 40U) ^ (std::uint64_t{what.from} << 20U)
                           ^ what.bytes ^ what.head.roster_hash ^ what.head.state_hash);
  const auto now = who.local(now_);
  handling_ = what.number;
  if (who.state)
    who.state->heard(what.head.sender, what.head.state_hash, now);
  if (auto* payload = std::get_if<membership_payload>(&what.body)) {
    who.requests.erase(what.head.correlation);
    receive(who, {std::move(what.head), std::move(*payload)});
  } else if (who.state) {
    const auto& state = std::get<state_payload>(what.body);
    if (const auto* request = std::get_if<gossip_request>(&state); request == nullptr)
      take_answer(who, what, std::get<gossip_response>(state));
    else if (what.head.correlation == 0)
      who.state->receive_news(what.head, *request, now);
    else
      answer(who, what, *request);
  }
  settle(who);
  handling_ = 0;
}

void simulator::receive(sim_node& who, const membership_message& what) {
  const received_message watched{*who.membership, what};
  if (who.thorough && watched.brings_roster())
    who.thorough->gets_roster();
  who.membership_stirred = true;
  if (!who.membership->receive(what, who.local(now_)))
    return;
  std::vector<std::string> found;
  watched.accepted(*who.membership, *who.verdicts, found);
  for (const auto& text : found)
    report(who, text);
}

void simulator::answer(sim_node& who, const sim_message& what, const gossip_request& request) {
  sim_message back;
  back.body = state_payload{who.state->receive(what.head, request, who.local(now_))};
  back.target = what.head.sender.address;
  back.head.cluster = cfg.cluster_name;
  back.head.sender = who.state->self();
  back.head.receiver_incarnation = what.head.sender.incarnation;
  back.head.correlation = what.head.correlation;
  back.via = channel::stream;
  send(who, std::move(back));
}

void simulator::take_answer(sim_node& who, const sim_message& what,
                            const gossip_response& response) {
  const auto found = who.requests.find(what.head.correlation);
  const auto now = who.local(now_);
  if (found == who.requests.end())
    return who.state->failed(0, {}, now);
  const auto [target, incarnation, token] = found->second;
  who.requests.erase(found);
  if (what.head.sender.incarnation != incarnation)
    who.state->failed(token, {errc::stale_incarnation, "another incarnation has answered"}, now);
  else
    who.state->answered(token, response, now);
}

} // namespace caf_gossip::test
