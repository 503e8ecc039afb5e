#include "caf_gossip/base/printable.hpp"

#include <algorithm>

namespace caf_gossip {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string printable(std::string_view text) {
  std::string result{text.substr(0, repeated_bytes_max)};
  std::replace_if(result.begin(), result.end(), is_control, '?');
  return text.size() > repeated_bytes_max ? result + "..." : result;
}

} // namespace caf_gossip
