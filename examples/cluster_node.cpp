/// One node of a cluster as a process.
///
/// Usage: cluster_node [--gossip.node-id=NAME] [--gossip.port=N] [--gossip.seeds=["host:port"]] ...
///
/// Prints one JSON object per event on standard output; its "text" is what a person wants to know
/// of it, and --human prints only that. Reads commands from standard input (node_commands.hpp):
/// `members`, `set KEY VALUE`, `get KEY`, `leave` (gracefully; the program goes on), `quit` and
/// more. The end of the input and SIGTERM quit as well. Quitting leaves first.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <string>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <nlohmann/json.hpp>

#include "actors/cluster.hpp"
#include "actors/module.hpp"
#include "examples/command_input.hpp"
#include "examples/event_lines.hpp"
#include "examples/node_commands.hpp"
#include "examples/state_lines.hpp"

using namespace caf_gossip;

namespace {

struct node_config : caf::actor_system_config {
  bool human = false;

  node_config() {
    opt_group{custom_options_, "global"}.add(human, "human", "print sentences instead of JSON");
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 2);
    caf_gossip::load(*this);
  }
};

/// Prints a line at once and in one piece: events and answers come from different threads.
void say(const std::string& text) {
  static std::mutex one_at_a_time;
  const std::lock_guard guard{one_at_a_time};
  std::cout << text << '\n' << std::flush;
}

/// Prints a line with the time in nanoseconds since 1970.
void print(nlohmann::json line) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  line["t"] = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  say(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

template <class Event>
void tell(bool human, const Event& event) {
  const auto sentence = examples::to_sentence(event);
  if (!human) {
    auto line = examples::to_json(event);
    if (!sentence.empty())
      line["text"] = sentence;
    print(std::move(line));
  } else if (!sentence.empty()) {
    say(sentence);
  }
}

/// Handles every kind of event in the same way.
template <class... Events>
caf::message_handler handlers(bool human, const std::variant<Events...>*) {
  using event = std::variant<Events...>;
  return {[human](const Events& what) { tell(human, event{what}); }...};
}

caf::behavior printer(caf::event_based_actor*, bool human) {
  return handlers(human, static_cast<const membership_event*>(nullptr))
      .or_else(handlers(human, static_cast<const state_event*>(nullptr)));
}

/// Returns false when the program has to end.
bool execute(const std::string& command, cluster& node, bool human) {
  auto result = examples::execute(command, node);
  for (auto& line : result.lines) {
    if (human)
      say("  " + line.dump(2));
    else
      print(std::move(line));
  }
  return result.goes_on;
}

} // namespace

int main(int argc, char** argv) {
  node_config cfg;
  if (auto err = cfg.parse(argc, argv)) {
    std::cerr << "cluster_node: " << cfg.render(err) << '\n';
    return 2;
  }
  if (cfg.cli_helptext_printed)
    return 0;
  examples::command_input input;
  caf::actor_system sys{cfg};
  auto node = cluster::of(sys);
  const auto listener = sys.spawn(printer, cfg.human);
  node.subscribe(caf::actor_cast<caf::strong_actor_ptr>(listener), start_with::replay);
  auto started = node.start();
  if (!started)
    std::cerr << "cluster_node: " << to_string(started.error()) << '\n';
  std::string command;
  while (started && input.next(command) && execute(command, node, cfg.human))
    ;
  if (started)
    (void)node.stop();
  caf::anon_send_exit(listener, caf::exit_reason::user_shutdown);
  return started ? 0 : 1;
}
