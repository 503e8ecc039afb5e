/// The members that this node watches, each with its own failure detector.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/detector/failure_detector.hpp"

namespace caf_gossip {

class observation {
public:
  struct finding {
    node_id id;
    double suspicion = 0.0;
    duration silent_for{};
  };

  /// Signs of life closer together than `resolution` count once, so that a burst of messages does
  /// not look like a fast rhythm of heartbeats.
  observation(detector_factory make_detector, duration resolution)
      : make_detector_(std::move(make_detector)), resolution_(resolution) {}

  /// Watches exactly these members, whose heartbeats come every `period`. Known incarnations keep
  /// their history, new ones start at `now`.
  void watch(const std::vector<member_ref>& members, duration period, time_point now);

  /// A heartbeat came from a member. Harmless for members that are not watched.
  void heartbeat(const node_id& id, time_point now);

  /// Another sign of life of a member came.
  void heard(const node_id& id, time_point now);

  /// Takes everybody as heard at `now`: after a pause of this process its own silence says nothing
  /// about others.
  void forgive(time_point now);

  /// Returns the watched members whose detector says that they have failed.
  [[nodiscard]] std::vector<finding> failed(time_point now) const;

  /// Returns the time since the last sign of life; 0 for members that are not watched.
  [[nodiscard]] duration silence_of(const node_id& id, time_point now) const;

  /// Are there several members to watch, and has none of them been heard? Then it may well be this
  /// node that is cut off.
  [[nodiscard]] bool hears_nobody(time_point now) const;

  [[nodiscard]] bool watches(const node_id& id) const { return watched_.contains(id); }
  [[nodiscard]] bool empty() const { return watched_.empty(); }
  void clear() { watched_.clear(); }

private:
  struct watched {
    std::uint64_t incarnation = 0;
    std::unique_ptr<failure_detector> detector;
  };

  detector_factory make_detector_;
  duration resolution_;
  std::map<node_id, watched> watched_;
};

} // namespace caf_gossip
