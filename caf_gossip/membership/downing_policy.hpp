/// When is a suspect dead? The one place that decides a death nobody ordered.
#pragma once

#include <cstddef>

#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/record.hpp"
#include "caf_gossip/membership/testimony.hpp"

namespace caf_gossip {

/// What a verdict about a member depends on besides the accusations.
struct circumstances {
  /// So many members could accuse it.
  std::size_t observers = 0;
  /// So many others observe it and can be believed, so that they would find out too.
  std::size_t witnesses = 0;
  /// It has come back from such accusations too often of late (flap_damping.hpp).
  bool flapping = false;

  friend bool operator==(const circumstances&, const circumstances&) = default;
};

/// Two independent refusals, or one when there is one observer, prove that a process is gone.
[[nodiscard]] bool are_proof(const testimony& said, const circumstances& given);

class downing_policy {
public:
  virtual ~downing_policy() = default;

  /// Returns the moment at which a member that is suspect since `since` is dead; `never` = not as
  /// things are. `said` is what its observers say. Asked again at every change.
  [[nodiscard]] virtual time_point down_at(const record& suspect, time_point since,
                                           const testimony& said,
                                           const circumstances& given) const = 0;
};

/// A time that shrinks with every independent accuser (Lifeguard 4.2), and with what they found.
///
/// * With proof (`are_proof`) the verdict is due at once.
/// * One accuser alone is not believed while two others could confirm it: its own link may be bad.
/// * A flapping member has had its time to refute, so three accusers, or all, are enough at once.
/// * A host that takes connections is alive, so its process may only be paused: the longest time.
/// * Otherwise longest - (longest - shortest) * log(C + 1) / log(K + 1), with C further accusers of
///   K wanted ones; the shortest when there is nobody who could confirm.
/// * Who has no accusation at hand leaves the verdict to those that have; the longest time where
/// fewer
///   than two others could bring one.
class suspicion_timeout : public downing_policy {
public:
  struct options {
    duration longest = std::chrono::seconds{6};
    /// Not more than `longest` counts.
    duration shortest = std::chrono::milliseconds{1000};
    std::size_t confirmations = 2;
  };

  explicit suspicion_timeout(const options& how) : how_(how) {}

  [[nodiscard]] time_point down_at(const record& suspect, time_point since, const testimony& said,
                                   const circumstances& given) const override;

private:
  options how_;
};

} // namespace caf_gossip
