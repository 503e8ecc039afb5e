// How a probe tries the addresses of a name, and what it makes of their failures.

#include "caf_gossip/net/probe_stream.hpp"

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "tests/support/net_raw_socket.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using namespace std::chrono_literals;

namespace {

/// Knows the addresses of every name; with none, it never answers.
class fixed_resolver final : public net::resolver {
public:
  fixed_resolver(boost::asio::io_context& io, const std::string& all) : resolver(io) {
    std::istringstream in{all};
    for (std::string next; in >> next;)
      found_.push_back(boost::asio::ip::make_address(next));
  }

  void resolve(const std::string&, handler done) override {
    if (!found_.empty())
      done(found_);
  }

private:
  net::addresses found_;
};

/// The surroundings of one probe that ends with its connection.
class lone_host final : public net::peer_host {
public:
  explicit lone_host(const std::string& all, std::chrono::milliseconds patience = 200ms)
      : names_(io_, all) {
    cfg_.probe_timeout = patience;
  }

  /// Called after everything that a probe does.
  std::function<void()> on_turn;

  /// Calls something when a probe has taken so long.
  void after(std::chrono::milliseconds span, std::function<void()> what) {
    auto& timer = timers_.emplace_back(io_);
    timer.expires_after(span);
    timer.async_wait([what = std::move(what)](const auto& cancelled) {
      if (!cancelled)
        what();
    });
  }

  /// Returns the name of the code with which a probe fails, or "connected".
  std::string outcome(const authority& target) {
    net::queued_frame frame;
    frame.target = target;
    std::make_shared<net::probe_stream>(std::move(frame), *this)->start();
    io_.restart();
    io_.run();
    return outcome_;
  }

private:
  boost::asio::io_context& io() override { return io_; }
  const net::transport_config& cfg() const override { return cfg_; }
  net::resolver& names() override { return names_; }
  random_source& random() override { return random_; }
  std::shared_ptr<net::stream_connection> adopt(boost::asio::ip::tcp::socket connected,
                                                const authority& target) override {
    end("connected");
    auto result =
        std::make_shared<net::stream_connection>(1, std::move(connected), target, cfg_, deaf_);
    result->close("");
    return result;
  }
  bool send_datagram(net::queued_frame&, const boost::asio::ip::address&) override { return false; }
  void on_failed(const net::queued_frame&, const error& why) override { end(to_string(why.code)); }
  void on_turn_done() override {
    if (on_turn)
      on_turn();
  }

  void end(std::string_view how) {
    outcome_ = how;
    timers_.clear();
  }

  struct deaf_listener final : net::stream_listener {
    void on_frame(net::stream_connection&, std::span<const std::uint8_t>) override {}
    void on_broken(net::stream_connection&, wire::decode_error) override {}
    void on_turn_done() override {}
    void on_written(net::stream_connection&, const net::queued_frame&) override {}
    void on_closed(net::stream_connection&, const std::string&, bool,
                   std::deque<net::queued_frame>) override {}
    std::span<std::uint8_t> scratch() override { return {}; }
  };

  boost::asio::io_context io_{1};
  std::deque<boost::asio::steady_timer> timers_;
  net::transport_config cfg_;
  fixed_resolver names_;
  random_source random_{1};
  deaf_listener deaf_;
  std::string outcome_;
};

/// Lets the process open nothing as long as it lives.
class no_descriptors {
public:
  no_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{0, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  no_descriptors(const no_descriptors&) = delete;
  no_descriptors& operator=(const no_descriptors&) = delete;

private:
  rlimit before_{};
};

std::size_t open_sockets() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<std::size_t>(std::count_if(begin(all), end(all), [](const auto& item) {
    std::error_code failure;
    return read_symlink(item.path(), failure).string().starts_with("socket:");
  }));
}

/// Returns how many calls were waiting at the same time, at most, until the probe failed.
std::size_t calls_of(const std::string& addresses) {
  const full_listener full;
  lone_host host{addresses};
  const auto before = open_sockets();
  std::size_t most = before;
  host.on_turn = [&] { most = std::max(most, open_sockets()); };
  BOOST_TEST(host.outcome({"name", full.bound().port}) == "unreachable");
  return most - before;
}

} // namespace

BOOST_AUTO_TEST_SUITE(probe_addresses)

BOOST_AUTO_TEST_CASE(tries_all_addresses_of_a_name) {
  auto peer = raw_socket::listening();
  for (const auto& all : {"127.0.0.2 127.0.0.1", "127.0.0.1 127.0.0.2"}) {
    lone_host host{all};
    BOOST_TEST(host.outcome({"name", peer.bound().port}) == "connected", all);
  }
  lone_host host{"127.0.0.2 127.0.0.1 127.0.0.3"};
  auto gone = raw_socket::listening();
  const auto port = gone.bound().port;
  gone.close();
  BOOST_TEST(host.outcome({"name", port}) == "connection_refused");
}

// The peer may listen at the address that is silent. Each address gets its share of the time.
BOOST_AUTO_TEST_CASE(a_silent_address_counts_for_more_than_a_refusal) {
  const full_listener full;
  for (const auto& all : {"127.0.0.2 127.0.0.1", "127.0.0.1 127.0.0.2", "127.0.0.1 127.0.0.1"}) {
    lone_host host{all};
    BOOST_TEST(host.outcome({"name", full.bound().port}) == "unreachable", all);
  }
}

BOOST_AUTO_TEST_CASE(a_name_that_is_looked_up_too_long_is_unreachable) {
  lone_host host{""};
  BOOST_TEST(host.outcome({"name", 1}) == "unreachable");
}

// Two lost packets make nobody look dead: there is room after half of the time only.
BOOST_AUTO_TEST_CASE(a_silent_address_is_called_three_times) {
  full_listener full;
  lone_host host{"127.0.0.1"};
  host.after(110ms, [&] { full.make_room(); });
  BOOST_TEST(host.outcome({"name", full.bound().port}) == "connected");
}

// What this side was too late for says nothing about the other (Lifeguard 3).
BOOST_AUTO_TEST_CASE(the_calls_are_made_also_when_this_thread_comes_back_late) {
  full_listener full;
  lone_host host{"127.0.0.1"};
  const auto back = std::chrono::steady_clock::now() + 400ms; // twice as long as the probe has
  host.on_turn = [&] {
    if (std::chrono::steady_clock::now() >= back)
      return;
    while (std::chrono::steady_clock::now() < back) {
    }
    full.make_room();
  };
  BOOST_TEST(host.outcome({"name", full.bound().port}) == "connected");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_no_reason_to_wait_before_the_next_address) {
  auto peer = raw_socket::listening();
  const auto port = peer.bound().port;
  lone_host host{"127.0.0.2 127.0.0.1", 60s};
  host.after(5s, [&] { peer.close(); });
  BOOST_TEST(host.outcome({"name", port}) == "connected");
}

// The answer may come later than the next call is due.
BOOST_AUTO_TEST_CASE(a_call_stays_open_while_later_ones_are_made) {
  BOOST_TEST(calls_of("127.0.0.1") == net::probe_stream::rounds);
}

BOOST_AUTO_TEST_CASE(calls_that_wait_are_bounded) {
  std::string many;
  for (std::size_t i = 0; i < 2 * net::probe_stream::calls_max; ++i)
    many += "127.0.0.1 ";
  BOOST_TEST(calls_of(many) == net::probe_stream::calls_max);
}

BOOST_AUTO_TEST_CASE(what_only_concerns_this_side_says_nothing_about_the_peer) {
  const auto peer = raw_socket::listening();
  lone_host host{"127.0.0.1"};
  BOOST_TEST(host.outcome({"name", peer.bound().port}) == "connected");
  const no_descriptors lack;
  BOOST_TEST(host.outcome({"name", peer.bound().port}) == "limit_reached");
}

BOOST_AUTO_TEST_SUITE_END()
