#include "examples/node_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace caf_gossip::examples {

namespace {

constexpr std::size_t error_bytes_max = 65536;

void check(int code, const std::string& what) {
  if (code != 0)
    throw std::system_error{code, std::generic_category(), what};
}

/// A connection to a standard stream of the child. No other child inherits it, or it would keep
/// the stream open for longer than its owner lives.
struct channel {
  int ours = -1;
  int theirs = -1;

  channel() {
    std::array<int, 2> ends{};
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0 ? 0 : errno,
          "cannot open a channel to a child");
    ours = ends[0];
    theirs = ends[1];
  }

  ~channel() {
    if (ours >= 0)
      close(ours);
    close(theirs);
  }

  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;

  int release() { return std::exchange(ours, -1); }
};

/// What the child gets: its three streams and no blocked or ignored signals.
class spawn_setup {
public:
  spawn_setup(const channel& input, const channel& output, const channel& errors) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input.theirs, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output.theirs, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors.theirs, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  }

  ~spawn_setup() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }

  spawn_setup(const spawn_setup&) = delete;
  spawn_setup& operator=(const spawn_setup&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

int spawn(const std::string& program, std::vector<std::string> arguments,
          const spawn_setup& setup) {
  arguments.insert(arguments.begin(), program);
  std::vector<char*> words;
  for (auto& argument : arguments)
    words.push_back(argument.data());
  words.push_back(nullptr);
  pid_t pid = 0;
  check(
      posix_spawn(&pid, program.c_str(), &setup.actions, &setup.attributes, words.data(), environ),
      "cannot start " + program);
  return pid;
}

/// Appends what can be read. Returns false at the end.
bool read_some(int from, std::string& to) {
  std::array<char, 16384> chunk{};
  const auto length = read(from, chunk.data(), chunk.size());
  if (length > 0)
    to.append(chunk.data(), static_cast<std::size_t>(length));
  return length > 0 || (length < 0 && errno == EINTR);
}

} // namespace

node_process::node_process(const std::string& program, const std::vector<std::string>& arguments,
                           listener told)
    : told_(std::move(told)) {
  channel input;
  channel output;
  channel errors;
  pid_ = spawn(program, arguments, {input, output, errors});
  input_ = input.release();
  output_ = output.release();
  errors_ = errors.release();
  reader_ = std::thread{[this] { read_until_end(); }};
}

node_process::~node_process() {
  signal(SIGKILL);
  // Grandchildren may hold the streams open for longer than the child lives.
  shutdown(output_, SHUT_RDWR);
  shutdown(errors_, SHUT_RDWR);
  reader_.join();
  close(input_);
  close(output_);
  close(errors_);
}

std::optional<node_process::line> node_process::wait_for(const condition& fits,
                                                         std::chrono::milliseconds limit,
                                                         std::size_t from) const {
  std::optional<line> found;
  const auto search = [&] {
    for (; from < lines_.size() && !found; ++from)
      if (fits(lines_[from]))
        found = lines_[from];
    return found || exit_code_;
  };
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, limit, search);
  return found;
}

std::optional<int> node_process::wait_for_exit(std::chrono::milliseconds limit) const {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, limit, [this] { return exit_code_.has_value(); });
  return exit_code_;
}

void node_process::send(const std::string& command) {
  const auto text = command + "\n";
  (void)::send(input_, text.data(), text.size(), MSG_NOSIGNAL);
}

void node_process::signal(int number) {
  const std::lock_guard lock{mutex_};
  if (!exit_code_)
    ::kill(pid_, number);
}

std::vector<node_process::line> node_process::lines() const {
  const std::lock_guard lock{mutex_};
  return lines_;
}

std::size_t node_process::line_count() const {
  const std::lock_guard lock{mutex_};
  return lines_.size();
}

std::string node_process::errors() const {
  const std::lock_guard lock{mutex_};
  return error_text_;
}

// -- the thread that reads --------------------------------------------------------------------

void node_process::read_until_end() {
  std::string text;
  std::array<pollfd, 2> ready{{{output_, POLLIN, 0}, {errors_, POLLIN, 0}}};
  while (ready[0].fd >= 0 || ready[1].fd >= 0) {
    if (poll(ready.data(), ready.size(), -1) < 0)
      continue;
    // A negative descriptor is skipped by poll.
    if (ready[0].revents != 0 && !read_some(output_, text))
      ready[0].fd = -1;
    std::string complaint;
    if (ready[1].revents != 0 && !read_some(errors_, complaint))
      ready[1].fd = -1;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      take(text.substr(0, end));
      text.erase(0, end + 1);
    }
    const std::lock_guard lock{mutex_};
    error_text_.append(complaint, 0, error_bytes_max - error_text_.size());
  }
  if (!text.empty())
    take(text);
  reap();
}

void node_process::take(const std::string& text) {
  auto parsed = line::parse(text, nullptr, false);
  if (!parsed.is_object())
    parsed = {{"event", "text"}, {"text", text}};
  // First, so that what a person reads has the order of what is done about it.
  if (told_)
    told_(parsed);
  const std::lock_guard lock{mutex_};
  lines_.push_back(std::move(parsed));
  changed_.notify_all();
}

void node_process::reap() {
  // Its number stays reserved until the second wait, so that no signal can hit a stranger.
  siginfo_t ended{};
  while (waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR)
    ;
  const std::lock_guard lock{mutex_};
  waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED);
  exit_code_ = ended.si_code == CLD_EXITED ? ended.si_status : 128 + ended.si_status;
  changed_.notify_all();
}

std::string sibling_program(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").replace_filename(name).string();
}

} // namespace caf_gossip::examples
