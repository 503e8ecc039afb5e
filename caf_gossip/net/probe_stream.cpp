#include "caf_gossip/net/probe_stream.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>

#include "caf_gossip/net/own_cause.hpp"

namespace caf_gossip::net {

namespace {

namespace asio = boost::asio;

using failure_code = boost::system::error_code;

time_point now() {
  return std::chrono::steady_clock::now();
}

/// What a failed attempt to connect says about the other side, or about this one.
errc meaning_of(const failure_code& failure) {
  if (failure == asio::error::connection_refused)
    return errc::connection_refused;
  if (const auto own = own_cause(failure); own != errc::none)
    return own;
  const bool silent = failure == asio::error::timed_out || failure == asio::error::host_unreachable
                      || failure == asio::error::network_unreachable;
  return silent ? errc::unreachable : errc::send_failed;
}

/// A member that moved may listen at the address that is silent, so a refusal counts for less.
int weight(errc code) {
  return code == errc::unreachable ? 2 : code == errc::connection_refused ? 1 : 0;
}

} // namespace

probe_stream::probe_stream(queued_frame what, peer_host& host)
    : frame_(std::move(what)),
      request_(frame_.request),
      host_(host),
      timer_(host.io()),
      deadline_(now() + host.cfg().probe_timeout) {}

void probe_stream::start() {
  arm(host_.cfg().probe_timeout);
  host_.names().resolve(frame_.target.host,
                        [self = shared_from_this(), step = step_](expected<addresses> found) {
                          if (self->step_ == step)
                            self->on_resolved(std::move(found));
                          self->host_.on_turn_done();
                        });
}

void probe_stream::close(const std::string& reason) {
  if (stream_)
    stream_->close(reason);
  else if (opening_)
    fail({errc::send_failed, reason});
}

void probe_stream::on_resolved(expected<addresses> found) {
  if (!found) {
    fail({errc::unreachable, found.error().text});
    return;
  }
  addresses_ = std::move(*found);
  found_ = addresses_.size();
  connect();
}

void probe_stream::connect() {
  ++step_;
  // The attempts share the time, so that a silent address does not use up all of it.
  const auto first_ones = found_ - std::min(next_, found_);
  const auto left = static_cast<std::int64_t>(addresses_.size() - next_ + first_ones);
  arm((deadline_ - now()) / left);
  socket_.emplace(host_.io());
  socket_->async_connect({addresses_[next_++], frame_.target.port},
                         [self = shared_from_this(), step = step_](const failure_code& failure) {
                           if (self->step_ == step)
                             self->on_connected(failure);
                           self->host_.on_turn_done();
                         });
}

void probe_stream::on_connected(const failure_code& failure) {
  if (failure)
    failed_once({meaning_of(failure), failure.message()});
  else
    adopt();
}

void probe_stream::adopt() {
  auto socket = std::move(*socket_);
  socket_.reset();
  failure_code failure;
  // TCP connects a socket to itself when the kernel picks the target port for it.
  if (socket.local_endpoint(failure) == socket.remote_endpoint(failure) && !failure) {
    failed_once({errc::connection_refused, "connection refused"});
    return;
  }
  ++step_;
  opening_ = false;
  timer_.cancel();
  stream_ = host_.adopt(std::move(socket), frame_.target);
  stream_->send(std::move(frame_));
}

void probe_stream::failed_once(error why) {
  const bool was_silent = why.code == errc::unreachable;
  if (!failure_ || weight(why.code) > weight(failure_->code))
    failure_ = std::move(why);
  const bool was_first_attempt = next_ > 0 && next_ <= found_; // 0: the name was not found in time
  if (was_silent && was_first_attempt)
    addresses_.push_back(addresses_[next_ - 1]);
  if (next_ < addresses_.size())
    connect();
  else
    fail(*failure_);
}

void probe_stream::fail(const error& why) {
  ++step_;
  opening_ = false;
  timer_.cancel();
  socket_.reset();
  host_.on_failed(frame_, why);
}

void probe_stream::arm(duration limit) {
  timer_.expires_after(limit);
  timer_.async_wait([self = shared_from_this(), step = step_](const failure_code& cancelled) {
    if (cancelled || self->step_ != step)
      return;
    self->failed_once(
        {errc::unreachable, "no connection within "
                                + std::to_string(self->host_.cfg().probe_timeout.count()) + " ms"});
    self->host_.on_turn_done();
  });
}

} // namespace caf_gossip::net
