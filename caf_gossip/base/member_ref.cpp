#include "caf_gossip/base/member_ref.hpp"

#include <algorithm>

namespace caf_gossip {

bool is_valid_node_id(const node_id& id) {
  return !id.empty() && id.size() <= node_id_bytes_max
         && std::none_of(id.begin(), id.end(), [](char c) {
              const auto byte = static_cast<unsigned char>(c);
              return byte < 0x20 || byte == 0x7f;
            });
}

std::string to_string(const member_ref& who) {
  return who.id + "#" + std::to_string(who.incarnation) + "@" + to_string(who.address);
}

} // namespace caf_gossip
