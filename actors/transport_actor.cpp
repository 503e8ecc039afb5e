#include "actors/transport_actor.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <random>
#include <utility>
#include <variant>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "actors/error.hpp"

namespace caf_gossip {

namespace {

constexpr std::size_t requests_max = 4096;

/// Where a run of correlation ids begins. Were it the same everywhere, two nodes that ask each
/// other at the same time would take the other's question for their answer.
std::uint64_t random_start() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

} // namespace

transport_actor::transport_actor(caf::actor_config& cfg, std::shared_ptr<net::transport> network,
                                 std::shared_ptr<shared_gossiper> state)
    : transport_handle::base(cfg),
      network_(std::move(network)),
      state_(std::move(state)),
      next_correlation_(random_start()) {
  network_->on_arrival([weak = caf::weak_actor_ptr{ctrl()}] {
    if (const auto self = weak.lock())
      caf::anon_send(caf::actor_cast<transport_handle>(self), frames_arrived{});
  });
}

void transport_actor::on_exit() {
  network_->stop();
  membership_ = nullptr;
  state_sink_ = nullptr;
  fail_requests("the transport has terminated");
}

transport_actor::behavior_type transport_actor::make_behavior() {
  return {
      [this](const bind_transport& what) { return bind(what.where); },
      [this](const stop_transport& what) { stop(what.flush_for); },
      [this](send_frame& what) -> caf::result<void> {
        if (auto sent = send_one(std::move(what.what)); !sent)
          return to_caf(sent.error());
        return {};
      },
      [this](request_frame& what) { return request(std::move(what.what)); },
      [this](outbound_batch& what) { send_all(std::move(what.items)); },
      [this](const frames_arrived&) {
        auto items = network_->poll();
        report_life(items);
        pass_on(std::move(items));
      },
      [this](const get_transport_stats&) { return network_->stats(); },
      [this](const route_frames& what) {
        membership_ = what.membership;
        state_sink_ = what.state;
      },
  };
}

caf::result<authority> transport_actor::bind(const authority& where) {
  auto bound = network_->start(where);
  if (!bound)
    return to_caf(bound.error());
  return *bound;
}

void transport_actor::stop(std::chrono::milliseconds flush_for) {
  if (flush_for.count() > 0)
    network_->flush(flush_for);
  network_->stop();
  pass_on(network_->poll());
  fail_requests("the transport was stopped");
}

void transport_actor::fail_requests(const char* reason) {
  for (auto& [correlation, promise] : std::exchange(requests_, {}))
    promise.deliver(to_caf({errc::send_failed, reason}));
}

caf::result<response_frame> transport_actor::request(net::outbound what) {
  if (requests_.size() >= requests_max)
    return to_caf({errc::limit_reached,
                   std::to_string(requests_max) + " requests wait for their answers already"});
  const auto correlation = std::max<std::uint64_t>(next_correlation_++, 1);
  what.message.head.correlation = correlation;
  what.via = channel::stream;
  what.expects_reply = true;
  if (auto sent = send_one(std::move(what)); !sent)
    return to_caf(sent.error());
  auto promise = make_response_promise<response_frame>();
  requests_.emplace(correlation, promise);
  return promise;
}

expected<void> transport_actor::send_one(net::outbound what) {
  what.message.head.state_hash = state_hash();
  return network_->send(std::move(what));
}

std::uint64_t transport_actor::state_hash() const {
  return state_ == nullptr ? 0
                           : state_->read([](const gossiper& core) { return core.state_hash(); });
}

void transport_actor::send_all(std::vector<net::outbound> items) {
  std::vector<net::inbound> failed;
  const auto hash = state_hash();
  for (auto& item : items) {
    item.message.head.state_hash = hash;
    const auto target = item.target;
    const auto correlation = item.message.head.correlation;
    if (auto sent = network_->send(std::move(item)); !sent)
      failed.emplace_back(net::delivery_failed{target, correlation, sent.error()});
  }
  pass_on(std::move(failed));
}

/// Refusals are no sign of life: they may come from whoever is at a member's authority now.
void transport_actor::report_life(const std::vector<net::inbound>& items) {
  if (state_ == nullptr || items.empty())
    return;
  state_->with([&](gossiper& core, time_point now) {
    for (const auto& item : items) {
      const auto* frame = std::get_if<wire::frame>(&item);
      if (frame != nullptr && !std::holds_alternative<wire::reject>(frame->body))
        core.heard(frame->head.sender, frame->head.state_hash, now);
    }
  });
}

void transport_actor::pass_on(std::vector<net::inbound> items) {
  std::erase_if(items, [this](net::inbound& item) { return answers_request(item); });
  const auto is_state = [](const net::inbound& item) {
    const auto* frame = std::get_if<wire::frame>(&item);
    return frame != nullptr && std::holds_alternative<state_payload>(frame->body);
  };
  std::vector<net::inbound> state;
  if (state_sink_) {
    const auto first = std::stable_partition(items.begin(), items.end(), std::not_fn(is_state));
    std::move(first, items.end(), std::back_inserter(state));
    items.erase(first, items.end());
  }
  if (!items.empty() && membership_)
    send(membership_, inbound_batch{std::move(items)});
  if (!state.empty())
    send(state_sink_, inbound_batch{std::move(state)});
}

bool transport_actor::answers_request(net::inbound& item) {
  auto* frame = std::get_if<wire::frame>(&item);
  const auto* failed = std::get_if<net::delivery_failed>(&item);
  if (frame == nullptr && failed == nullptr)
    return false;
  const auto correlation = frame != nullptr ? frame->head.correlation : failed->correlation;
  const auto found = requests_.find(correlation);
  if (found == requests_.end())
    return false;
  if (frame != nullptr)
    found->second.deliver(response_frame{std::move(*frame)});
  else
    found->second.deliver(to_caf(failed->reason));
  requests_.erase(found);
  return true;
}

} // namespace caf_gossip
