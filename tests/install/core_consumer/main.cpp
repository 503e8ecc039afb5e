// Uses the installed core as a project without CAF, Asio and FlatBuffers does.

#include <iostream>

#include <caf_gossip/base/authority.hpp>
#include <caf_gossip/membership/record.hpp>

int main() {
  const auto where = caf_gossip::parse_authority("[::1]:4711");
  if (!where) {
    std::cerr << to_string(where.error()) << '\n';
    return 1;
  }
  const caf_gossip::record older{"a", *where, 1, 1, caf_gossip::member_status::up, {}};
  auto newer = older;
  newer.status = caf_gossip::member_status::dead;
  if (caf_gossip::compare(older, newer) >= 0) {
    std::cerr << "a verdict must be newer than what it is about\n";
    return 1;
  }
  std::cout << to_string(newer) << '\n';
}
