#include "caf_gossip/wire/text.hpp"

namespace caf_gossip::wire {

std::string text_of(std::string_view text) {
  return std::string{text};
}

void assign(std::string& to, std::string_view text) {
  to.assign(text);
}

} // namespace caf_gossip::wire
