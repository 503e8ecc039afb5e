/// `host:port`, the address that gossip for a node is sent to.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "caf_gossip/base/errc.hpp"

namespace caf_gossip {

/// Longest host name accepted (RFC 1035, 2.3.4: 253 visible characters, rounded up).
inline constexpr std::size_t host_bytes_max = 255;

/// An IPv6 host is kept without its brackets; `to_string` puts them back.
struct authority {
  std::string host;
  std::uint16_t port = 0;

  friend auto operator<=>(const authority&, const authority&) = default;
};

[[nodiscard]] std::string to_string(const authority& where);

/// Reads "host:port", "1.2.3.4:port" or "[::1]:port". Port 0 is accepted: it means "let the
/// kernel choose" when binding. Errors: invalid_config naming the text and what is allowed.
[[nodiscard]] expected<authority> parse_authority(std::string_view text);

/// Tells whether `where` can be sent to: a host within its bounds and a port that is not 0.
[[nodiscard]] bool is_reachable(const authority& where);

} // namespace caf_gossip
