/// IPv4 addresses as numbers: four bytes on the wire instead of up to twenty. Internal to this
/// folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace caf_gossip::wire {

/// Returns a << 24 | b << 16 | c << 8 | d for the host "a.b.c.d". Returns 0 for "0.0.0.0" and for
/// every host that `ipv4_host` would not return letter by letter (names, IPv6, leading zeros).
[[nodiscard]] std::uint32_t ipv4_number(std::string_view host);

/// Returns "a.b.c.d".
[[nodiscard]] std::string ipv4_host(std::uint32_t number);

} // namespace caf_gossip::wire
