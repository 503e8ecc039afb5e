/// Whole nodes, actor system and all, in one thread and in virtual time.
///
/// Every node is an actor system under CAF's testing scheduler; their networks are transports of
/// one memory network. Nothing happens but inside `settle` and `advance`.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include "actors/cluster.hpp"
#include "actors/error.hpp"
#include "actors/module.hpp"
#include "caf_gossip/net/memory_transport.hpp"
#include "tests/support/printing.hpp"

namespace caf_gossip::test {

using namespace std::chrono_literals;

/// Spawns a hidden actor that plays a role: a function of `event_based_actor*` that returns its
/// behavior or nothing. It is an argument, because CAF dereferences a null pointer for functions
/// without arguments, which the sanitizer reports.
template <class Role>
caf::actor spawn_role(caf::actor_system& sys, Role role) {
  const auto play = [](caf::event_based_actor* self, Role what) { return what(self); };
  return sys.spawn<caf::hidden>(play, std::move(role));
}

/// A memory transport that remembers what went through it and can be told to fail.
class recording_transport final : public net::transport {
public:
  recording_transport(net::memory_network& network, net::transport_config cfg)
      : inner_(network, std::move(cfg)) {}

  /// Every frame that was handed to `send`, accepted or not.
  std::vector<net::outbound> sent;
  /// Errors for frames to refuse.
  std::function<std::optional<error>(const net::outbound&)> refuse;
  /// The error of every `start`.
  std::optional<error> refuse_start;
  std::size_t polls = 0;
  bool running = false;

  expected<authority> start(const authority& where) override;
  expected<void> send(net::outbound what) override;
  std::vector<net::inbound> poll() override;
  void stop() override;
  [[nodiscard]] net::transport_stats stats() const override { return inner_.stats(); }
  void on_arrival(std::function<void()> wake) override { inner_.on_arrival(std::move(wake)); }

private:
  net::memory_transport inner_;
};

/// What a request was answered with, once it was.
template <class T>
class answer {
public:
  [[nodiscard]] bool arrived() const { return result_->has_value(); }

  /// `none` for a success; `timeout` while there is no answer.
  [[nodiscard]] errc code() const {
    if (!arrived())
      return errc::timeout;
    return **result_ ? errc::none : (*result_)->error().code;
  }

  [[nodiscard]] std::string text() const {
    return arrived() && !**result_ ? (*result_)->error().text : std::string{};
  }

  /// Throws unless there is a successful answer.
  [[nodiscard]] std::add_lvalue_reference_t<const T> value() const {
    return result_->value().value();
  }

  void set(expected<T> result) const { *result_ = std::move(result); }

private:
  std::shared_ptr<std::optional<expected<T>>> result_ =
      std::make_shared<std::optional<expected<T>>>();
};

/// Remembers the events an actor got, in order.
class recorder {
public:
  [[nodiscard]] const caf::strong_actor_ptr& handle() const { return *actor_; }
  [[nodiscard]] const std::vector<cluster_event>& events() const { return *events_; }
  void forget() { events_->clear(); }
  void end();

  template <class Event>
  [[nodiscard]] std::vector<Event> told() const {
    std::vector<Event> result;
    for (const auto& event : *events_)
      if (const auto* match = std::get_if<Event>(&event))
        result.push_back(*match);
    return result;
  }

  /// The numbers that the event stream gave.
  [[nodiscard]] std::vector<std::uint64_t> sequences() const;

private:
  friend class virtual_node;

  std::shared_ptr<std::vector<cluster_event>> events_ =
      std::make_shared<std::vector<cluster_event>>();
  /// Shared, so that no copy keeps the actor alive after its system.
  std::shared_ptr<caf::strong_actor_ptr> actor_ = std::make_shared<caf::strong_actor_ptr>();
};

/// Sets an option of the group "gossip".
using settings = std::vector<std::pair<std::string, caf::config_value>>;

class deterministic_actors;

class virtual_node {
public:
  virtual_node(deterministic_actors& world, std::string id, const settings& options,
               bool with_module);
  ~virtual_node();

  virtual_node(const virtual_node&) = delete;
  virtual_node& operator=(const virtual_node&) = delete;

  caf::actor_system& sys() { return *sys_; }
  caf::scheduler::test_coordinator& scheduler() { return *scheduler_; }
  cluster facade() { return cluster::of(*sys_); }
  module& owner() { return *module::of(*sys_); }
  recording_transport& network() { return *network_; }
  /// Where the node binds to.
  [[nodiscard]] const authority& where() const { return where_; }
  [[nodiscard]] const std::string& id() const { return id_; }

  /// These let everything happen that needs no time.
  answer<void> start();
  answer<void> stop();
  gossiper_status status();
  membership_snapshot snapshot();
  event_stats stats();

  /// Sends a request; its answer may need time.
  template <class T, class Handle, class Message>
  answer<T> ask(const Handle& whom, Message what);

  recorder record();
  recorder subscribed(start_with first = start_with::live);

private:
  deterministic_actors& world_;
  std::string id_;
  authority where_;
  std::shared_ptr<recording_transport> network_;
  caf::actor_system_config cfg_;
  std::optional<caf::actor_system> sys_;
  caf::scheduler::test_coordinator* scheduler_ = nullptr;
  std::vector<recorder> recorders_;
};

class deterministic_actors {
public:
  deterministic_actors() { network.advance(now_); }
  ~deterministic_actors();

  deterministic_actors(const deterministic_actors&) = delete;
  deterministic_actors& operator=(const deterministic_actors&) = delete;

  net::memory_network network;

  /// Makes a node that binds to `at(index)`; `start` starts it.
  virtual_node& add(std::string id, settings options = {}, bool with_module = true);

  /// Ends the node's actor system as `~actor_system` does.
  void remove(virtual_node& node);

  /// The authority of the node that was added as number `index`, from 0 on.
  static authority at(std::size_t index);
  /// The setting that lets a node join through the first one.
  static std::pair<std::string, caf::config_value> through_first();

  [[nodiscard]] time_point now() const { return now_; }
  [[nodiscard]] std::size_t count() const { return added_; }

  /// Runs all actors of all nodes until none has anything to do now.
  void settle();
  /// Lets time pass, from timer to timer.
  void advance(duration span);
  /// Lets time pass while nobody is awake: every timer is late.
  void sleep(duration span) { jump_to(now_ + span); }
  /// Lets time pass until `holds`, for `limit` at the most.
  bool advance_until(const std::function<bool()>& holds, duration limit = 60s);

private:
  void jump_to(time_point moment);
  [[nodiscard]] time_point next_timer() const;

  time_point now_{1h};
  std::size_t added_ = 0;
  std::vector<std::unique_ptr<virtual_node>> nodes_;
};

template <class T, class Handle, class Message>
answer<T> virtual_node::ask(const Handle& whom, Message what) {
  answer<T> result;
  spawn_role(*sys_, [=](caf::event_based_actor* self) mutable {
    const auto failed = [result](const caf::error& why) {
      result.set(tl::unexpected<error>{from_caf(why)});
    };
    auto asked = self->request(whom, caf::infinite, std::move(what));
    if constexpr (std::is_void_v<T>)
      asked.then([result]() { result.set({}); }, failed);
    else
      asked.then([result](T& value) { result.set(std::move(value)); }, failed);
  });
  world_.settle();
  return result;
}

} // namespace caf_gossip::test
