/// The cluster module: what an actor system loads to become a node.
///
/// It uses the slot of the network manager, which CAF 0.17.6 as packaged leaves empty; a system
/// cannot have both this module and CAF's own experimental network manager.
#pragma once

#include <functional>
#include <memory>

#include <caf/actor_system.hpp>
#include <caf/group.hpp>

#include "actors/actor_counter.hpp"
#include "actors/consensus_actor.hpp"
#include "actors/consensus_board.hpp"
#include "actors/event_stream_actor.hpp"
#include "actors/gossiper_actor.hpp"
#include "actors/membership_coordinator_actor.hpp"
#include "actors/shared_gossiper.hpp"
#include "actors/shared_view.hpp"
#include "actors/transport_actor.hpp"
#include "caf_gossip/base/config.hpp"
#include "caf_gossip/base/errc.hpp"

namespace caf_gossip {

/// Makes the network of a node. The default makes an Asio transport.
using transport_factory = std::function<std::shared_ptr<net::transport>(const config&)>;

/// Adds the module, its options and its message types to a configuration. Call it before
/// `cfg.parse`, so that file and command line are understood. Harmless when repeated.
void load(caf::actor_system_config& cfg);

/// The same with another network, for tests.
void load(caf::actor_system_config& cfg, transport_factory make_transport);

/// Owns the actors of this library. They are hidden: they do not keep the system alive, and end
/// with it. Nothing here throws; what goes wrong is kept as `status`.
class module final : public caf::actor_system::module {
public:
  module(caf::actor_system& sys, transport_factory make_transport);

  /// Lets `CAF_MAIN(caf_gossip::module)` load it.
  static caf::actor_system::module* make(caf::actor_system& sys, caf::detail::type_list<>);

  /// Returns the module of a system, or nullptr when none is loaded.
  static module* of(caf::actor_system& sys);

  // -- called by the actor system -----------------------------------------------------------------

  void init(caf::actor_system_config& cfg) override;
  void start() override;
  /// Leaves the cluster for at most `leave-timeout`, then ends all actors and closes all sockets.
  void stop() override;
  id_t id() const override { return network_manager; }
  void* subtype_ptr() override { return this; }

  // -- for the facade -----------------------------------------------------------------------------

  /// Errors: invalid_config, when the configuration could not be read; nothing runs then.
  [[nodiscard]] const expected<config>& status() const { return settings_; }
  [[nodiscard]] const caf::group& events() const { return events_; }
  [[nodiscard]] const gossiper_handle& gossiper_actor_handle() const { return gossiper_; }
  [[nodiscard]] const membership_coordinator_handle& membership() const { return membership_; }
  [[nodiscard]] const event_stream_handle& event_stream() const { return stream_; }
  [[nodiscard]] const transport_handle& transport() const { return transport_; }
  [[nodiscard]] const std::shared_ptr<shared_view>& view() const { return view_; }
  /// Nothing when the configuration could not be read.
  [[nodiscard]] const std::shared_ptr<shared_gossiper>& state() const { return state_; }
  [[nodiscard]] const std::shared_ptr<actor_counter>& counter() const { return counter_; }
  /// Nothing when the configuration could not be read.
  [[nodiscard]] const std::shared_ptr<consensus_board>& consensus() const { return consensus_; }
  [[nodiscard]] const consensus_actor_handle& consensus_actor() const { return consensus_actor_; }

private:
  void spawn_actors(const config& cfg);
  void leave();
  void end(caf::strong_actor_ptr who);

  caf::actor_system& system_;
  transport_factory make_transport_;
  expected<config> settings_;
  std::shared_ptr<shared_view> view_;
  std::shared_ptr<actor_counter> counter_;
  std::shared_ptr<shared_gossiper> state_;
  std::shared_ptr<consensus_board> consensus_;
  caf::group events_;
  event_stream_handle stream_;
  transport_handle transport_;
  membership_coordinator_handle membership_;
  gossiper_handle gossiper_;
  consensus_actor_handle consensus_actor_;
};

} // namespace caf_gossip
