/// All failure detectors by name. A new one is added to the table here and to `detector_names`;
/// the contract tests then cover it.
#pragma once

#include <array>
#include <string_view>

#include "caf_gossip/base/config.hpp"
#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/detector/failure_detector.hpp"

namespace caf_gossip {

struct named_detector {
  /// Value of the setting "detector".
  std::string_view name;
  /// Returns a factory with the options found in a valid `config`.
  detector_factory (*factory)(const config& cfg);
};

/// Returns the table, in the order of `detector_names`.
[[nodiscard]] std::array<named_detector, detector_names.size()> all_detectors();

/// Returns the factory of the detector that `cfg` names. `cfg` need not outlive it. Errors:
/// invalid_config naming the detector and what is allowed.
[[nodiscard]] expected<detector_factory> make_detector_factory(const config& cfg);

} // namespace caf_gossip
