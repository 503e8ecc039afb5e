#include "tools/gossip_sim/plot.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace caf_gossip::tools {

namespace {

/// What the shell returns for a command that it does not find, and posix_spawnp's child too.
constexpr int not_found = 127;

auto drawable(const outcome& what) {
  return std::count_if(what.curves.begin(), what.curves.end(),
                       [](const auto& each) { return !each.points.empty(); });
}

expected<void> write_points(const outcome& what, const std::string& file) {
  std::ofstream out{file};
  for (const auto& each : what.curves) {
    if (each.points.empty())
      continue;
    out << '"' << each.name << "\"\n";
    for (const auto& [x, y] : each.points)
      out << x << " " << y << "\n";
    out << "\n\n";
  }
  out.close();
  if (!out)
    return fail(errc::invalid_argument, file + " cannot be written");
  return {};
}

/// Runs a program from the search path. Returns its exit code.
int run(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (auto& each : command)
    arguments.push_back(each.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (const int why =
          posix_spawnp(&child, arguments.front(), nullptr, nullptr, arguments.data(), environ);
      why != 0)
    return why == ENOENT ? not_found : 1;
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

} // namespace

expected<void> plot(const std::string& title, const outcome& what, const std::string& file) {
  if (drawable(what) == 0)
    return fail(errc::state_not_found, "this scenario has nothing to plot");
  const auto data = file + ".dat";
  if (auto written = write_points(what, data); !written)
    return written;
  const int code = run({"gnuplot", "-c", CAF_GOSSIP_PLOT_SCRIPT, data, file, title, what.x_label,
                        what.y_label, std::to_string(drawable(what))});
  if (code == not_found)
    return fail(errc::disabled,
                "gnuplot is not installed (Debian: gnuplot-nox); the points are in " + data);
  if (code != 0)
    return fail(errc::invalid_argument, "gnuplot failed; the points are in " + data);
  return {};
}

} // namespace caf_gossip::tools
