#include "caf_gossip/wire/ipv4.hpp"

#include <array>

#include "caf_gossip/wire/text.hpp"

namespace caf_gossip::wire {

std::uint32_t ipv4_number(std::string_view host) {
  std::uint32_t result = 0;
  std::uint32_t part = 0;
  int digits = 0;
  int dots = 0;
  for (const char c : host) {
    if (c >= '0' && c <= '9') {
      // A part has no leading zero and is at most 255.
      part = part * 10 + static_cast<std::uint32_t>(c - '0');
      if (part > 255 || (digits > 0 && part < 10))
        return 0;
      ++digits;
    } else if (c == '.' && digits > 0 && dots < 3) {
      result = (result << 8U) | part;
      part = 0;
      digits = 0;
      ++dots;
    } else {
      return 0;
    }
  }
  return dots == 3 && digits > 0 ? (result << 8U) | part : 0;
}

std::string ipv4_host(std::uint32_t number) {
  std::array<char, sizeof("255.255.255.255.")> text{};
  std::size_t size = 0;
  for (unsigned shift = 32; shift > 0; shift -= 8) {
    const auto part = (number >> (shift - 8)) & 0xffU;
    if (part >= 100)
      text[size++] = static_cast<char>('0' + part / 100);
    if (part >= 10)
      text[size++] = static_cast<char>('0' + part / 10 % 10);
    text[size++] = static_cast<char>('0' + part % 10);
    text[size++] = '.';
  }
  return text_of({text.data(), size - 1});
}

} // namespace caf_gossip::wire
