/// When is a suspect dead? The one place that decides a death nobody ordered.
#pragma once

#include "caf_gossip/base/time.hpp"
#include "caf_gossip/membership/record.hpp"

namespace caf_gossip {

class downing_policy {
public:
  virtual ~downing_policy() = default;

  /// Returns the moment at which a member that is suspect since `since` is dead; `never` = not by
  /// itself. Asked again at every change, so it may use what it knows at that time.
  [[nodiscard]] virtual time_point down_at(const record& suspect, time_point since) const = 0;
};

/// Dead when it has not refuted within a fixed time (SWIM 4.2).
class suspicion_timeout : public downing_policy {
public:
  explicit suspicion_timeout(duration limit) : limit_(limit) {}

  [[nodiscard]] time_point down_at(const record&, time_point since) const override {
    return since + limit_;
  }

private:
  duration limit_;
};

} // namespace caf_gossip
