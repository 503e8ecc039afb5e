#include "actors/gossiper_actor.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include "actors/error.hpp"
#include "caf_gossip/base/thrown.hpp"

namespace caf_gossip {

namespace {

/// Added to the limits that others keep themselves, so that theirs end first.
constexpr std::chrono::seconds grace{2};

/// What is still queued when a node stops gets this long to be written.
constexpr std::chrono::milliseconds flush_limit{200};

constexpr std::chrono::seconds start_limit{10};

/// Requests end by their own timeout; this much longer a stop waits for that.
constexpr std::chrono::milliseconds goodbye_grace{100};

/// CAF 0.17 has no way to fulfil a typed promise of nothing but through the untyped one.
void answer_done(caf::typed_response_promise<void>& answer) {
  static_cast<caf::response_promise&>(answer).deliver(caf::unit);
}

caf::result<map_state_value> answer_to(const get_map_state& what, const shared_gossiper& state) {
  return to_result(state.read([&](const gossiper& core) {
    return core.get_map_state(what.key, what.map_key).map([](auto value) {
      return map_state_value{std::move(value)};
    });
  }));
}

caf::result<map_state_keys> answer_to(const get_map_keys& what, const shared_gossiper& state) {
  return to_result(state.read([&](const gossiper& core) {
    return core.get_map_keys(what.key).map(
        [](auto keys) { return map_state_keys{std::move(keys)}; });
  }));
}

caf::result<merged_map_values> answer_to(const get_merged_map& what, const shared_gossiper& state) {
  return to_result(state.read([&](const gossiper& core) {
    return core.get_merged_map(what.key).map(
        [](auto entries) { return merged_map_values{std::move(entries)}; });
  }));
}

} // namespace

gossiper_actor::gossiper_actor(caf::actor_config& cfg, gossiper_context context)
    : gossiper_handle::base(cfg), context_(std::move(context)) {
  // The event stream brings more kinds of events than the loop needs.
  set_default_handler(caf::drop);
  context_.state->on_outcome(std::make_shared<doorbell>([weak = caf::weak_actor_ptr{ctrl()}] {
    if (const auto self = weak.lock())
      caf::anon_send(caf::actor_cast<gossiper_handle>(self), outcome_ready{});
  }));
}

void gossiper_actor::on_exit() {
  unregister();
  context_.transport = nullptr;
  context_.membership = nullptr;
  context_.events = nullptr;
  if (stopping_)
    stopping_->deliver(to_caf({errc::network_error, "the gossiper has terminated"}));
  stopping_.reset();
}

gossiper_actor::behavior_type gossiper_actor::make_behavior() {
  auto& state = *context_.state;
  return {
      [this](const start_gossip&) { return start(); },
      [this](const stop_gossip&) { return stop(); },
      [this](const get_gossiper_status&) { return status(); },
      [this](const topology_updated& what) { follow(what.update); },
      [this](const loop_tick&) { tick(); },
      [this](const outcome_ready&) { drive([](gossiper&, time_point) {}); },
      [this](const inbound_batch& what) {
        for (const auto& item : what.items)
          if (const auto* frame = std::get_if<wire::frame>(&item))
            receive(*frame);
      },
      [&state](const get_state& what) {
        return to_result(state.read([&](const auto& core) { return core.get_state(what.key); }));
      },
      [&state](set_state& what) {
        return to_result(state.with([&](gossiper& core, time_point now) {
          return core.set_state(what.key, std::move(what.value), now, what.ttl);
        }));
      },
      [&state](const remove_state& what) {
        return to_result(state.with(
            [&](gossiper& core, time_point now) { return core.remove_state(what.key, now); }));
      },
      [&state](set_map_state& what) {
        return to_result(state.with([&](gossiper& core, time_point now) {
          return core.set_map_state(what.key, what.map_key, std::move(what.value), now);
        }));
      },
      [&state](const get_map_state& what) { return answer_to(what, state); },
      [&state](const remove_map_state& what) {
        return to_result(state.with([&](gossiper& core, time_point now) {
          return core.remove_map_state(what.key, what.map_key, now);
        }));
      },
      [&state](const get_map_keys& what) { return answer_to(what, state); },
      [&state](const get_merged_map& what) { return answer_to(what, state); },
      [&state](const get_blocked&) { return state.blocks(); },
      [&state](const block_member& what) {
        return to_result(state.with(
            [&](gossiper& core, time_point now) { return core.block_members({what.id}, now); }));
      },
      [&state](const unblock_member& what) {
        return to_result(state.with(
            [&](gossiper& core, time_point now) { return core.unblock_member(what.id, now); }));
      },
      [&state](const get_state_metrics&) {
        return state.read([](const gossiper& core) { return core.metrics(); });
      },
  };
}

// -- start --------------------------------------------------------------------------------------

caf::result<void> gossiper_actor::start() {
  if (auto valid = validate(context_.cfg); !valid)
    return to_caf(valid.error());
  expected<void> begun;
  drive([&](gossiper& core, time_point now) { begun = core.start(context_.cfg.node_id, now); });
  if (!begun)
    return to_caf(begun.error());
  starting_ = true;
  auto answer = make_response_promise<void>();
  const authority where{context_.cfg.bind_address, context_.cfg.port};
  request(context_.transport, start_limit, bind_transport{where})
      .then([this, answer](const authority& bound) { start_membership_at(bound, answer); },
            [this, answer](caf::error& why) { start_failed(why, answer); });
  return answer;
}

void gossiper_actor::start_membership_at(const authority& bound, const promise& answer) {
  auto address = bound;
  if (!context_.cfg.advertise.empty())
    address = parse_authority(context_.cfg.advertise).value_or(bound);
  if (address.port == 0)
    address.port = bound.port;
  const member_ref self{context_.cfg.node_id, context_.new_incarnation(), address};
  drive([&](gossiper& core, time_point now) { core.set_self(self, now); });
  start_membership request_start{self, {}, node_mode::member};
  for (const auto& seed : context_.cfg.seeds)
    if (auto parsed = parse_authority(seed))
      request_start.seeds.push_back(*parsed);
  request(context_.membership, start_limit, std::move(request_start))
      .then([this, answer]() { started(answer); },
            [this, answer](caf::error& why) { start_failed(why, answer); });
}

void gossiper_actor::started(promise answer) {
  starting_ = false;
  system().registry().put(caf::atom_from_string(context_.cfg.gossip_actor_name),
                          caf::actor_cast<caf::strong_actor_ptr>(this));
  caf::anon_send(context_.events, subscribe_events{caf::actor_cast<caf::strong_actor_ptr>(this),
                                                   start_with::snapshot});
  arm_timer();
  answer_done(answer);
}

void gossiper_actor::start_failed(const caf::error& why, promise answer) {
  starting_ = false;
  drive([](gossiper& core, time_point) { core.abandon_start(); });
  // A step that did not answer in time may still have been carried out.
  caf::anon_send(context_.membership, shut_down_membership{});
  caf::anon_send(context_.transport, stop_transport{});
  const auto ours = from_caf(why);
  send(context_.events, publish_events{{startup_failed{{}, ours.code, ours.text}}});
  answer.deliver(why);
}

// -- stop ---------------------------------------------------------------------------------------

caf::result<void> gossiper_actor::stop() {
  if (starting_)
    return to_caf({errc::invalid_state, "the gossiper is still starting"});
  expected<void> begun;
  drive([&](gossiper& core, time_point now) { begun = core.begin_stop(now); });
  if (!begun)
    return to_caf(begun.error());
  auto answer = make_response_promise<void>();
  stopping_ = answer;
  stop_error_ = {};
  goodbye_deadline_ = clock().now() + context_.cfg.gossip_request_timeout + goodbye_grace;
  leave_when_idle();
  return answer;
}

/// Waits until nobody owes an answer any more: then the peers have this node's goodbye.
void gossiper_actor::leave_when_idle() {
  if (goodbye_deadline_ == never)
    return;
  const bool is_idle = context_.state->read([](const gossiper& core) { return core.is_idle(); });
  if (!is_idle && clock().now() < goodbye_deadline_) {
    arm_timer();
    return;
  }
  goodbye_deadline_ = never;
  leave();
}

void gossiper_actor::leave() {
  request(context_.membership, context_.cfg.leave_timeout + grace, leave_cluster{})
      .then([this](const leave_finished&) { shut_down(); },
            [this](caf::error& why) {
              stop_error_ = why;
              shut_down();
            });
}

void gossiper_actor::shut_down() {
  caf::anon_send(context_.events, unsubscribe_events{caf::actor_cast<caf::strong_actor_ptr>(this)});
  request(context_.membership, grace, shut_down_membership{})
      .then([this]() { close_transport(); },
            [this](caf::error& why) {
              stop_error_ = why;
              close_transport();
            });
}

void gossiper_actor::close_transport() {
  request(context_.transport, grace, stop_transport{flush_limit})
      .then([this]() { stopped(); },
            [this](caf::error& why) {
              stop_error_ = why;
              stopped();
            });
}

void gossiper_actor::stopped() {
  drive([](gossiper& core, time_point) { (void)core.finish_stop(); });
  unregister();
  auto answer = std::exchange(stopping_, std::nullopt);
  if (!stop_error_) {
    answer_done(*answer);
    return;
  }
  const auto ours = from_caf(stop_error_);
  send(context_.events, publish_events{{shutdown_failed{{}, ours.code, ours.text}}});
  answer->deliver(to_caf(ours));
}

/// The registry neither overwrites an entry nor forgets it when its actor ends.
void gossiper_actor::unregister() {
  const auto name = caf::atom_from_string(context_.cfg.gossip_actor_name);
  if (system().registry().get(name) == caf::actor_cast<caf::strong_actor_ptr>(this))
    system().registry().erase(name);
}

// -- loop ---------------------------------------------------------------------------------------

gossiper_status gossiper_actor::status() const {
  return context_.state->read([](const gossiper& core) {
    return gossiper_status{core.state(), core.self(), core.ticks(), core.peers().size()};
  });
}

void gossiper_actor::tick() {
  if (clock().now() >= armed_)
    armed_ = never;
  read_actor_counts();
  drive([this](gossiper& core, time_point now) {
    observe_membership(core, now);
    core.tick(now);
  });
  leave_when_idle();
}

void gossiper_actor::follow(const topology& update) {
  drive([&](gossiper& core, time_point now) {
    observe_membership(core, now);
    core.set_topology(update.members, now);
  });
}

/// Members that the failure detector takes for alive do not expire, however rarely they speak with
/// this node.
void gossiper_actor::observe_membership(gossiper& core, time_point now) const {
  const auto seen = context_.view->snapshot();
  if (seen->mode == node_mode::stopped)
    return;
  if (seen->self.incarnation > core.self().incarnation)
    core.set_self(seen->self, now);
  for (const auto& member : seen->members)
    if (member.rec.status == member_status::up)
      core.vouch(ref_of(member.rec), now);
}

/// Calls code of the application, so it is outside the lock and guarded. The last counts stay when
/// it fails.
void gossiper_actor::read_actor_counts() {
  member_heartbeat counts;
  if (const auto thrown = thrown_by([&] { counts = context_.counter->read(); }))
    return complain(*thrown);
  const auto taken = context_.state->with(
      [&](gossiper& core, time_point) { return core.set_actor_counts(counts); });
  complain(taken ? std::string{} : taken.error().text);
}

/// Once, and not with every tick.
void gossiper_actor::complain(const std::string& reason) {
  if (reason == complaint_)
    return;
  complaint_ = reason;
  if (!reason.empty())
    drive([&](gossiper& core, time_point now) { core.report("actor counts", reason, now); });
}

// -- what comes out of the core -----------------------------------------------------------------

void gossiper_actor::carry_out(gossiper_outcome what) {
  for (auto& request : what.requests)
    ask(std::move(request));
  for (auto& news : what.news)
    caf::anon_send(
        context_.transport,
        send_frame{net::outbound{news.target.address,
                                 {std::move(news.head), state_payload{std::move(news.what)}},
                                 channel::datagram}});
  if (!what.events.empty())
    send(context_.events, publish_events{to_cluster_events(std::move(what.events))});
  if (what.rounds > 0)
    send(context_.membership, run_round{});
  arm_timer();
}

void gossiper_actor::arm_timer() {
  const auto due = context_.state->read([](const gossiper& core) { return core.next_deadline(); });
  const auto deadline = std::min(due, goodbye_deadline_);
  if (starting_ || deadline >= armed_)
    return;
  armed_ = deadline;
  scheduled_send(this, deadline, loop_tick{});
}

} // namespace caf_gossip
