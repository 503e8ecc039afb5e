#include "examples/node_commands.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <string_view>

#include "examples/event_lines.hpp"
#include "examples/state_lines.hpp"

namespace caf_gossip::examples {

using nlohmann::json;

namespace {

constexpr std::chrono::seconds await_limit{10};

/// The words of a line; the last one is the rest of the line.
using words = std::array<std::string, 3>;

struct command {
  std::string_view name;
  /// How many words follow.
  std::size_t arguments = 0;
  std::string_view usage;
  std::function<expected<json>(cluster&, const words&)> run;
};

json ok(std::string_view command_name, json more = json::object()) {
  more["event"] = "done";
  more["command"] = command_name;
  return more;
}

expected<json> done(const expected<void>& result, std::string_view command_name) {
  return result.map([&] { return ok(command_name); });
}

bool anybody_has(const cluster& node, const std::string& key, const byte_buffer& value) {
  const auto values = node.get_state(key);
  return values && std::any_of(values->begin(), values->end(), [&](const auto& one) {
           return one.second.value == value;
         });
}

expected<json> await_value(cluster& node, const words& args) {
  const auto value = to_bytes(args[1]);
  const auto has_it = [&](const cluster& now) { return anybody_has(now, args[0], value); };
  return done(node.await_state(has_it, await_limit), "await");
}

expected<json> show_map_entry(cluster& node, const words& args) {
  return node.get_map_state(args[0], args[1]).map([&](const auto& found) {
    return json{{"event", "map_entry"},
                {"key", args[0]},
                {"entry", args[1]},
                {"value", found ? value_to_json(*found) : json{}}};
  });
}

const std::array<command, 11>& commands() {
  static const std::array<command, 11> all{{
      {"members", 0, "members",
       [](cluster& node, const words&) { return expected<json>{to_json(*node.snapshot())}; }},
      {"set", 2, "set KEY VALUE",
       [](cluster& node, const words& args) {
         return done(node.set_state(args[0], to_bytes(args[1])), "set");
       }},
      {"get", 1, "get KEY",
       [](cluster& node, const words& args) {
         return node.get_state(args[0]).map(
             [&](const auto& values) { return to_json(args[0], values); });
       }},
      {"remove", 1, "remove KEY",
       [](cluster& node, const words& args) { return done(node.remove_state(args[0]), "remove"); }},
      {"map-set", 3, "map-set KEY ENTRY VALUE",
       [](cluster& node, const words& args) {
         return done(node.set_map_state(args[0], args[1], to_bytes(args[2])), "map-set");
       }},
      {"map-get", 2, "map-get KEY ENTRY", show_map_entry},
      {"map-del", 2, "map-del KEY ENTRY",
       [](cluster& node, const words& args) {
         return done(node.remove_map_state(args[0], args[1]), "map-del");
       }},
      {"blocked", 0, "blocked",
       [](cluster& node, const words&) {
         return node.get_blocked_members().map([](const auto& ids) {
           return json{{"event", "blocked_members"}, {"members", ids}};
         });
       }},
      {"unblock", 1, "unblock ID",
       [](cluster& node, const words& args) {
         return done(node.unblock_member(args[0]), "unblock");
       }},
      {"await", 2, "await KEY VALUE", await_value},
      {"leave", 0, "leave", [](cluster& node, const words&) { return done(node.stop(), "leave"); }},
  }};
  return all;
}

json refusal(const std::string& text) {
  return {{"event", "error"}, {"reason", text}};
}

/// Cuts off and returns the first word.
std::string take_word(std::string& rest) {
  const auto begin = std::min(rest.find_first_not_of(' '), rest.size());
  const auto end = std::min(rest.find(' ', begin), rest.size());
  auto word = rest.substr(begin, end - begin);
  rest.erase(0, std::min(end + 1, rest.size()));
  return word;
}

json run(const command& what, std::string rest, cluster& node) {
  words args;
  for (std::size_t i = 0; i < what.arguments; ++i) {
    const bool takes_all =
        i > 0 && i + 1 == what.arguments && what.name != "map-get" && what.name != "map-del";
    args[i] = takes_all ? rest : take_word(rest);
    if (args[i].empty())
      return refusal("usage: " + std::string{what.usage});
  }
  auto result = what.run(node, args);
  return result ? *result : refusal(to_string(result.error()));
}

std::string all_usages() {
  std::string result;
  for (const auto& one : commands())
    result.append(one.usage).append(", ");
  return result + "quit";
}

} // namespace

command_result execute(const std::string& line, cluster& node) {
  auto rest = line;
  const auto name = take_word(rest);
  if (name == "quit")
    return {{}, false};
  if (name.empty())
    return {};
  const auto& all = commands();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const command& one) { return one.name == name; });
  if (found == all.end())
    return {{refusal("'" + name + "' is none of " + all_usages())}, true};
  return {{run(*found, rest, node)}, true};
}

} // namespace caf_gossip::examples
