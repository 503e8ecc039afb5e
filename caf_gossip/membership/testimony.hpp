/// Who has found a member failed by a probe of its own, and with what evidence.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/membership/message.hpp"

namespace caf_gossip {

/// What the accusations of one member amount to.
struct testimony {
  /// Those whose word counts.
  std::size_t accusers = 0;
  /// So many were refused a connection: proof, whoever says so.
  std::size_t refusals = 0;
  /// Somebody found its host alive.
  bool host_alive = false;

  friend bool operator==(const testimony&, const testimony&) = default;
};

/// One case per suspect, one statement per accuser; the last one counts, but that a host was found
/// alive is not taken back by silence.
class testimonies {
public:
  /// More accusers of one member say nothing new.
  static constexpr std::size_t accusers_max = 32;

  /// Returns whether this changed anything. A higher version of the subject's record begins a new
  /// case, a statement about a lower one is not taken.
  bool add(const member_ref& subject, std::uint64_t version, const node_id& accuser,
           evidence found);

  /// The subject is not suspect any more.
  void close(const node_id& subject) { cases_.erase(subject); }
  void clear() { cases_.clear(); }

  /// Returns what is said about the subject in exactly this incarnation and version, by accusers
  /// whose word counts.
  [[nodiscard]] testimony about(const node_id& subject, std::uint64_t incarnation,
                                std::uint64_t version,
                                const std::function<bool(const node_id&)>& counts = {}) const;

  [[nodiscard]] std::size_t size() const { return cases_.size(); }
  /// Statements that found no room.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
  struct open_case {
    std::uint64_t incarnation = 0;
    std::uint64_t version = 0;
    std::map<node_id, evidence> statements;
  };

  std::map<node_id, open_case> cases_;
  std::uint64_t refused_ = 0;
};

} // namespace caf_gossip
