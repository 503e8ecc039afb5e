/// Can this node hear the others? A check of one member after the other.
///
/// A member that others reach, while its own answers never arrive here, is out of hearing. One of
/// them may have a bad link to this node; several different ones mean that it is this node that is
/// hard of hearing. Only bookkeeping: who is asked when, and what follows, is the coordinator's
/// business.
#pragma once

#include <cstddef>
#include <cstdint>
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
  static constexpr std::size_t findings_max = 16;
  /// With so many of them out of hearing, and `share` of all, this node is hard of hearing. Those
  /// that it watches are checked most often; a few bad links to them are no large share.
  static constexpr std::size_t limit = 3;
  static constexpr double share = 0.375;
  /// After so many findings one member that is out of hearing is no reason for doubt any more.
  static constexpr std::size_t findings_without_doubt = 8;
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

  [[nodiscard]] bool is_hard() const;
  /// Somebody seems to be out of hearing, and whose fault that is shows only when more are checked.
  [[nodiscard]] bool is_in_doubt() const;
  /// Members whose checks have not come to an end.
  [[nodiscard]] std::vector<node_id> open() const;
  /// Checks that found no room.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
  [[nodiscard]] std::size_t out_of_hearing() const;
  void find(const node_id& who, bool out);

  /// Misses in a row.
  std::map<node_id, int> open_;
  /// Oldest first: out of hearing?
  std::deque<std::pair<node_id, bool>> findings_;
  std::uint64_t refused_ = 0;
};

} // namespace caf_gossip
