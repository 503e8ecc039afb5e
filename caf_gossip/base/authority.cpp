#include "caf_gossip/base/authority.hpp"

#include <algorithm>
#include <charconv>

namespace caf_gossip {

namespace {

bool valid_host(std::string_view host) {
  return !host.empty() && host.size() <= host_bytes_max
         && std::all_of(host.begin(), host.end(), [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                     || c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
            });
}

auto malformed(std::string_view text) {
  return fail(errc::invalid_config,
              "'" + std::string{text}
                  + "' is not an authority; allowed are host:port, 1.2.3.4:port and [ipv6]:port "
                    "with a port of 0 to 65535");
}

} // namespace

std::string to_string(const authority& where) {
  const bool ipv6 = where.host.find(':') != std::string::npos;
  const auto host = ipv6 ? "[" + where.host + "]" : where.host;
  return host + ":" + std::to_string(where.port);
}

expected<authority> parse_authority(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return malformed(text);
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  if (bracketed != (host.find(':') != std::string_view::npos) || !valid_host(host))
    return malformed(text);
  authority result{std::string{host}, 0};
  const auto* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, result.port);
  if (digits.empty() || parsed.ec != std::errc{} || parsed.ptr != end)
    return malformed(text);
  return result;
}

bool is_reachable(const authority& where) {
  return where.port != 0 && valid_host(where.host);
}

} // namespace caf_gossip
