#include "actors/module.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <utility>

#include <caf/actor_cast.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/group_manager.hpp>
#include <caf/runtime_settings_map.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/error.hpp"
#include "actors/options.hpp"
#include "caf_gossip/net/asio_transport.hpp"

namespace caf_gossip {

namespace {

const caf::atom_value settings_key = caf::atom("gossip");

/// The group that carries this node's events.
constexpr const char* events_group = "caf_gossip.events";

constexpr const char* factory_name = "gossip";

/// Added to the limits that the gossiper keeps itself.
constexpr std::chrono::seconds grace{5};

std::shared_ptr<net::transport> make_asio_transport(const config& cfg) {
  net::transport_config network;
  network.cluster_name = cfg.cluster_name;
  network.request_timeout = cfg.gossip_request_timeout;
  // Before the coordinator draws its conclusion, three probe timeouts after it began.
  network.probe_timeout = 2 * cfg.probe_timeout;
  // Joining has a back-off of its own; a longer one here would only add to it.
  network.backoff_max = std::min(network.backoff_max, cfg.join_retry_max / 2);
  network.backoff_min = std::min(network.backoff_min, network.backoff_max);
  return std::make_shared<net::asio_transport>(network);
}

std::uint64_t random_bits() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

std::string random_node_id() {
  std::array<char, 24> text{};
  const auto length =
      std::snprintf(text.data(), text.size(), "node-%08x", static_cast<unsigned>(random_bits()));
  return {text.data(), static_cast<std::size_t>(length)};
}

/// Microseconds since 1970, but always more than the last time.
std::function<std::uint64_t()> incarnations() {
  return [last = std::uint64_t{0}]() mutable {
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    last = std::max(last + 1, static_cast<std::uint64_t>(now.count()));
    return last;
  };
}

/// Under CAF's deterministic scheduler nobody runs actors unless asked to.
caf::scheduler::test_coordinator* test_scheduler(caf::actor_system& sys) {
  return dynamic_cast<caf::scheduler::test_coordinator*>(&sys.scheduler());
}

} // namespace

void load(caf::actor_system_config& cfg) {
  load(cfg, make_asio_transport);
}

void load(caf::actor_system_config& cfg, transport_factory make_transport) {
  add_options(cfg);
  cfg.module_factories.emplace_back(
      [make_transport = std::move(make_transport)](caf::actor_system& sys) {
        return new module(sys, make_transport);
      });
}

// -- as the actor system sees it ------------------------------------------------------------------

module::module(caf::actor_system& sys, transport_factory make_transport) :system_(sys),
    make_transport_(std::move(make_transport)),
    settings_(fail(errc::not_started, "the module is not initialized")),
    view_(std::make_shared<shared_view>()), counter_(std::make_shared<actor_counter>()) {}

caf::actor_system::module* module::make(caf::actor_system& sys, caf::detail::type_list<>) {
  return new module(sys, make_asio_transport);
}

module* module::of(caf::actor_system& sys) {
  const auto entry = sys.runtime_settings().get(settings_key);
  const auto* pointer = caf::get_if<void*>(&entry);
  return pointer == nullptr ? nullptr : static_cast<module*>(*pointer);
}

void module::init(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::caf_gossip>();
  add_error_rendering(cfg);
  cfg.add_actor_factory(
      factory_name, [](caf::actor_config& host, caf::message& args) -> caf::actor_factory_result {
        // Not `this`: a configuration may serve one system after the other.
        auto& sys = host.host->system();
        const auto* owner = of(sys);
        if (owner == nullptr || !args.empty() || !owner->gossiper_)
          return {};
        return {caf::actor_cast<caf::strong_actor_ptr>(owner->gossiper_),
                sys.message_types<gossiper_handle>()};
      });
  count_spawns_by_name(cfg, factory_name);
  settings_ = read_config(cfg);
  if (settings_ && settings_->node_id.empty())
    settings_->node_id = random_node_id();
}

void module::start() {
  system_.runtime_settings().set(settings_key, static_cast<void*>(this));
  events_ = system_.groups().get_local(events_group);
  if (settings_)
    state_ = std::make_shared<shared_gossiper>(*settings_, random_bits(),
                                               [this] { return system_.clock().now(); });
  stream_ = system_.spawn<event_stream_actor, caf::hidden>(events_, state_);
  if (!settings_) {
    const auto& why = settings_.error();
    caf::anon_send(stream_, publish_events{{startup_failed{{}, why.code, why.text}}});
    return;
  }
  spawn_actors(*settings_);
  if (settings_->autostart)
    caf::anon_send(gossiper_, start_gossip{});
}

void module::spawn_actors(const config& cfg) {
  transport_ = system_.spawn<transport_actor, caf::hidden>(make_transport_(cfg), state_);
  membership_ = system_.spawn<membership_coordinator_actor, caf::hidden>(
      membership_context{cfg, random_bits(), transport_, stream_, view_});
  gossiper_ = system_.spawn<gossiper_actor, caf::hidden>(gossiper_context{
      cfg, transport_, membership_, stream_, incarnations(), state_, view_, counter_});
  consensus_ = std::make_shared<consensus_board>(state_);
  consensus_actor_ = system_.spawn<class consensus_actor, caf::hidden>(state_, consensus_);
  caf::anon_send(transport_, route_frames{membership_, gossiper_});
}

void module::stop() {
  leave();
  end(caf::actor_cast<caf::strong_actor_ptr>(std::exchange(consensus_actor_, nullptr)));
  end(caf::actor_cast<caf::strong_actor_ptr>(std::exchange(gossiper_, nullptr)));
  end(caf::actor_cast<caf::strong_actor_ptr>(std::exchange(membership_, nullptr)));
  end(caf::actor_cast<caf::strong_actor_ptr>(std::exchange(transport_, nullptr)));
  end(caf::actor_cast<caf::strong_actor_ptr>(std::exchange(stream_, nullptr)));
  events_ = nullptr;
  system_.runtime_settings().erase(settings_key);
}

void module::leave() {
  if (!gossiper_ || test_scheduler(system_) != nullptr)
    return;
  caf::scoped_actor self{system_, true};
  // A node that never started answers at once.
  const auto limit = settings_->gossip_request_timeout + settings_->leave_timeout + grace;
  self->request(gossiper_, limit, stop_gossip{}).receive([]() {}, [](const caf::error&) {});
}

void module::end(caf::strong_actor_ptr who) {
  if (!who)
    return;
  caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
  if (auto* testing = test_scheduler(system_)) {
    testing->run();
    return;
  }
  caf::scoped_actor self{system_, true};
  self->wait_for(caf::actor_cast<caf::actor>(who));
}

} // namespace caf_gossip
