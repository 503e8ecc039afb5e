/// A node as a child process: its lines, its commands, its end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

namespace caf_gossip::examples {

/// Runs a program that prints one JSON object per line, such as cluster_node, and reads along.
///
/// Thread-safe, except for the destructor. The child ends with this object, and cluster_node also
/// ends with this process, because its standard input does.
class node_process {
public:
  using line = nlohmann::json;
  using condition = std::function<bool(const line&)>;
  using listener = std::function<void(const line&)>;

  /// Starts `program`, a path. `told`, if any, is called with every line, in the thread that reads
  /// them. Throws std::system_error naming the program when it cannot be started.
  explicit node_process(const std::string& program, const std::vector<std::string>& arguments = {},
                        listener told = {});

  /// Kills the child if it still runs.
  ~node_process();

  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;

  /// Waits for the first line after `from` others that fits; lines of the past count. Returns
  /// nothing when none came within `limit`, or at once when the child has ended without it.
  std::optional<line> wait_for(const condition& fits, std::chrono::milliseconds limit,
                               std::size_t from = 0) const;

  /// Waits for the end of the child. Returns its exit code, 128 + n after signal n, or nothing when
  /// it still runs after `limit`.
  std::optional<int> wait_for_exit(std::chrono::milliseconds limit) const;

  /// Writes one line to the child. A child that has ended does not read it.
  void send(const std::string& command);

  /// Sends a signal, such as SIGKILL. A child that has ended does not get it.
  void signal(int number);

  /// Everything printed so far, oldest first. What was no JSON object has the event "text".
  [[nodiscard]] std::vector<line> lines() const;
  [[nodiscard]] std::size_t line_count() const;

  /// The first 64 KiB of the child's standard error; complete once it has ended.
  [[nodiscard]] std::string errors() const;

  [[nodiscard]] int pid() const { return pid_; }

private:
  void read_until_end();
  void take(const std::string& text);
  void reap();

  listener told_;
  int input_ = -1;
  int output_ = -1;
  int errors_ = -1;
  int pid_ = 0;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<line> lines_;
  std::string error_text_;
  std::optional<int> exit_code_;

  std::thread reader_;
};

/// Returns the path of a program in the same folder as the running one.
[[nodiscard]] std::string sibling_program(const std::string& name);

} // namespace caf_gossip::examples
