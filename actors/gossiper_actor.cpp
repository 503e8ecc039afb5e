#include "actors/gossiper_actor.hpp"

#include <utility>

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include "actors/error.hpp"

namespace caf_gossip {

namespace {

/// Added to the limits that others keep themselves, so that theirs end first.
constexpr std::chrono::seconds grace{2};

/// What is still queued when a node stops gets this long to be written.
constexpr std::chrono::milliseconds flush_limit{200};

constexpr std::chrono::seconds start_limit{10};

/// CAF 0.17 has no way to fulfil a typed promise of nothing but through the untyped one.
void answer_done(caf::typed_response_promise<void>& answer) {
  static_cast<caf::response_promise&>(answer).deliver(caf::unit);
}

} // namespace

gossiper_actor::gossiper_actor(caf::actor_config& cfg, gossiper_context context)
    : gossiper_handle::base(cfg), context_(std::move(context)), core_(context_.cfg) {
  // The event stream brings more kinds of events than the loop needs.
  set_default_handler(caf::drop);
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
  return {
      [this](const start_gossip&) { return start(); },
      [this](const stop_gossip&) { return stop(); },
      [this](const get_gossiper_status&) {
        return gossiper_status{core_.state(), self_, core_.ticks(), core_.peers().size()};
      },
      [this](const topology_updated& what) { core_.set_topology(what.update.members); },
      [this](const loop_tick&) { tick(); },
  };
}

// -- start --------------------------------------------------------------------------------------

caf::result<void> gossiper_actor::start() {
  if (auto valid = validate(context_.cfg); !valid)
    return to_caf(valid.error());
  if (auto begun = core_.start(context_.cfg.node_id, clock().now()); !begun)
    return to_caf(begun.error());
  starting_ = true;
  auto answer = make_response_promise<void>();
  const authority where{context_.cfg.bind_address, context_.cfg.port};
  request(context_.transport, start_limit, bind_transport{where})
      .then([this, answer](const authority& bound) { start_membership_at(bound, answer); },
            [this, answer](caf::error& why) { start_failed(why, answer); });
  return answer;
}

void gossiper_actor::start_membership_at(const authority& bound, promise answer) {
  auto address = bound;
  if (!context_.cfg.advertise.empty())
    address = parse_authority(context_.cfg.advertise).value_or(bound);
  if (address.port == 0)
    address.port = bound.port;
  self_ = {context_.cfg.node_id, context_.new_incarnation(), address};
  start_membership request_start{self_, {}, node_mode::member};
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
  core_.abandon_start();
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
  if (auto begun = core_.begin_stop(); !begun)
    return to_caf(begun.error());
  auto answer = make_response_promise<void>();
  stopping_ = answer;
  stop_error_ = {};
  say_goodbye();
  return answer;
}

void gossiper_actor::say_goodbye() {
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
  (void)core_.finish_stop();
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

void gossiper_actor::tick() {
  const auto now = clock().now();
  if (now >= armed_)
    armed_ = never;
  core_.tick(now);
  if (core_.take_outcome().rounds > 0)
    send(context_.membership, run_round{});
  arm_timer();
}

void gossiper_actor::arm_timer() {
  const auto deadline = core_.next_deadline();
  if (deadline >= armed_)
    return;
  armed_ = deadline;
  scheduled_send(this, deadline, loop_tick{});
}

} // namespace caf_gossip
