#include "actors/cluster.hpp"

#include <utility>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/error.hpp"
#include "actors/module.hpp"

namespace caf_gossip {

namespace {

constexpr std::chrono::seconds command_limit{10};

/// Asks an actor and waits for its answer, which `take` gets.
template <class Handle, class Message, class Take>
expected<void> ask(caf::actor_system& sys, const Handle& whom, std::chrono::milliseconds limit,
                   Message what, Take take) {
  caf::scoped_actor self{sys, true};
  expected<void> result;
  self->request(whom, limit, std::move(what)).receive(take, [&](const caf::error& why) {
    result = tl::unexpected<error>{from_caf(why)};
  });
  return result;
}

template <class Answer, class Handle, class Message>
expected<Answer> query(caf::actor_system& sys, const Handle& whom, Message what) {
  Answer result;
  auto asked = ask(sys, whom, command_limit, std::move(what),
                   [&](Answer& answer) { result = std::move(answer); });
  if (!asked)
    return tl::unexpected<error>{asked.error()};
  return result;
}

template <class Handle, class Message>
expected<void> command(caf::actor_system& sys, const Handle& whom, std::chrono::milliseconds limit,
                       Message what) {
  return ask(sys, whom, limit, std::move(what), [] {});
}

} // namespace

cluster cluster::of(caf::actor_system& sys) {
  return {sys, module::of(sys)};
}

expected<void> cluster::require_module() const {
  if (module_ == nullptr)
    return fail(errc::not_started, "the module is not loaded; call caf_gossip::load(cfg) first");
  if (!module_->status())
    return fail(module_->status().error().code, module_->status().error().text);
  return {};
}

// -- commands -------------------------------------------------------------------------------------

expected<void> cluster::start(std::chrono::milliseconds limit) {
  return require_module().and_then(
      [&] { return command(*system_, gossiper(), limit, start_gossip{}); });
}

expected<void> cluster::stop(std::chrono::milliseconds limit) {
  return require_module().and_then(
      [&] { return command(*system_, gossiper(), limit, stop_gossip{}); });
}

expected<void> cluster::down(const authority& who) {
  return require_module().and_then(
      [&] { return command(*system_, membership(), command_limit, down_member{who}); });
}

expected<void> cluster::quarantine(const authority& who, std::string reason) {
  return require_module().and_then([&] {
    return command(*system_, membership(), command_limit,
                   quarantine_member{who, std::move(reason)});
  });
}

expected<void> cluster::clear_quarantine(const authority& who) {
  return require_module().and_then([&] {
    return command(*system_, membership(), command_limit, caf_gossip::clear_quarantine{who});
  });
}

// -- waiting --------------------------------------------------------------------------------------

expected<void> cluster::await_joined(std::chrono::milliseconds limit) const {
  if (auto loaded = require_module(); !loaded)
    return loaded;
  if (module_->view()->wait([](const auto& now) { return now.joined; }, limit))
    return {};
  return fail(errc::timeout,
              "this node has not joined within " + std::to_string(limit.count()) + "ms");
}

expected<void> cluster::await_converged(std::chrono::milliseconds limit) const {
  if (auto loaded = require_module(); !loaded)
    return loaded;
  const auto converged = [](const membership_snapshot& now) {
    return now.joined && now.phase == gossip_phase::confirmed;
  };
  if (module_->view()->wait(converged, limit))
    return {};
  const auto now = snapshot();
  return fail(errc::timeout,
              std::to_string(now->confirmed_peers) + " of " + std::to_string(now->peers)
                  + " peers have this node's view after " + std::to_string(limit.count()) + "ms");
}

// -- observers ------------------------------------------------------------------------------------

shared_view::snapshot_ptr cluster::snapshot() const {
  return module_ == nullptr ? std::make_shared<const membership_snapshot>()
                            : module_->view()->snapshot();
}

std::vector<member_ref> cluster::members() const {
  return module_ == nullptr ? std::vector<member_ref>{} : module_->view()->applied().members;
}

member_ref cluster::self() const {
  return snapshot()->self;
}

gossip_phase cluster::phase() const {
  return snapshot()->phase;
}

expected<std::vector<quarantine_view>> cluster::quarantined() const {
  return require_module().and_then([&] {
    return query<std::vector<quarantine_view>>(*system_, membership(), get_quarantine{});
  });
}

expected<membership_metrics> cluster::metrics() const {
  return require_module().and_then(
      [&] { return query<membership_metrics>(*system_, membership(), get_membership_metrics{}); });
}

expected<gossiper_status> cluster::status() const {
  return require_module().and_then(
      [&] { return query<gossiper_status>(*system_, gossiper(), get_gossiper_status{}); });
}

expected<net::transport_stats> cluster::network() const {
  return require_module().and_then([&] {
    return query<net::transport_stats>(*system_, module_->transport(), get_transport_stats{});
  });
}

// -- actors ---------------------------------------------------------------------------------------

caf::group cluster::events() const {
  return module_ == nullptr ? caf::group{} : module_->events();
}

void cluster::subscribe(const caf::strong_actor_ptr& who, start_with first) const {
  if (module_ != nullptr)
    caf::anon_send(module_->event_stream(), subscribe_events{who, first});
}

gossiper_handle cluster::gossiper() const {
  return module_ == nullptr ? gossiper_handle{} : module_->gossiper_actor_handle();
}

membership_coordinator_handle cluster::membership() const {
  return module_ == nullptr ? membership_coordinator_handle{} : module_->membership();
}

event_stream_handle cluster::event_stream() const {
  return module_ == nullptr ? event_stream_handle{} : module_->event_stream();
}

} // namespace caf_gossip
