#include "caf_gossip/net/peer.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>

#include "caf_gossip/net/own_cause.hpp"

namespace caf_gossip::net {

namespace {

namespace asio = boost::asio;

using failure_code = boost::system::error_code;

/// How long an address is believed. Names move, in containers more often than elsewhere.
constexpr std::chrono::seconds resolution_ttl{30};

time_point now() {
  return std::chrono::steady_clock::now();
}

} // namespace

peer::peer(authority target, peer_host& host)
    : target_(std::move(target)),
      host_(host),
      timer_(host.io()),
      back_off_(host.cfg().backoff_min, host.cfg().backoff_max),
      used_(now()) {}

bool peer::idle(time_point when) const {
  return stage_ == stage::idle && waiting_.empty() && !connected() && !back_off_.pauses(when);
}

bool peer::fits_datagram(const queued_frame& what) const {
  return what.via == channel::datagram && what.data.size() <= host_.cfg().datagram_bytes_max;
}

void peer::send(queued_frame what, time_point when) {
  used_ = when;
  const bool by_datagram = fits_datagram(what);
  const bool sent = send_now(what);
  // The stream resolves when it connects; datagrams go to the old address meanwhile.
  const bool refresh = by_datagram && when >= believed_until_ && !back_off_.pauses(when);
  if (!sent && stage_ == stage::idle && back_off_.pauses(when)) {
    host_.on_failed(what, {last_failure_.code, "backing off after: " + last_failure_.text});
    return;
  }
  if (!sent)
    wait(std::move(what));
  if (stage_ == stage::idle && (!sent || refresh))
    begin(when);
}

// Of several addresses only a connection tells which one the peer listens at; until then even
// small frames go by stream.
bool peer::send_now(queued_frame& what) {
  const bool by_datagram = fits_datagram(what) && addresses_.size() <= 1;
  if (by_datagram && addresses_.empty())
    return false;
  if (by_datagram && host_.send_datagram(what, addresses_.front()))
    return true;
  if (!connected())
    return false;
  stream_->send(std::move(what));
  return true;
}

void peer::wait(queued_frame what) {
  const auto from = what.from;
  waiting_.push(std::move(what), from);
}

// -- an attempt ---------------------------------------------------------------------------------

void peer::begin(time_point when) {
  ++attempt_;
  if (!addresses_.empty() && when < believed_until_) {
    connect(0);
    return;
  }
  stage_ = stage::resolving;
  arm(host_.cfg().connect_timeout);
  host_.names().resolve(target_.host,
                        [self = shared_from_this(), attempt = attempt_](expected<addresses> found) {
                          if (self->attempt_ == attempt && self->stage_ == stage::resolving)
                            self->on_resolved(std::move(found));
                          self->host_.on_turn_done();
                        });
}

void peer::on_resolved(expected<addresses> found) {
  disarm();
  stage_ = stage::idle;
  if (!found) {
    fail_all({errc::send_failed, found.error().text});
    return;
  }
  const bool proven = addresses_.size() == 1 && !refused_;
  if (!proven || std::find(found->begin(), found->end(), addresses_.front()) == found->end())
    addresses_ = std::move(*found);
  believed_until_ = now() + resolution_ttl;
  for (auto& item : waiting_.take())
    if (!send_now(item))
      wait(std::move(item));
  if (!waiting_.empty())
    connect(0);
}

void peer::connect(std::size_t index) {
  stage_ = stage::connecting;
  timed_out_ = false;
  // The addresses of a name share the time, so that one dead address does not use up all of it.
  arm(host_.cfg().connect_timeout / static_cast<std::int64_t>(addresses_.size()));
  socket_.emplace(host_.io());
  socket_->async_connect(
      {addresses_[index], target_.port},
      [self = shared_from_this(), attempt = attempt_, index](const failure_code& failure) {
        if (self->attempt_ == attempt && self->stage_ == stage::connecting)
          self->on_connected(index, failure);
        self->host_.on_turn_done();
      });
}

void peer::on_connected(std::size_t index, const failure_code& failure) {
  disarm();
  if (!failure) {
    addresses_ = {addresses_[index]};
    adopt();
    return;
  }
  socket_.reset();
  if (index + 1 < addresses_.size()) {
    connect(index + 1);
    return;
  }
  stage_ = stage::idle;
  refused_ = true;
  believed_until_ = time_point::min();
  if (timed_out_)
    fail_all(
        {errc::send_failed,
         "no connection within " + std::to_string(host_.cfg().connect_timeout.count()) + " ms"});
  else
    fail_all({code_of(failure), failure.message()});
}

void peer::adopt() {
  stage_ = stage::idle;
  auto socket = std::move(*socket_);
  socket_.reset();
  failure_code failure;
  // TCP connects a socket to itself when the kernel picks the target port for it.
  if (socket.local_endpoint(failure) == socket.remote_endpoint(failure) && !failure) {
    fail_all({errc::send_failed, "connection refused"});
    return;
  }
  refused_ = false;
  back_off_.succeeded();
  stream_ = host_.adopt(std::move(socket), target_);
  for (auto& item : waiting_.take())
    stream_->send(std::move(item));
}

void peer::fail_all(error why) {
  back_off_.failed(now(), host_.random());
  last_failure_ = std::move(why);
  for (const auto& item : waiting_.take())
    host_.on_failed(item, last_failure_);
}

void peer::arm(duration limit) {
  timer_.expires_after(limit);
  timer_.async_wait([self = shared_from_this(), arming = ++armings_](const failure_code& failure) {
    if (failure || self->armings_ != arming)
      return;
    if (self->stage_ == stage::connecting && self->socket_) {
      // The handler of the attempt runs next and finds the reason.
      self->timed_out_ = true;
      failure_code ignored;
      self->socket_->close(ignored);
    } else if (self->stage_ == stage::resolving) {
      self->on_resolved(fail(errc::network_error, "no address within the connect timeout"));
      self->host_.on_turn_done();
    }
  });
}

void peer::disarm() {
  ++armings_;
  timer_.cancel();
}

void peer::close(const std::string& reason) {
  ++attempt_;
  stage_ = stage::idle;
  disarm();
  socket_.reset();
  if (stream_)
    stream_->close(reason);
  fail_all({errc::send_failed, reason});
}

} // namespace caf_gossip::net
