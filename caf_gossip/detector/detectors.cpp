#include "caf_gossip/detector/detectors.hpp"

#include <memory>

#include "caf_gossip/base/settings.hpp"
#include "caf_gossip/detector/fixed_timeout.hpp"
#include "caf_gossip/detector/overdue_heartbeat.hpp"
#include "caf_gossip/detector/phi_accrual.hpp"

namespace caf_gossip {

namespace {

detector_factory phi_accrual_factory(const config& cfg) {
  const phi_accrual_options options{cfg.phi_threshold, cfg.phi_window, cfg.phi_min_deviation,
                                    cfg.phi_acceptable_pause, cfg.phi_first_estimate};
  return [options](time_point now) { return std::make_unique<phi_accrual>(options, now); };
}

detector_factory fixed_timeout_factory(const config& cfg) {
  return [timeout = cfg.detector_timeout](time_point now) {
    return std::make_unique<fixed_timeout>(timeout, now);
  };
}

detector_factory overdue_heartbeat_factory(const config& cfg) {
  const auto period = cfg.heartbeat_interval * cfg.heartbeat_observers;
  return [period, grace = cfg.probe_timeout](time_point now) {
    return std::make_unique<overdue_heartbeat>(period, grace, now);
  };
}

std::string allowed_names() {
  std::string result{detector_names.front()};
  for (std::size_t i = 1; i < detector_names.size(); ++i)
    result.append(i + 1 < detector_names.size() ? ", " : " and ").append(detector_names[i]);
  return result;
}

} // namespace

std::array<named_detector, detector_names.size()> all_detectors() {
  // Of SWIM only the probes in turn are used: nobody sends heartbeats, so silence means little.
  return {{{detector_names[0], overdue_heartbeat_factory},
           {detector_names[1], phi_accrual_factory},
           {detector_names[2], fixed_timeout_factory},
           {detector_names[3], fixed_timeout_factory}}};
}

expected<detector_factory> make_detector_factory(const config& cfg) {
  for (const auto& [name, factory] : all_detectors())
    if (name == cfg.detector)
      return factory(cfg);
  return fail(errc::invalid_config, refusal_text("detector", show(cfg.detector), allowed_names()));
}

} // namespace caf_gossip
