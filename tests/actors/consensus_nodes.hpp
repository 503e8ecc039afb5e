/// Nodes whose consensus checks are tested, and the values they agree on.
#pragma once

#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/consensus_actor.hpp"
#include "tests/support/deterministic_actors.hpp"

namespace caf_gossip::test {

using number = std::optional<std::uint64_t>;
using told = std::vector<number>;

/// The first byte; none in an empty value; 66 is thrown.
inline number first_byte(const byte_buffer& value) {
  if (value.empty())
    return std::nullopt;
  if (value.front() == 66)
    throw std::runtime_error("66 is too much");
  return value.front();
}

/// Two nodes that have joined; the first one checks.
struct checking_nodes {
  deterministic_actors world;
  virtual_node& first = world.add("a");
  virtual_node& second = world.add("b", {deterministic_actors::through_first()});
  cluster sut = first.facade();
  told seen;

  checking_nodes() {
    (void)first.start();
    (void)second.start();
    world.advance(3s);
  }

  void set(virtual_node& node, std::uint8_t value, const std::string& key = "key") {
    BOOST_REQUIRE(node.facade().set_state(key, {value}).has_value());
    world.advance(2s);
  }

  void set_both(std::uint8_t value) {
    set(first, value);
    set(second, value);
  }

  auto note() {
    return [this](const number& now) { seen.push_back(now); };
  }

  consensus_handle<std::uint64_t> check(consensus_callback<std::uint64_t> tell = {}) {
    auto made = sut.register_consensus_check("key", first_byte, std::move(tell));
    BOOST_REQUIRE(made.has_value());
    world.settle();
    return std::move(*made);
  }

  told take() { return std::exchange(seen, {}); }
};

/// One node that has not been started.
struct checking_node {
  deterministic_actors world;
  virtual_node& node = world.add("a");
  cluster sut = node.facade();

  void set(std::uint8_t value, const std::string& key = "key") {
    BOOST_REQUIRE(sut.set_state(key, {value}).has_value());
    world.settle();
  }
};

/// Waits in another thread, which has begun to wait when this returns.
template <class T>
std::future<std::optional<T>> waiting(const cluster& where, const consensus_handle<T>& handle) {
  auto result = std::async(std::launch::async, [&handle] { return handle.wait(1h); });
  while (where.consensus().waiting == 0)
    std::this_thread::yield();
  return result;
}

} // namespace caf_gossip::test
