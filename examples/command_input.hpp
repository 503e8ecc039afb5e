/// Lines of standard input until its end or a signal to terminate.
#pragma once

#include <string>

namespace caf_gossip::examples {

class command_input {
public:
  /// Takes over SIGINT and SIGTERM. Construct it before any thread is started.
  command_input();
  ~command_input();

  command_input(const command_input&) = delete;
  command_input& operator=(const command_input&) = delete;

  /// Waits for the next line. Returns false at the end of the input or after a signal.
  bool next(std::string& line);

private:
  int signals_;
  std::string buffer_;
};

} // namespace caf_gossip::examples
