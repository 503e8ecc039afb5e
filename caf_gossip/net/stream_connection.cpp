#include "caf_gossip/net/stream_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <vector>

namespace caf_gossip::net {

namespace {

namespace asio = boost::asio;

using failure_code = boost::system::error_code;

/// Reads in a row before other connections get their turn.
constexpr int reads_per_turn = 4;

/// What one gathering write takes; more would be cut by the operating system.
constexpr std::size_t gather_max = 64;

/// How long a peer may take to read what was said before a gentle close.
constexpr std::chrono::seconds linger{1};

time_point now() {
  return std::chrono::steady_clock::now();
}

} // namespace

stream_connection::stream_connection(std::uint64_t number, socket connected,
                                     std::optional<authority> target, const transport_config& cfg,
                                     stream_listener& events)
    : number_(number),
      socket_(std::move(connected)),
      target_(std::move(target)),
      cfg_(cfg),
      events_(events),
      reader_(cfg.frame_bytes_max),
      rejects_(cfg.rejects_per_second_max),
      timer_(socket_.get_executor()),
      opened_(now()),
      last_traffic_(opened_),
      last_progress_(opened_) {}

void stream_connection::start() {
  failure_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  read();
  watch();
}

void stream_connection::send(queued_frame what) {
  const auto from = what.from;
  queue_.push(std::move(what), from);
  if (std::exchange(writing_, true))
    return;
  last_progress_ = now();
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->begin_writing(); });
}

void stream_connection::close(const std::string& reason, bool timed_out) {
  if (std::exchange(closed_, true))
    return;
  failure_code ignored;
  socket_.close(ignored);
  timer_.cancel();
  events_.on_closed(*this, reason, timed_out, queue_.take());
}

void stream_connection::close_gently(std::string reason) {
  if (closed_ || std::exchange(closing_, true))
    return;
  closing_reason_ = std::move(reason);
  closing_since_ = now();
  if (!writing_)
    end_writing();
  watch();
}

// -- reading ------------------------------------------------------------------------------------

void stream_connection::read() {
  socket_.async_wait(socket::wait_read, [self = shared_from_this()](const failure_code& failure) {
    self->on_readable(failure);
  });
}

void stream_connection::on_readable(const failure_code& failure) {
  if (closed_)
    return;
  if (failure) {
    close(failure.message());
    events_.on_turn_done();
    return;
  }
  const auto buffer = events_.scratch();
  for (int i = 0; i < reads_per_turn && !closed_; ++i) {
    failure_code stopped;
    const auto size = socket_.read_some(asio::buffer(buffer.data(), buffer.size()), stopped);
    if (stopped) {
      on_end(stopped);
      break;
    }
    on_bytes(buffer.first(size));
    if (size < buffer.size())
      break;
  }
  events_.on_turn_done();
  if (!closed_)
    read();
}

void stream_connection::on_end(const failure_code& failure) {
  if (failure == asio::error::would_block || failure == asio::error::interrupted)
    return;
  if (reader_.holds_partial() && !closing_)
    events_.on_broken(*this, wire::decode_error::truncated);
  close(failure == asio::error::eof ? "connection closed by the peer" : failure.message());
}

void stream_connection::on_bytes(std::span<const std::uint8_t> data) {
  if (closing_)
    return;
  last_traffic_ = now();
  reader_.append(data);
  bool completed = false;
  for (;;) {
    const auto next = reader_.next();
    if (!next) {
      events_.on_broken(*this, next.error());
      return;
    }
    if (!*next)
      break;
    completed = true;
    events_.on_frame(*this, **next);
    if (closed_ || closing_)
      return;
  }
  if (!reader_.holds_partial())
    partial_since_ = never;
  else if (completed || partial_since_ == never)
    partial_since_ = last_traffic_;
  watch();
}

// -- writing ------------------------------------------------------------------------------------

// The peer may have closed a connection that was idle, and its word for that may wait to be read.
// What is written then is lost without an error, so this looks first.
void stream_connection::begin_writing() {
  if (closed_)
    return;
  std::uint8_t next = 0;
  failure_code failure;
  socket_.receive(asio::buffer(&next, 1), socket::message_peek, failure);
  if (failure && failure != asio::error::would_block && failure != asio::error::interrupted) {
    on_end(failure);
    events_.on_turn_done();
    return;
  }
  write();
}

// Nothing is handed over before the system takes it, so that the membership can overtake all that
// has not begun.
void stream_connection::write() {
  std::vector<asio::const_buffer> buffers;
  buffers.reserve(gather_max);
  for (const auto& item : queue_) {
    if (buffers.size() == gather_max)
      break;
    buffers.emplace_back(item.data.data(), item.data.size());
  }
  buffers.front() += written_;
  watch();
  failure_code failure;
  const auto bytes = socket_.write_some(buffers, failure);
  if (failure == asio::error::would_block || failure == asio::error::interrupted) {
    wait_to_write();
  } else if (failure) {
    close(failure.message());
    events_.on_turn_done();
  } else {
    on_written(bytes);
  }
}

void stream_connection::wait_to_write() {
  socket_.async_wait(socket::wait_write, [self = shared_from_this()](const failure_code&) {
    if (!self->closed_)
      self->write();
  });
}

void stream_connection::on_written(std::size_t bytes) {
  last_traffic_ = last_progress_ = now();
  written_ += bytes;
  while (!queue_.empty() && written_ >= queue_.front().data.size()) {
    written_ -= queue_.front().data.size();
    has_carried_ = true;
    events_.on_written(*this, queue_.front());
    queue_.pop();
  }
  if (!queue_.empty()) {
    if (written_ > 0)
      queue_.pin();
    wait_to_write();
    return;
  }
  writing_ = false;
  if (closing_)
    end_writing();
}

void stream_connection::end_writing() {
  failure_code ignored;
  socket_.shutdown(socket::shutdown_send, ignored);
}

// -- deadlines ----------------------------------------------------------------------------------

time_point stream_connection::deadline() const {
  // The side that opened closes first; see `transport_config::idle_timeout`.
  auto result = last_traffic_ + cfg_.idle_timeout;
  if (accepted())
    result += cfg_.connect_timeout;
  if (accepted() && !proven_)
    result = std::min(result, opened_ + cfg_.frame_timeout);
  if (partial_since_ != never)
    result = std::min(result, partial_since_ + cfg_.frame_timeout);
  if (writing_)
    result = std::min(result, last_progress_ + cfg_.frame_timeout);
  if (closing_)
    result = std::min(result, closing_since_ + linger);
  return result;
}

// The timer is only set back when the deadline has come nearer; when it has moved away, which is
// what traffic does, the timer finds out when it fires.
void stream_connection::watch() {
  if (closed_)
    return;
  const auto when = deadline();
  if (when >= armed_)
    return;
  armed_ = when;
  timer_.expires_at(when);
  timer_.async_wait([self = shared_from_this()](const failure_code& failure) {
    if (!failure)
      self->on_watch();
  });
}

void stream_connection::on_watch() {
  if (closed_)
    return;
  armed_ = never;
  if (now() < deadline()) {
    watch();
    return;
  }
  const bool silent = now() < last_traffic_ + cfg_.idle_timeout && !closing_;
  if (silent && partial_since_ != never)
    events_.on_broken(*this, wire::decode_error::truncated);
  if (closing_)
    close(closing_reason_);
  else
    close(silent ? "no progress within the frame timeout" : "idle", silent);
  events_.on_turn_done();
}

} // namespace caf_gossip::net
