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

} // namespace

probe_stream::probe_stream(queued_frame what, peer_host& host)
    : frame_(std::move(what)),
      request_(frame_.request),
      host_(host),
      timer_(host.io()),
      deadline_(now() + host.cfg().probe_timeout) {}

void probe_stream::start() {
  arm(host_.cfg().probe_timeout);
  host_.names().resolve(frame_.target.host, [self = shared_from_this()](expected<addresses> found) {
    if (self->opening_)
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
  for (auto& where : *found)
    addresses_.push_back({std::move(where), std::nullopt});
  pause_ = (deadline_ - now()) / static_cast<std::int64_t>(rounds * addresses_.size());
  call_next();
}

/// The pause is kept also when this thread is late: a call that had no time says nothing.
void probe_stream::call_next() {
  if (!find_next_call()) {
    fail_unreachable();
    return;
  }
  if (calls_.size() == calls_max)
    calls_.erase(calls_.begin());
  const auto call = next_call_++;
  arm(pause_);
  auto& socket = calls_.try_emplace(call, host_.io()).first->second;
  socket.async_connect({addresses_[call % addresses_.size()].where, frame_.target.port},
                       [self = shared_from_this(), call](const failure_code& failure) {
                         if (self->calls_.contains(call))
                           self->on_connected(call, failure);
                         self->host_.on_turn_done();
                       });
}

/// Skips addresses that need not be called again. Returns whether one is left.
bool probe_stream::find_next_call() {
  const auto end = rounds * addresses_.size();
  while (next_call_ < end && addresses_[next_call_ % addresses_.size()].failure)
    ++next_call_;
  return next_call_ < end;
}

void probe_stream::on_connected(std::size_t call, const failure_code& failure) {
  if (!failure) {
    adopt(call);
    return;
  }
  calls_.erase(call);
  if (const auto code = meaning_of(failure); code != errc::unreachable)
    failed_for_good(addresses_[call % addresses_.size()], {code, failure.message()});
  else if (next_call_ < addresses_.size())
    call_next(); // the others of the name need not wait for it
}

void probe_stream::adopt(std::size_t call) {
  auto socket = std::move(calls_.at(call));
  calls_.erase(call);
  failure_code failure;
  // TCP connects a socket to itself when the kernel picks the target port for it.
  if (socket.local_endpoint(failure) == socket.remote_endpoint(failure) && !failure) {
    failed_for_good(addresses_[call % addresses_.size()],
                    {errc::connection_refused, "connection refused"});
    return;
  }
  opening_ = false;
  calls_.clear();
  timer_.cancel();
  stream_ = host_.adopt(std::move(socket), frame_.target);
  stream_->send(std::move(frame_));
}

/// A member that moved may listen at an address that is silent, so this says something about it
/// only when all have answered.
void probe_stream::failed_for_good(target_address& where, error why) {
  where.failure = std::move(why);
  const error* most = nullptr;
  for (const auto& [address, failure] : addresses_) {
    if (!failure) {
      if (next_call_ < addresses_.size())
        call_next();
      return;
    }
    if (most == nullptr || failure->code == errc::connection_refused)
      most = &*failure;
  }
  fail(error{*most});
}

void probe_stream::fail(const error& why) {
  opening_ = false;
  calls_.clear();
  timer_.cancel();
  host_.on_failed(frame_, why);
}

void probe_stream::fail_unreachable() {
  fail({errc::unreachable,
        "no connection within " + std::to_string(host_.cfg().probe_timeout.count()) + " ms"});
}

void probe_stream::arm(duration limit) {
  timer_.expires_after(limit);
  timer_.async_wait([self = shared_from_this(), set = ++timer_set_](const failure_code& cancelled) {
    if (cancelled || !self->opening_ || self->timer_set_ != set)
      return;
    if (self->addresses_.empty())
      self->fail_unreachable(); // the name was not found in time
    else
      self->call_next();
    self->host_.on_turn_done();
  });
}

} // namespace caf_gossip::net
