// Uses the installed package from outside: an address, bytes, a socket, and a whole node as the
// README shows it.

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include <actors/cluster.hpp>
#include <actors/module.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
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

// A message type of the user's own, without a type id.
struct member_count {
  std::size_t members = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, member_count& x) {
  return f(x.members);
}

caf::behavior count_members(caf::event_based_actor* self, const caf_gossip::cluster& cluster,
                            const caf::actor& observer) {
  self->set_default_handler(caf::drop); // there are more kinds of events
  cluster.subscribe(caf::actor_cast<caf::strong_actor_ptr>(self), caf_gossip::start_with::snapshot);
  return {
      [=](const caf_gossip::topology_updated& event) {
        self->send(observer, member_count{event.update.members.size()});
      },
  };
}

void forms_a_cluster_and_leaves_it() {
  caf::actor_system_config cfg;
  cfg.add_message_type<member_count>("member_count");
  cfg.set("scheduler.policy", caf::atom("sharing"));
  caf_gossip::load(cfg);
  caf::actor_system sys{cfg};
  auto cluster = caf_gossip::cluster::of(sys);
  caf::scoped_actor self{sys};
  const auto listener = sys.spawn(count_members, cluster, caf::actor{self});
  require(cluster.start().has_value(), "start a node");
  self->receive([](const member_count& now) { require(now.members == 1, "see itself"); });
  require(cluster.await_joined(std::chrono::seconds{5}).has_value(), "be joined");
  require(cluster.members().size() == 1, "list itself");
  require(cluster.set("count", member_count{7}).has_value(), "publish a value");
  const auto counts = cluster.get<member_count>("count");
  require(counts && counts->at(cluster.self().id).members == 7, "read it");
  require(cluster.await_converged(std::chrono::seconds{5}).has_value(), "be sure of it");
  require(cluster.stop().has_value(), "leave");
  caf::anon_send_exit(listener, caf::exit_reason::user_shutdown);
}

} // namespace

int main() {
  const auto where = parses_an_authority();
  encodes_a_frame();
  starts_and_stops_a_transport(where);
  forms_a_cluster_and_leaves_it();
}
