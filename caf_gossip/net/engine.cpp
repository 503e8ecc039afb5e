#include "caf_gossip/net/engine.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>
#include <system_error>
#include <vector>

namespace caf_gossip::net {

namespace {

namespace asio = boost::asio;

using failure_code = boost::system::error_code;

/// Attempts to find a port that is free for TCP and UDP.
constexpr int bind_attempts = 16;

/// Requests over streams whose answers are still to be sent.
constexpr std::size_t routes_max = 16384;

/// Longest wait for look-ups when stopping; afterwards their threads are left behind.
constexpr std::chrono::milliseconds resolver_patience{50};

/// Tells frames of the transport itself, which have no target, from those that were sent.
bool is_own(const queued_frame& what) {
  return what.target.host.empty();
}

time_point now() {
  return std::chrono::steady_clock::now();
}

} // namespace

engine::engine(const transport_config& cfg, counters& numbers, identity& name,
               inbound_queue& incoming, outbox& outgoing)
    : cfg_(cfg),
      counters_(numbers),
      identity_(name),
      outbox_(outgoing),
      random_(std::random_device{}()),
      ledger_(outgoing, incoming, numbers, cfg.request_timeout),
      routes_(routes_max, cfg.request_timeout),
      connections_(cfg, numbers, *this),
      listener_(io_),
      datagrams_(io_, *this),
      datagram_rejects_(cfg.rejects_per_second_max),
      resolver_(io_),
      probes_(*this, outgoing),
      request_timer_(io_),
      sweep_timer_(io_) {}

engine::~engine() {
  stop();
}

// -- start and stop -----------------------------------------------------------------------------

expected<authority> engine::start(const authority& where) {
  const auto port = bind(where);
  if (!port)
    return tl::unexpected{port.error()};
  const authority bound{where.host, *port};
  identity_.reset(bound);
  try {
    thread_ = std::thread{[this] { run(); }};
  } catch (const std::system_error& failure) {
    return fail(errc::network_error,
                "cannot start a thread for " + to_string(bound) + ": " + failure.what());
  }
  outbox_.open([this] { asio::post(io_, [this] { drain_outbox(); }); });
  return bound;
}

expected<std::uint16_t> engine::bind(const authority& where) {
  const auto found = resolve_now(where.host);
  if (!found)
    return tl::unexpected{found.error()};
  failure_code failure;
  for (const auto& address : *found) {
    failure = bind(address, where.port);
    // A port that the kernel chose for TCP may be taken for UDP; the next one may not be.
    for (int i = 1; failure && where.port == 0 && i < bind_attempts; ++i)
      failure = bind(address, where.port);
    if (!failure)
      return listener_.port();
  }
  return fail(errc::network_error, "cannot bind to " + to_string(where) + ": " + failure.message());
}

failure_code engine::bind(const asio::ip::address& where, std::uint16_t port) {
  if (const auto failure = listener_.open({where, port}))
    return failure;
  const auto failure = datagrams_.open({where, listener_.port()});
  if (failure)
    listener_.close();
  return failure;
}

void engine::run() {
  listener_.start([this](auto socket) { connections_.accept(std::move(socket)); },
                  [this] { connections_.make_room(); });
  datagrams_.start();
  sweep_peers();
  io_.run();
}

void engine::stop() {
  if (!thread_.joinable())
    return;
  counters_.discarded_at_stop += outbox_.close();
  asio::post(io_, [this] {
    close_all();
    io_.stop();
  });
  thread_.join();
  resolver_.stop(resolver_patience);
}

void engine::close_all() {
  stopping_ = true;
  ledger_.discard();
  listener_.close();
  datagrams_.close();
  for (auto& [target, item] : peers_)
    item->close("the transport stops");
  probes_.close_all("the transport stops");
  connections_.close_all("the transport stops");
  request_timer_.cancel();
  sweep_timer_.cancel();
}

// -- outgoing -----------------------------------------------------------------------------------

void engine::drain_outbox() {
  const auto when = now();
  for (auto& item : outbox_.take()) {
    ledger_.accept(item, when);
    dispatch(std::move(item), when);
  }
  if (outbox_.take_crowded())
    evict_peers(when);
  on_turn_done();
}

void engine::dispatch(queued_frame what, time_point when) {
  if (what.via == channel::new_stream) {
    probes_.start(std::move(what));
    return;
  }
  if (what.correlation != 0 && !what.expects_reply) {
    if (const auto route = routes_.take(what.correlation, what.target, when)) {
      if (const auto connection = connections_.find(*route)) {
        connection->send(std::move(what));
        return;
      }
    }
  }
  auto& target = peer_of(what.target, when);
  target.send(std::move(what), when);
}

peer& engine::peer_of(const authority& target, time_point when) {
  auto found = peers_.find(target);
  if (found != peers_.end())
    return *found->second;
  if (peers_.size() >= cfg_.peers_max - cfg_.peers_max / 8)
    evict_peers(when);
  found =
      peers_.emplace(target, std::make_shared<peer>(target, static_cast<peer_host&>(*this))).first;
  return *found->second;
}

// Makes room for new peers before the outbox has to refuse them: the longest unused eighth goes.
void engine::evict_peers(time_point when) {
  using entry = std::pair<time_point, authority>;
  std::vector<entry> candidates;
  for (const auto& [target, item] : peers_)
    if (item->used() + cfg_.request_timeout < when)
      candidates.emplace_back(item->used(), target);
  std::sort(candidates.begin(), candidates.end());
  candidates.resize(std::min(candidates.size(), cfg_.peers_max / 8 + 1));
  for (const auto& [used, target] : candidates) {
    if (!outbox_.forget(target))
      continue;
    peers_.at(target)->close("made room for another peer");
    peers_.erase(target);
  }
}

void engine::sweep_peers() {
  const auto when = now();
  for (auto i = peers_.begin(); i != peers_.end();) {
    const auto current = i++;
    if (current->second->idle(when) && current->second->used() + cfg_.idle_timeout <= when
        && outbox_.forget(current->first))
      peers_.erase(current);
  }
  sweep_timer_.expires_after(std::max(cfg_.idle_timeout / 2, std::chrono::milliseconds{10}));
  sweep_timer_.async_wait([this](const failure_code& cancelled) {
    if (!cancelled)
      sweep_peers();
  });
}

void engine::arm_request_timer() {
  const auto when = ledger_.next_deadline();
  if (when >= request_timer_armed_)
    return;
  request_timer_armed_ = when;
  request_timer_.expires_at(when);
  request_timer_.async_wait([this](const failure_code& cancelled) {
    if (cancelled)
      return;
    request_timer_armed_ = never;
    ledger_.expire(now());
    on_turn_done();
  });
}

// -- incoming -----------------------------------------------------------------------------------

std::optional<wire::bytes> engine::receive(std::span<const std::uint8_t> data,
                                           stream_connection* from, rate_limit& answers) {
  auto decoded = wire::decode(data, cfg_.frame_bytes_max);
  if (!decoded) {
    counters_.count(decoded.error());
    if (decoded.error() != wire::decode_error::wrong_version)
      return std::nullopt;
    return refusal(refusal_of_version(cfg_.cluster_name, identity_.self()), answers);
  }
  const auto* stream_to = from != nullptr && from->target() ? &*from->target() : nullptr;
  const auto judged = ledger_.judge(*decoded, cfg_.cluster_name, stream_to);
  if (judged == verdict::refuse)
    return refusal(refusal_of(*decoded, cfg_.cluster_name, identity_.self()), answers);
  if (judged == verdict::ignore)
    return std::nullopt;
  if (from != nullptr)
    connections_.prove(*from);
  if (from != nullptr && from->accepted() && judged == verdict::deliver)
    remember_route(*decoded, *from);
  ledger_.deliver(std::move(*decoded), data.size());
  return std::nullopt;
}

std::optional<wire::bytes> engine::refusal(const wire::frame& what, rate_limit& answers) {
  if (!answers.allow(now()))
    return std::nullopt;
  auto data = wire::encode(what, cfg_.frame_bytes_max);
  if (!data)
    return std::nullopt;
  ++counters_.rejects_sent;
  return std::move(*data);
}

void engine::remember_route(const wire::frame& what, const stream_connection& from) {
  if (what.head.correlation != 0 && !std::holds_alternative<wire::reject>(what.body))
    routes_.remember(what.head.correlation, what.head.sender.address, from.number(), now());
}

// -- stream_listener ----------------------------------------------------------------------------

void engine::on_frame(stream_connection& from, std::span<const std::uint8_t> data) {
  counters_.bytes_received += data.size();
  if (auto answer = receive(data, &from, from.rejects()))
    from.send(std::move(*answer));
}

void engine::on_broken(stream_connection& from, wire::decode_error why) {
  counters_.count(why);
  if (why == wire::decode_error::truncated)
    return;
  const auto reason = "cannot be followed: " + std::string{wire::to_string(why)};
  if (why != wire::decode_error::wrong_version) {
    from.close(reason);
    return;
  }
  const auto refused = refusal_of_version(cfg_.cluster_name, identity_.self());
  if (auto answer = refusal(refused, from.rejects()))
    from.send(std::move(*answer));
  from.close_gently(reason);
}

void engine::on_written(stream_connection& to, const queued_frame& what) {
  if (is_own(what))
    return;
  ledger_.written(what, to.number());
  if (what.via == channel::new_stream && !what.expects_reply)
    to.close_gently("carried its frame");
}

void engine::on_closed(stream_connection& which, const std::string& reason, bool timed_out,
                       std::deque<queued_frame> unsent) {
  counters_.connections_timed_out += timed_out ? 1 : 0;
  connections_.remove(which);
  const bool again = !timed_out && !stopping_ && (which.accepted() || which.has_carried());
  bool begun = which.has_begun();
  for (auto& item : unsent) {
    if (is_own(item))
      continue;
    // A connection that worked and was closed by the peer while idle says nothing against a new
    // one. One that never carried a frame does, so nobody is called again and again.
    if (again && !std::exchange(begun, false))
      dispatch(std::move(item), now());
    else
      ledger_.failed(item, reason);
  }
  // Requests only travel on connections that we opened.
  if (!which.accepted())
    ledger_.lost(which.number(), reason);
}

// -- datagram_listener --------------------------------------------------------------------------

void engine::on_datagram(std::span<const std::uint8_t> data, const asio::ip::udp::endpoint& from) {
  ++counters_.datagrams_received;
  counters_.bytes_received += data.size();
  if (const auto answer = receive(data, nullptr, datagram_rejects_))
    datagrams_.send_now(*answer, from);
}

void engine::on_datagram_written(const queued_frame& what) {
  ++counters_.datagrams_sent;
  ledger_.written(what, 0);
}

void engine::on_datagram_failed(const queued_frame& what, const error& why) {
  ledger_.failed(what, why.text, why.code);
}

// -- peer_host ----------------------------------------------------------------------------------

std::shared_ptr<stream_connection> engine::adopt(asio::ip::tcp::socket connected,
                                                 const authority& target) {
  return connections_.opened(std::move(connected), target);
}

bool engine::send_datagram(queued_frame& what, const asio::ip::address& to) {
  const auto address = datagrams_.reachable(to);
  if (!address)
    return false;
  const asio::ip::udp::endpoint endpoint{*address, what.target.port};
  datagrams_.send(std::move(what), endpoint);
  return true;
}

void engine::on_failed(const queued_frame& what, const error& why) {
  ledger_.failed(what, why.text, why.code);
}

void engine::on_turn_done() {
  probes_.end(ledger_.take_ended_probes());
  ledger_.publish();
  arm_request_timer();
}

} // namespace caf_gossip::net
