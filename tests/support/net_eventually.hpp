/// Waiting for what another thread does, without guessing how long it takes.
#pragma once

#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "caf_gossip/net/transport.hpp"

namespace caf_gossip::test {

/// Long enough for a sanitizer on a busy machine; a passing test never waits so long.
inline constexpr std::chrono::seconds patience{20};

/// Returns true as soon as `holds` does, false when `limit` is over.
template <class Predicate>
bool eventually(Predicate holds, std::chrono::milliseconds limit = patience) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

/// Everything that a transport has returned so far.
class collector {
public:
  explicit collector(net::transport& from) : from_(&from) {}

  collector& poll() {
    for (auto& item : from_->poll()) {
      if (auto* frame = std::get_if<wire::frame>(&item))
        frames.push_back(std::move(*frame));
      else if (auto* failed = std::get_if<net::delivery_failed>(&item))
        failures.push_back(std::move(*failed));
      else
        dropped.push_back(std::get<net::frames_dropped>(item).count);
    }
    return *this;
  }

  bool wait_for_frames(std::size_t count) {
    return eventually([&] { return poll().frames.size() >= count; });
  }

  bool wait_for_failures(std::size_t count) {
    return eventually([&] { return poll().failures.size() >= count; });
  }

  std::vector<wire::frame> frames;
  std::vector<net::delivery_failed> failures;
  std::vector<std::size_t> dropped;

private:
  net::transport* from_;
};

} // namespace caf_gossip::test
