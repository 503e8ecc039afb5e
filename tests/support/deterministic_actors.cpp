#include "tests/support/deterministic_actors.hpp"

#include <algorithm>
#include <stdexcept>

#include <caf/actor_cast.hpp>
#include <caf/settings.hpp>

namespace caf_gossip::test {

// -- recording_transport --------------------------------------------------------------------------

expected<authority> recording_transport::start(const authority& where) {
  if (refuse_start)
    return tl::unexpected{*refuse_start};
  auto bound = inner_.start(where);
  running = running || bound.has_value();
  return bound;
}

expected<void> recording_transport::send(net::outbound what) {
  sent.push_back(what);
  if (refuse)
    if (auto refused = refuse(what))
      return tl::unexpected{std::move(*refused)};
  return inner_.send(std::move(what));
}

std::vector<net::inbound> recording_transport::poll() {
  ++polls;
  return inner_.poll();
}

void recording_transport::stop() {
  running = false;
  inner_.stop();
}

// -- recorder -------------------------------------------------------------------------------------

namespace {

template <class... Events>
caf::behavior recording(const std::shared_ptr<std::vector<cluster_event>>& to,
                        const std::variant<Events...>*) {
  return caf::behavior{[to](const Events& what) { to->push_back(what); }...};
}

} // namespace

void recorder::end() {
  if (*actor_)
    caf::anon_send_exit(*actor_, caf::exit_reason::kill);
  *actor_ = nullptr;
}

std::vector<std::uint64_t> recorder::sequences() const {
  std::vector<std::uint64_t> result;
  for (const auto& event : *events_)
    result.push_back(std::visit([](const auto& what) { return what.stamp.sequence; }, event));
  return result;
}

// -- virtual_node ---------------------------------------------------------------------------------

virtual_node::virtual_node(deterministic_actors& world, std::string id, const settings& options,
                           bool with_module)
    : world_(world), id_(std::move(id)), where_(deterministic_actors::at(world.count())) {
  cfg_.set("scheduler.policy", caf::atom("testing"));
  if (with_module) {
    load(cfg_, [this](const config& cfg) {
      net::transport_config limits;
      limits.cluster_name = cfg.cluster_name;
      limits.request_timeout = cfg.gossip_request_timeout;
      network_ = std::make_shared<recording_transport>(world_.network, limits);
      return network_;
    });
    caf::put(cfg_.content, "gossip.node-id", id_);
    caf::put(cfg_.content, "gossip.bind-address", where_.host);
    caf::put(cfg_.content, "gossip.port", static_cast<std::int64_t>(where_.port));
    for (const auto& [name, value] : options)
      caf::put(cfg_.content, "gossip." + name, value);
  }
  sys_.emplace(cfg_);
  scheduler_ = &dynamic_cast<caf::scheduler::test_coordinator&>(sys_->scheduler());
  scheduler_->clock().current_time = world.now();
}

virtual_node::~virtual_node() {
  for (auto& who : recorders_)
    who.end();
  world_.settle();
  scheduler_->run();
  sys_.reset();
}

answer<void> virtual_node::start() {
  return ask<void>(facade().gossiper(), start_gossip{});
}

answer<void> virtual_node::stop() {
  return ask<void>(facade().gossiper(), stop_gossip{});
}

gossiper_status virtual_node::status() {
  return ask<gossiper_status>(facade().gossiper(), get_gossiper_status{}).value();
}

membership_snapshot virtual_node::snapshot() {
  return ask<membership_snapshot>(facade().membership(), get_membership{}).value();
}

event_stats virtual_node::stats() {
  return ask<event_stats>(facade().event_stream(), get_event_stats{}).value();
}

recorder virtual_node::record() {
  recorder result;
  const auto role = [events = result.events_](caf::event_based_actor*) {
    return recording(events, static_cast<const cluster_event*>(nullptr));
  };
  *result.actor_ = caf::actor_cast<caf::strong_actor_ptr>(spawn_role(*sys_, role));
  recorders_.push_back(result);
  return result;
}

recorder virtual_node::subscribed(start_with first) {
  auto result = record();
  facade().subscribe(result.handle(), first);
  world_.settle();
  return result;
}

// -- deterministic_actors -------------------------------------------------------------------------

deterministic_actors::~deterministic_actors() {
  while (!nodes_.empty())
    remove(*nodes_.back());
}

virtual_node& deterministic_actors::add(std::string id, settings options, bool with_module) {
  nodes_.push_back(std::make_unique<virtual_node>(*this, std::move(id), options, with_module));
  ++added_;
  return *nodes_.back();
}

void deterministic_actors::remove(virtual_node& node) {
  const auto found =
      std::find_if(nodes_.begin(), nodes_.end(), [&](auto& one) { return one.get() == &node; });
  if (found == nodes_.end())
    throw std::logic_error{"the node is gone already"};
  // Its last words may wake the others, but they must not find it among the living.
  const auto ending = std::move(*found);
  nodes_.erase(found);
}

authority deterministic_actors::at(std::size_t index) {
  return {"127.0.0.1", static_cast<std::uint16_t>(5000 + index)};
}

std::pair<std::string, caf::config_value> deterministic_actors::through_first() {
  return {"seeds", caf::config_value{std::vector<std::string>{to_string(at(0))}}};
}

void deterministic_actors::settle() {
  for (bool active = true; active;) {
    active = false;
    for (const auto& node : nodes_)
      active = node->scheduler().run() > 0 || active;
  }
}

time_point deterministic_actors::next_timer() const {
  auto result = never;
  for (const auto& node : nodes_) {
    const auto& timers = node->scheduler().clock().schedule();
    if (!timers.empty())
      result = std::min(result, timers.begin()->first);
  }
  return result;
}

void deterministic_actors::jump_to(time_point moment) {
  now_ = std::max(now_, moment);
  network.advance(now_);
  for (const auto& node : nodes_) {
    auto& clock = node->scheduler().clock();
    clock.current_time = now_;
    while (!clock.schedule().empty() && clock.schedule().begin()->first <= now_)
      clock.trigger_timeout();
  }
  settle();
}

void deterministic_actors::advance(duration span) {
  const auto end = now_ + span;
  settle();
  for (auto next = next_timer(); next <= end; next = next_timer())
    jump_to(next);
  jump_to(end);
}

bool deterministic_actors::advance_until(const std::function<bool()>& holds, duration limit) {
  const auto end = now_ + limit;
  settle();
  while (!holds()) {
    if (now_ >= end)
      return false;
    jump_to(std::min(end, next_timer()));
  }
  return true;
}

} // namespace caf_gossip::test
