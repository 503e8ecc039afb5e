#include "caf_gossip/base/errc.hpp"

#include <array>

namespace caf_gossip {

namespace {

constexpr std::array<std::string_view, errc_count> names{
    "none",
    "already_started",
    "not_started",
    "already_stopped",
    "invalid_config",
    "state_not_found",
    "timeout",
    "network_error",
    "invalid_state",
    "invalid_transition",
    "unknown_authority",
    "authority_conflict",
    "quarantined",
    "send_failed",
    "invalid_topology",
    "disabled",
    "wrong_cluster",
    "wrong_protocol",
    "stale_incarnation",
    "limit_reached",
    "blocked",
    "invalid_argument",
    "connection_refused",
    "unreachable",
};

} // namespace

std::string_view to_string(errc code) {
  const auto index = static_cast<std::size_t>(code);
  return index < names.size() ? names[index] : std::string_view{"unknown"};
}

std::optional<errc> to_errc(std::uint8_t value) {
  if (value >= errc_count)
    return std::nullopt;
  return static_cast<errc>(value);
}

std::string to_string(const error& what) {
  std::string result{to_string(what.code)};
  if (!what.text.empty())
    result.append(": ").append(what.text);
  return result;
}

} // namespace caf_gossip
