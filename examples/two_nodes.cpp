/// Two nodes, each a process of its own, become one cluster; then one leaves, returns and crashes.
///
/// Usage: two_nodes [--human] [--second-program=PATH]
///
/// Checks each step within a deadline and returns 0 when all held. Says with --human what happens.
/// --second-program runs another program in place of the second node.
#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "examples/narrator.hpp"
#include "examples/node_process.hpp"

using namespace caf_gossip::examples;
using line = node_process::line;
using words = std::vector<std::string>;

namespace {

constexpr std::chrono::seconds deadline{15};

struct options {
  bool human = false;
  std::string first_program = sibling_program("cluster_node");
  std::string second_program = first_program;
};

node_process::condition is(const std::string& event) {
  return [event](const line& said) { return said.value("event", "") == event; };
}

node_process::condition lists(const words& members) {
  return [members](const line& said) {
    return said.value("event", "") == "topology" && said.at("members") == members;
  };
}

void check(bool held, const std::string& what) {
  if (!held)
    throw std::runtime_error{"it does not hold that " + what};
}

/// One of the two actors of the play.
struct node {
  std::string name;
  node_process process;

  node(const options& opts, narrator& told, const words& seeds, const std::string& id)
      : name(id),
        process(id == "first" ? opts.first_program : opts.second_program,
                // Shorter times than the defaults, so that nobody has to wait for long.
                {"--gossip.node-id=" + id, "--gossip.seeds=" + line(seeds).dump(),
                 "--gossip.heartbeat-interval=100ms", "--gossip.phi-acceptable-pause=600ms",
                 "--gossip.suspicion-timeout=1s", "--gossip.quarantine-ttl=2s"},
                told.voice_of(id)) {}

  /// Waits until the node says something.
  line expect(const node_process::condition& fits, const std::string& what, std::size_t from = 0) {
    if (auto said = process.wait_for(fits, deadline, from))
      return *said;
    auto text = "the " + name + " node was expected to " + what;
    if (const auto code = process.wait_for_exit(std::chrono::milliseconds{0}))
      text += ", but ended with exit code " + std::to_string(*code);
    else
      text += " within " + std::to_string(deadline.count()) + " s, but did not";
    throw std::runtime_error{text + ". " + process.errors()};
  }

  void quit() {
    process.send("quit");
    check(process.wait_for_exit(deadline) == 0, "the " + name + " node ends with exit code 0");
  }

  /// Returns how many lines fit.
  std::size_t count(const node_process::condition& fits) const {
    std::size_t result = 0;
    for (const auto& said : process.lines())
      result += fits(said) ? 1 : 0;
    return result;
  }
};

/// Waits until both list both. `mark` counts the lines of the first before the second started.
void come_together(node& first, node& second, std::size_t mark) {
  second.expect(is("started"), "start");
  const auto there = second.expect(lists({"first", "second"}), "list both nodes");
  const auto here = first.expect(lists({"first", "second"}), "list both nodes", mark);
  check(here.at("hash") == there.at("hash"), "both nodes have the same view of the cluster");
}

/// Returns the number of topology updates seen.
std::size_t play(const options& opts) {
  narrator told{opts.human};
  told.announce("A first node starts. It knows nobody, so it forms the cluster alone.");
  node first{opts, told, {}, "first"};
  const words seeds{first.expect(is("started"), "start").at("address")};
  first.expect(lists({"first"}), "form the cluster");

  told.announce("A second node joins through the first.");
  std::size_t updates = 0;
  auto mark = first.process.line_count();
  {
    node second{opts, told, seeds, "second"};
    come_together(first, second, mark);

    told.announce("The second node leaves gracefully.");
    mark = first.process.line_count();
    second.process.send("leave");
    const auto after = first.expect(lists({"first"}), "list itself only", mark);
    check(after.at("left") == words{"second"}, "the second node is reported as left");
    second.expect(is("stopped"), "stop");
    second.quit();
    check(first.count(is("dead")) == 0, "nobody is called dead");
    updates += second.count(is("topology"));
  }

  mark = first.process.line_count();
  told.announce("The second node comes back as a new process ...");
  {
    node second{opts, told, seeds, "second"};
    come_together(first, second, mark);

    told.announce("... and is killed with SIGKILL. It cannot say goodbye.");
    mark = first.process.line_count();
    second.process.signal(SIGKILL);
    first.expect(is("suspect"), "suspect the second node", mark);
    first.expect(is("dead"), "call the second node dead", mark);
    first.expect(is("quarantined"), "put the second node into quarantine", mark);
    first.expect(is("quarantine_cleared"), "end the quarantine", mark);
    updates += second.count(is("topology"));
  }

  told.announce("The first node stops as well.");
  first.quit();
  return updates + first.count(is("topology"));
}

bool parse(int argc, char** argv, options& opts) {
  constexpr std::string_view second_program = "--second-program=";
  for (const std::string_view argument : words(argv + 1, argv + argc)) {
    if (argument == "--human")
      opts.human = true;
    else if (argument.starts_with(second_program))
      opts.second_program = argument.substr(second_program.size());
    else
      return false;
  }
  return true;
}

} // namespace

int main(int argc, char** argv) {
  options opts;
  if (!parse(argc, argv, opts)) {
    std::cerr << "usage: two_nodes [--human] [--second-program=PATH]\n";
    return 2;
  }
  try {
    const auto updates = play(opts);
    check(updates > 0, "there was a topology update");
    std::cout << (opts.human ? "\n" : "") << "ok: " << updates << " topology updates seen\n";
    return 0;
  } catch (const std::exception& what) {
    std::cerr << "two_nodes: " << what.what() << '\n';
    return 1;
  }
}
