/// State of members that the membership has not told of yet.
///
/// State and membership travel separately, so a member's state may come first. To refuse it would
/// lose it until the member itself comes by, because whoever relayed it takes it as delivered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/state/message.hpp"

namespace caf_gossip {

class waiting_room {
public:
  static constexpr std::size_t members_max = 1024;
  static constexpr duration patience = std::chrono::seconds{30};

  /// `bytes_max` bounds keys and values together.
  explicit waiting_room(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Keeps the newest entries of the highest incarnation. What does not fit is dropped and counted.
  void add(const node_id& id, const gossip_state::member& what, time_point now);
  /// Returns what is there of this incarnation. Older ones are dropped.
  std::optional<gossip_state::member> take(const node_id& id, std::uint64_t incarnation);
  /// Drops and counts what has waited longer than `patience`.
  void expire(time_point now);
  void clear();

  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
  struct guest {
    gossip_state::member state;
    std::size_t bytes = 0;
    time_point since{};
  };

  void add_entry(guest& to, const std::string& key, const gossip_key_value& what);
  void erase(std::map<node_id, guest>::iterator where);

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::map<node_id, guest> waiting_;
  std::uint64_t dropped_ = 0;
};

} // namespace caf_gossip
