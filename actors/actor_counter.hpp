/// Counts of the actors that run here, by kind: what this node's heartbeats say.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include <caf/fwd.hpp>

#include "caf_gossip/state/member_heartbeat.hpp"

namespace caf_gossip {

/// Thread-safe. Counts by itself the actors that are spawned by name; an application that knows
/// better replaces the source of the counts.
class actor_counter : public std::enable_shared_from_this<actor_counter> {
public:
  using source = std::function<member_heartbeat()>;

  /// Counts an actor from now until it terminates. A kind whose actors are all gone stays, with a
  /// count of 0. Kinds that do not fit into a heartbeat are not counted, but `uncounted` is.
  void count(const std::string& kind, const caf::strong_actor_ptr& who);

  /// Takes the counts from elsewhere from now on; an empty function goes back to the own ones.
  /// `from` is called with every tick, never concurrently with itself by one node; it may throw.
  void replace(source from);

  /// Returns the counts; throws what the source throws.
  [[nodiscard]] member_heartbeat read() const;

  /// Actors whose kind had no room or no valid name.
  [[nodiscard]] std::uint64_t uncounted() const;

private:
  bool add(const std::string& kind);
  void remove(const std::string& kind);

  mutable std::mutex mutex_;
  member_heartbeat counts_;
  source source_;
  std::uint64_t uncounted_ = 0;
};

/// Lets the actors that are spawned by name in systems of this configuration be counted, all but
/// the factory `except`. Harmless when repeated. A system without the module counts nothing.
void count_spawns_by_name(caf::actor_system_config& cfg, const std::string& except);

} // namespace caf_gossip
