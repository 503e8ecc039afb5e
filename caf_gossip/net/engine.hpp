/// One run of the network: a thread, the sockets on one port, and the peers.
#pragma once

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <thread>

#include "caf_gossip/base/random.hpp"
#include "caf_gossip/net/connection_table.hpp"
#include "caf_gossip/net/counters.hpp"
#include "caf_gossip/net/datagram_socket.hpp"
#include "caf_gossip/net/identity.hpp"
#include "caf_gossip/net/ledger.hpp"
#include "caf_gossip/net/listener.hpp"
#include "caf_gossip/net/peer.hpp"
#include "caf_gossip/net/probe_table.hpp"
#include "caf_gossip/net/reply_routes.hpp"
#include "caf_gossip/net/resolver.hpp"

namespace caf_gossip::net {

/// Everything private happens on the thread of the engine. It is used once: started, stopped,
/// destroyed.
class engine final : stream_listener, datagram_listener, peer_host {
public:
  engine(const transport_config& cfg, counters& numbers, identity& name, inbound_queue& incoming,
         outbox& outgoing);

  ~engine() override;

  /// Binds TCP and UDP to one port, starts the thread and opens the outbox.
  expected<authority> start(const authority& where);

  /// Closes the outbox and everything else, and joins the thread.
  void stop();

private:
  // -- start and stop ---------------------------------------------------------------------------

  expected<std::uint16_t> bind(const authority& where);
  boost::system::error_code bind(const boost::asio::ip::address& where, std::uint16_t port);
  void run();
  void close_all();

  // -- outgoing ---------------------------------------------------------------------------------

  void drain_outbox();
  void dispatch(queued_frame what, time_point now);
  peer& peer_of(const authority& target, time_point now);
  void evict_peers(time_point now);
  void sweep_peers();

  // -- incoming ---------------------------------------------------------------------------------

  /// Decodes, judges and collects. Returns what has to be answered, if anything.
  std::optional<wire::bytes> receive(std::span<const std::uint8_t> data, stream_connection* from,
                                     rate_limit& answers);
  std::optional<wire::bytes> refusal(const wire::frame& what, rate_limit& answers);
  void remember_route(const wire::frame& what, const stream_connection& from);
  void arm_request_timer();

  // -- stream_listener --------------------------------------------------------------------------

  void on_frame(stream_connection& from, std::span<const std::uint8_t> data) override;
  void on_broken(stream_connection& from, wire::decode_error why) override;
  void on_written(stream_connection& to, const queued_frame& what) override;
  void on_closed(stream_connection& which, const std::string& reason, bool timed_out,
                 std::deque<queued_frame> unsent) override;
  std::span<std::uint8_t> scratch() override { return scratch_; }

  // -- datagram_listener ------------------------------------------------------------------------

  void on_datagram(std::span<const std::uint8_t> data,
                   const boost::asio::ip::udp::endpoint& from) override;
  void on_datagram_written(const queued_frame& what) override;
  void on_datagram_failed(const queued_frame& what, const error& why) override;

  // -- peer_host --------------------------------------------------------------------------------

  boost::asio::io_context& io() override { return io_; }
  const transport_config& cfg() const override { return cfg_; }
  resolver& names() override { return resolver_; }
  random_source& random() override { return random_; }
  std::shared_ptr<stream_connection> adopt(boost::asio::ip::tcp::socket connected,
                                           const authority& target) override;
  bool send_datagram(queued_frame& what, const boost::asio::ip::address& to) override;
  void on_failed(const queued_frame& what, const error& why) override;
  void on_turn_done() override;

  const transport_config& cfg_;
  counters& counters_;
  identity& identity_;
  outbox& outbox_;
  random_source random_;
  // Before everything that has handlers in it, so that it is destroyed after them.
  boost::asio::io_context io_{1};
  ledger ledger_;
  reply_routes routes_;
  connection_table connections_;
  listener listener_;
  datagram_socket datagrams_;
  rate_limit datagram_rejects_;
  resolver resolver_;
  std::map<authority, std::shared_ptr<peer>> peers_;
  probe_table probes_;
  boost::asio::steady_timer request_timer_;
  time_point request_timer_armed_ = never;
  boost::asio::steady_timer sweep_timer_;
  bool stopping_ = false;
  std::array<std::uint8_t, 65536> scratch_;
  std::thread thread_;
};

} // namespace caf_gossip::net
