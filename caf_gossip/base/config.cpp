#include "caf_gossip/base/config.hpp"

#include "caf_gossip/base/settings.hpp"

namespace caf_gossip {

namespace {

auto refuse(std::string_view name, const std::string& value, const std::string& allowed_text) {
  return fail(errc::invalid_config, refusal_text(name, value, allowed_text));
}

expected<void> check_bounds(const config& cfg) {
  expected<void> result;
  for_each_setting(cfg, [&result](const setting& what, const auto& value) {
    if (result && !accepts(what, value))
      result = refuse(what.name, show(value), allowed(what, value));
  });
  return result;
}

/// Rules between two settings that are both within their bounds.
expected<void> check_relations(const config& cfg) {
  // So that in each message there is room for any entry of this member and for any of the others.
  constexpr std::uint32_t key_and_overhead = 1024;
  const auto message_min = 2 * (cfg.state_value_bytes_max + key_and_overhead);
  if (cfg.state_message_bytes_max < message_min)
    return refuse("state-message-bytes-max", show(cfg.state_message_bytes_max),
                  "at least " + show(message_min)
                      + ", twice the sum of state-value-bytes-max and 1024");
  if (cfg.heartbeat_expiration && *cfg.heartbeat_expiration <= cfg.gossip_interval)
    return refuse("heartbeat-expiration", show(cfg.heartbeat_expiration),
                  "times longer than gossip.interval = " + show(cfg.gossip_interval)
                      + ", or disabled");
  if (cfg.join_retry_min > cfg.join_retry_max)
    return refuse("join-retry-min", show(cfg.join_retry_min),
                  "times up to gossip.join-retry-max = " + show(cfg.join_retry_max));
  if (cfg.tombstone_ttl < cfg.quarantine_ttl)
    return refuse("tombstone-ttl", show(cfg.tombstone_ttl),
                  "times from gossip.quarantine-ttl = " + show(cfg.quarantine_ttl) + " on");
  return {};
}

} // namespace

expected<void> validate(const config& cfg) {
  return check_bounds(cfg).and_then([&cfg] { return check_relations(cfg); });
}

config protoactor_go() {
  config result;
  result.gossip_interval = milliseconds{300};
  result.gossip_request_timeout = milliseconds{500};
  result.gossip_fan_out = 3;
  result.gossip_max_send = 50;
  result.heartbeat_expiration = milliseconds{20000};
  result.gossip_actor_name = "gossip";
  return result;
}

} // namespace caf_gossip
