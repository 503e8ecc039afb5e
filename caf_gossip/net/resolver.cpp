#include "caf_gossip/net/resolver.hpp"

#include <boost/asio/post.hpp>

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace caf_gossip::net {

namespace {

namespace asio = boost::asio;

/// Look-ups at the same time: one slow name server does not hold up all names.
constexpr std::size_t threads_max = 4;

struct free_list {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

asio::ip::address to_address(const sockaddr* from) {
  if (from->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(from);
    return asio::ip::address_v4{ntohl(v4->sin_addr.s_addr)};
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(from);
  asio::ip::address_v6::bytes_type bytes;
  std::copy(std::begin(v6->sin6_addr.s6_addr), std::end(v6->sin6_addr.s6_addr), bytes.begin());
  return asio::ip::address_v6{bytes, v6->sin6_scope_id};
}

expected<addresses> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int failure = getaddrinfo(host.c_str(), nullptr, &hints, &first);
  const std::unique_ptr<addrinfo, free_list> list{first};
  if (failure != 0)
    return fail(errc::network_error, "cannot resolve '" + host + "': " + gai_strerror(failure));
  addresses result;
  for (const auto* item = list.get(); item != nullptr; item = item->ai_next)
    if (item->ai_family == AF_INET || item->ai_family == AF_INET6)
      result.push_back(to_address(item->ai_addr));
  if (result.empty())
    return fail(errc::network_error, "cannot resolve '" + host + "': no address");
  return result;
}

std::optional<asio::ip::address> numeric(const std::string& host) {
  boost::system::error_code failure;
  const auto result = asio::ip::make_address(host, failure);
  return failure ? std::nullopt : std::optional{result};
}

} // namespace

expected<addresses> resolve_now(const std::string& host) {
  if (const auto address = numeric(host))
    return addresses{*address};
  return look_up(host);
}

/// Owned by the resolver and by its threads. The handlers are only touched by the I/O thread and
/// by `stop`, so that they never die on a thread that was left behind.
struct resolver::shared : std::enable_shared_from_this<shared> {
  struct job {
    std::uint64_t number = 0;
    std::string host;
  };

  explicit shared(asio::io_context& context) : io(&context) {}

  void work();
  void finish(std::uint64_t number, expected<addresses> result);

  std::mutex mutex;
  std::condition_variable idle;
  asio::io_context* io;
  std::deque<job> jobs;
  std::map<std::uint64_t, handler> handlers;
  std::size_t threads = 0;
  std::uint64_t last_number = 0;
};

void resolver::shared::work() {
  std::unique_lock guard{mutex};
  while (!jobs.empty()) {
    const auto next = std::move(jobs.front());
    jobs.pop_front();
    guard.unlock();
    auto result = look_up(next.host);
    guard.lock();
    if (io != nullptr)
      asio::post(*io,
                 [self = shared_from_this(), number = next.number,
                  found = std::move(result)]() mutable { self->finish(number, std::move(found)); });
  }
  --threads;
  idle.notify_all();
}

void resolver::shared::finish(std::uint64_t number, expected<addresses> result) {
  handler done;
  {
    const std::lock_guard guard{mutex};
    const auto found = handlers.find(number);
    if (found == handlers.end())
      return;
    done = std::move(found->second);
    handlers.erase(found);
  }
  done(std::move(result));
}

resolver::resolver(asio::io_context& io) : shared_(std::make_shared<shared>(io)) {}

resolver::~resolver() {
  stop(std::chrono::milliseconds{0});
}

void resolver::resolve(const std::string& host, handler done) {
  if (const auto address = numeric(host)) {
    done(addresses{*address});
    return;
  }
  std::unique_lock guard{shared_->mutex};
  const auto number = ++shared_->last_number;
  shared_->jobs.push_back({number, host});
  shared_->handlers.emplace(number, std::move(done));
  if (shared_->threads >= threads_max)
    return;
  try {
    std::thread{[self = shared_] { self->work(); }}.detach();
    ++shared_->threads;
  } catch (const std::system_error& failure) {
    if (shared_->threads > 0)
      return; // one of the others will come to it
    shared_->jobs.clear();
    guard.unlock();
    shared_->finish(number, fail(errc::network_error,
                                 "cannot resolve '" + host + "': no thread: " + failure.what()));
  }
}

void resolver::stop(std::chrono::milliseconds limit) {
  std::map<std::uint64_t, handler> dropped;
  std::unique_lock guard{shared_->mutex};
  shared_->io = nullptr;
  shared_->jobs.clear();
  dropped.swap(shared_->handlers);
  shared_->idle.wait_for(guard, limit, [this] { return shared_->threads == 0; });
}

} // namespace caf_gossip::net
