/// Whole actor systems with the module, on real sockets and CAF's own scheduler, in one process.
#pragma once

#include <chrono>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>
#include <caf/settings.hpp>

#include "actors/cluster.hpp"
#include "actors/module.hpp"
#include "tests/support/net_eventually.hpp"

namespace caf_gossip::test {

using namespace std::chrono_literals;

using options = std::vector<std::pair<std::string, caf::config_value>>;

inline caf::config_value list(const std::vector<std::string>& texts) {
  return caf::config_value{texts};
}

inline caf::config_value span(caf::timespan value) {
  return caf::config_value{value};
}

/// One actor system with the module. Members in this order: the configuration outlives the system.
class host {
public:
  explicit host(const options& settings = {}, bool with_middleman = false) {
    cfg_.set("scheduler.policy", caf::atom("sharing"));
    cfg_.set("scheduler.max-threads", 2);
    if (with_middleman)
      cfg_.load<caf::io::middleman>();
    load(cfg_);
    put(cfg_.content, "gossip.interval", caf::timespan{50ms});
    put(cfg_.content, "gossip.leave-timeout", caf::timespan{500ms});
    for (const auto& [name, value] : settings)
      put(cfg_.content, "gossip." + name, value);
    sys_ = std::make_unique<caf::actor_system>(cfg_);
  }

  caf::actor_system& sys() { return *sys_; }
  [[nodiscard]] cluster facade() const { return cluster::of(*sys_); }
  [[nodiscard]] std::string address() const { return to_string(facade().self().address); }

  /// Ends the system and returns how long that took.
  std::chrono::steady_clock::duration end() {
    const auto begun = std::chrono::steady_clock::now();
    sys_.reset();
    return std::chrono::steady_clock::now() - begun;
  }

private:
  caf::actor_system_config cfg_;
  std::unique_ptr<caf::actor_system> sys_;
};

inline std::size_t count_in(const char* folder) {
  const std::filesystem::directory_iterator entries{folder};
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

/// Threads end a moment after they were joined as far as the kernel's list goes.
inline bool falls_to(const char* folder, std::size_t most) {
  return eventually([&] { return count_in(folder) <= most; });
}

inline constexpr const char* descriptors = "/proc/self/fd";
inline constexpr const char* threads = "/proc/self/task";

} // namespace caf_gossip::test
