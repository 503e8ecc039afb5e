#include "examples/narrator.hpp"

#include <cstdio>

namespace caf_gossip::examples {

void narrator::announce(const std::string& what) {
  if (!audible_)
    return;
  const std::lock_guard lock{mutex_};
  std::printf("\n           %s\n", what.c_str());
  std::fflush(stdout);
}

node_process::listener narrator::voice_of(const std::string& name) {
  return [this, name](const node_process::line& said) {
    if (const auto text = said.value("text", ""); audible_ && !text.empty())
      print(name, text);
  };
}

void narrator::print(const std::string& who, const std::string& what) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin_);
  const std::lock_guard lock{mutex_};
  std::printf("%6lld ms  %-7s %s\n", static_cast<long long>(since.count()), who.c_str(),
              what.c_str());
  std::fflush(stdout);
}

} // namespace caf_gossip::examples
