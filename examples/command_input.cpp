#include "examples/command_input.hpp"

#include <array>
#include <csignal>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace caf_gossip::examples {

namespace {

int block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC);
}

} // namespace

command_input::command_input() : signals_(block_signals()) {}

command_input::~command_input() {
  close(signals_);
}

bool command_input::next(std::string& line) {
  for (;;) {
    if (const auto end = buffer_.find('\n'); end != std::string::npos) {
      line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return true;
    }
    std::array<pollfd, 2> ready{{{STDIN_FILENO, POLLIN, 0}, {signals_, POLLIN, 0}}};
    if (poll(ready.data(), ready.size(), -1) < 0 || ready[1].revents != 0)
      return false;
    std::array<char, 4096> chunk{};
    const auto length = read(STDIN_FILENO, chunk.data(), chunk.size());
    if (length <= 0)
      return false;
    buffer_.append(chunk.data(), static_cast<std::size_t>(length));
  }
}

} // namespace caf_gossip::examples
