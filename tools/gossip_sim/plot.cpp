#include "tools/gossip_sim/plot.hpp"

#include <cerrno>
#include <fstream>
#include <utility>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace caf_gossip::tools {

namespace {

/// What the shell returns for a command that it does not find, and posix_spawnp's child too.
constexpr int not_found = 127;

/// Leaves out curves without points, and panels without curves.
void remove_empty(drawing& what) {
  for (auto& each : what.panels)
    std::erase_if(each.curves, [](const auto& one) { return one.points.empty(); });
  std::erase_if(what.panels, [](const auto& each) { return each.curves.empty(); });
}

void write_points(std::ostream& out, const panel& what) {
  for (const auto& each : what.curves) {
    out << '"' << each.name << "\"\n";
    for (const auto& [x, y] : each.points)
      out << x << " " << y << "\n";
    out << "\n\n";
  }
}

expected<void> write_points(const drawing& what, const std::string& file) {
  std::ofstream out{file};
  for (const auto& each : what.panels)
    write_points(out, each);
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

drawing of_run(const outcome& what) {
  return {curve_style::steps, what.x_label, {{what.y_label, what.curves}}};
}

expected<void> plot(const std::string& title, drawing what, const std::string& file) {
  remove_empty(what);
  if (what.panels.empty())
    return fail(errc::state_not_found, "this scenario has nothing to plot");
  const auto data = file + ".dat";
  if (auto written = write_points(what, data); !written)
    return written;
  std::vector<std::string> command{"gnuplot", "-c", CAF_GOSSIP_PLOT_SCRIPT, data, file};
  command.emplace_back(what.style == curve_style::steps ? "steps" : "sizes");
  command.push_back(title);
  command.push_back(what.x_label);
  for (const auto& each : what.panels)
    command.push_back(std::to_string(each.curves.size()) + " " + each.y_label);
  const int code = run(std::move(command));
  if (code == not_found)
    return fail(errc::disabled,
                "gnuplot is not installed (Debian: gnuplot-nox); the points are in " + data);
  if (code != 0)
    return fail(errc::invalid_argument, "gnuplot failed; the points are in " + data);
  return {};
}

} // namespace caf_gossip::tools
