/// The probes that are under way: first directly, then through others and over a stream of its own
/// (SWIM 3.1; memberlist's TCP ping), then a verdict with what was found.
///
/// Only the bookkeeping: who sends and what follows is the coordinator's business.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/message.hpp"

namespace caf_gossip {

struct probe {
  member_ref subject;
  /// Of the datagram, of the requests to helpers, and of the stream. 0 = not sent.
  std::uint64_t direct = 0;
  std::uint64_t indirect = 0;
  std::uint64_t stream = 0;
  time_point deadline = never;
  /// Helpers that were asked, and those that said at least that they are alive.
  std::size_t asked = 0;
  std::size_t answered = 0;
  /// It is only about whether this node hears the subject (hearing.hpp): its failure accuses
  /// nobody.
  bool is_check = false;
  /// How the stream failed; nothing while it has not.
  std::optional<evidence> found;

  [[nodiscard]] bool widened() const { return stream != 0; }
};

class prober {
public:
  /// More probes at once are refused: who has to doubt so many should doubt itself.
  static constexpr std::size_t probes_max = 64;

  /// Opens a probe. Returns nullptr when one of this member is open or there are too many.
  probe* begin(const member_ref& subject, std::uint64_t correlation, time_point deadline);

  [[nodiscard]] probe* find(const node_id& subject);
  /// Finds the probe that one of these numbers belongs to; 0 belongs to none.
  [[nodiscard]] probe* find(std::uint64_t correlation);

  /// Ends a probe. Returns it, if it was open.
  std::optional<probe> end(const node_id& subject);
  void clear() { open_.clear(); }

  /// Returns the subjects whose deadline has come.
  [[nodiscard]] std::vector<node_id> due(time_point now) const;
  [[nodiscard]] time_point next_deadline() const;
  [[nodiscard]] std::size_t size() const { return open_.size(); }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
  std::map<node_id, probe> open_;
  std::uint64_t refused_ = 0;
};

/// Returns what the failure of a stream of its own says about the member behind it.
[[nodiscard]] evidence evidence_of(errc failure);

} // namespace caf_gossip
