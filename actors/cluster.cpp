#include "actors/cluster.hpp"

#include <algorithm>
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

bool is_confirmed(const membership_snapshot& now) {
  return now.joined && now.phase == gossip_phase::confirmed;
}

} // namespace

cluster cluster::of(caf::actor_system& sys) {
  return {sys, module::of(sys)};
}

// -- commands -------------------------------------------------------------------------------------

expected<void> cluster::start(std::chrono::milliseconds limit) {
  return require_module().and_then(
      [&] { return command(system(), gossiper(), limit, start_gossip{}); });
}

expected<void> cluster::stop(std::chrono::milliseconds limit) {
  return require_module().and_then(
      [&] { return command(system(), gossiper(), limit, stop_gossip{}); });
}

expected<void> cluster::down(const authority& who) {
  return require_module().and_then(
      [&] { return command(system(), membership(), command_limit, down_member{who}); });
}

expected<void> cluster::quarantine(const authority& who, std::string reason) {
  return require_module().and_then([&] {
    return command(system(), membership(), command_limit,
                   quarantine_member{who, std::move(reason)});
  });
}

expected<void> cluster::clear_quarantine(const authority& who) {
  return require_module().and_then([&] {
    return command(system(), membership(), command_limit, caf_gossip::clear_quarantine{who});
  });
}

// -- waiting --------------------------------------------------------------------------------------

expected<void> cluster::await_joined(std::chrono::milliseconds limit) const {
  if (auto loaded = require_module(); !loaded)
    return loaded;
  if (owner()->view()->wait([](const auto& now) { return now.joined; }, limit))
    return {};
  return fail(errc::timeout,
              "this node has not joined within " + std::to_string(limit.count()) + "ms");
}

expected<void> cluster::await_converged(std::chrono::milliseconds limit) const {
  if (auto loaded = require_module(); !loaded)
    return loaded;
  const auto begun = std::chrono::steady_clock::now();
  const auto left = [&] {
    const auto spent =
        std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
    return std::max(limit - spent, std::chrono::milliseconds{0});
  };
  const auto both = [this] {
    const auto state = state_holders();
    return is_confirmed(*snapshot()) && state.holders == state.peers;
  };
  if (owner()->view()->wait(is_confirmed, limit) && shared()->wait_until(both, left()))
    return {};
  return tl::unexpected<error>{why_not_converged(limit)};
}

error cluster::why_not_converged(std::chrono::milliseconds limit) const {
  const auto tell = [&](std::uint64_t some, std::uint64_t all, const std::string& what) {
    return error{errc::timeout, std::to_string(some) + " of " + std::to_string(all) + " peers "
                                    + what + " after " + std::to_string(limit.count()) + "ms"};
  };
  const auto now = snapshot();
  if (!is_confirmed(*now))
    return tell(now->confirmed_peers, now->peers, "have this node's view");
  const auto state = state_holders();
  return tell(state.holders, state.peers, "hold this node's state");
}

expected<void> cluster::await_state(const std::function<bool(const cluster&)>& holds,
                                    std::chrono::milliseconds limit) const {
  if (auto loaded = require_module(); !loaded)
    return loaded;
  if (shared()->wait_until([&] { return holds(*this); }, limit))
    return {};
  return fail(errc::timeout,
              "the state is not as awaited after " + std::to_string(limit.count()) + "ms");
}

// -- consensus ------------------------------------------------------------------------------------

std::shared_ptr<consensus_board> cluster::board() const {
  return owner() == nullptr ? nullptr : owner()->consensus();
}

void cluster::remove_consensus_check(std::uint64_t id) {
  if (const auto checks = board())
    checks->remove(id);
}

consensus_stats cluster::consensus() const {
  const auto checks = board();
  return checks ? checks->stats() : consensus_stats{};
}

// -- observers ------------------------------------------------------------------------------------

shared_view::snapshot_ptr cluster::snapshot() const {
  return owner() == nullptr ? std::make_shared<const membership_snapshot>()
                            : owner()->view()->snapshot();
}

std::vector<member_ref> cluster::members() const {
  return owner() == nullptr ? std::vector<member_ref>{} : owner()->view()->applied().members;
}

member_ref cluster::self() const {
  return snapshot()->self;
}

gossip_phase cluster::phase() const {
  return snapshot()->phase;
}

expected<std::vector<quarantine_view>> cluster::quarantined() const {
  return require_module().and_then([&] {
    return query<std::vector<quarantine_view>>(system(), membership(), get_quarantine{});
  });
}

expected<membership_metrics> cluster::metrics() const {
  return require_module().and_then(
      [&] { return query<membership_metrics>(system(), membership(), get_membership_metrics{}); });
}

expected<gossiper_status> cluster::status() const {
  return require_module().and_then(
      [&] { return query<gossiper_status>(system(), gossiper(), get_gossiper_status{}); });
}

expected<net::transport_stats> cluster::network() const {
  return require_module().and_then([&] {
    return query<net::transport_stats>(system(), owner()->transport(), get_transport_stats{});
  });
}

// -- actors ---------------------------------------------------------------------------------------

caf::group cluster::events() const {
  return owner() == nullptr ? caf::group{} : owner()->events();
}

void cluster::subscribe(const caf::strong_actor_ptr& who, start_with first) const {
  if (owner() != nullptr)
    caf::anon_send(owner()->event_stream(), subscribe_events{who, first});
}

gossiper_handle cluster::gossiper() const {
  return owner() == nullptr ? gossiper_handle{} : owner()->gossiper_actor_handle();
}

membership_coordinator_handle cluster::membership() const {
  return owner() == nullptr ? membership_coordinator_handle{} : owner()->membership();
}

event_stream_handle cluster::event_stream() const {
  return owner() == nullptr ? event_stream_handle{} : owner()->event_stream();
}

} // namespace caf_gossip
