// Uses the installed package from outside: an address, bytes, a socket.

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include <caf_gossip/base/authority.hpp>
#include <caf_gossip/net/asio_transport.hpp>
#include <caf_gossip/wire/codec.hpp>

namespace {

void require(bool holds, const std::string& what) {
  if (holds)
    return;
  std::cerr << "failed: " << what << '\n';
  std::exit(1);
}

caf_gossip::authority parses_an_authority() {
  const auto where = caf_gossip::parse_authority("127.0.0.1:0");
  require(where.has_value(), "parse an authority");
  return *where;
}

void encodes_a_frame() {
  caf_gossip::wire::frame sent;
  sent.head.cluster = "caf-gossip";
  sent.head.sender = {"consumer", 1, {"127.0.0.1", 4711}};
  sent.body = caf_gossip::membership_payload{caf_gossip::heartbeat{1}};
  const auto bytes = caf_gossip::wire::encode(sent, 1400);
  require(bytes.has_value(), "encode a frame");
  const auto received = caf_gossip::wire::decode(*bytes, 1400);
  require(received.has_value() && *received == sent, "decode the same frame");
}

void starts_and_stops_a_transport(const caf_gossip::authority& where) {
  caf_gossip::net::asio_transport sockets{caf_gossip::net::transport_config{}};
  const auto bound = sockets.start(where);
  require(bound.has_value() && bound->port != 0, "start a transport");
  require(sockets.poll().empty(), "nothing has arrived");
  sockets.stop();
  std::cout << "was reachable at " << to_string(*bound) << '\n';
}

} // namespace

int main() {
  const auto where = parses_an_authority();
  encodes_a_frame();
  starts_and_stops_a_transport(where);
}
