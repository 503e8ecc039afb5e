/// Can this node hear the others? A check of one member after the other.
///
/// A member that others reach, while its own answers never arrive here, is out of hearing. One of
/// them may have a bad link to this node; several different ones mean that it is this node that is
/// hard of hearing. Only bookkeeping: who is asked when, and what follows, is the coordinator's
/// business.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "caf_gossip/base/member_ref.hpp"

namespace caf_gossip {

class hearing {
public:
  /// A member is out of hearing when so many probes in a row were answered through others only. One
  /// could be lost packets: with 30 % loss that is one probe in five.
  static constexpr int misses_max = 4;
  /// So many members count, the last ones that were checked.
  static constexpr std::size_t findings_max = 8;
  /// With so many of them out of hearing this node is hard of hearing.
  static constexpr std::size_t limit = 3;
  /// Checks at once; more find no room.
  static constexpr std::size_t checks_max = 16;

  /// A check of a member begins. Returns whether there was room for it.
  bool begin(const node_id& who);

  /// A frame came from a member itself.
  void heard(const node_id& who);

  /// Only others have reached it.
  void missed(const node_id& who);

  /// It is no member any more.
  void forget(const node_id& who);
  void clear();

  [[nodiscard]] bool is_hard() const { return out_of_hearing() >= limit; }
  /// Somebody seems to be out of hearing, and whose fault that is shows only when more are checked.
  [[nodiscard]] bool is_in_doubt() const;
  [[nodiscard]] bool checks(const node_id& who) const { return open_.contains(who); }
  /// Members whose checks have not come to an end.
  [[nodiscard]] std::vector<node_id> open() const;

private:
  [[nodiscard]] std::size_t out_of_hearing() const;
  void find(const node_id& who, bool out);

  /// Misses in a row.
  std::map<node_id, int> open_;
  /// Oldest first: out of hearing?
  std::deque<std::pair<node_id, bool>> findings_;
};

} // namespace caf_gossip
