#include "examples/state_lines.hpp"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "caf_gossip/state/key.hpp"
#include "caf_gossip/state/map_codec.hpp"
#include "caf_gossip/state/member_heartbeat.hpp"

namespace caf_gossip::examples {

using nlohmann::json;

namespace {

std::string hex(const byte_buffer& value) {
  std::string result = "0x";
  for (const auto byte : value) {
    char digits[3] = {};
    std::snprintf(digits, sizeof digits, "%02x", unsigned{byte});
    result += digits;
  }
  return result;
}

struct json_writer {
  json operator()(const gossip_update& what) const {
    json line{{"event", "update"},
              {"member", what.member_id},
              {"key", what.key},
              {"seq", what.sequence_number},
              {"removed", what.removed}};
    if (what.map_key)
      line["map_key"] = *what.map_key;
    if (!what.removed)
      line["value"] = what.key == heartbeat_key ? heartbeat(what.value) : value_to_json(what.value);
    return line;
  }
  json operator()(const member_blocked& what) const {
    return {{"event", "blocked"},
            {"member", what.id},
            {"incarnation", what.incarnation},
            {"reason", to_string(what.reason)}};
  }
  json operator()(const member_unblocked& what) const {
    return {{"event", "unblocked"}, {"member", what.id}};
  }
  json operator()(const gossip_request_failed& what) const {
    return {{"event", "request_failed"},
            {"member", what.target.id},
            {"reason", to_string(error{what.code, what.reason})}};
  }
  json operator()(const gossip_input_refused& what) const {
    return {{"event", "input_refused"},
            {"member", what.member_id},
            {"what", what.what},
            {"reason", what.reason}};
  }

private:
  static json heartbeat(const byte_buffer& value) {
    const auto decoded = decode_heartbeat(value);
    return decoded ? json(decoded->actor_counts) : value_to_json(value);
  }
};

struct sentence_writer {
  std::string operator()(const gossip_update& what) const {
    if (is_reserved_key(what.key))
      return {};
    auto key = what.key;
    if (what.map_key)
      key.append("[").append(*what.map_key).append("]");
    if (what.removed)
      return what.member_id + " has removed " + key;
    return what.member_id + " says " + key + " = " + value_to_json(what.value).dump();
  }
  std::string operator()(const member_blocked& what) const {
    return what.id + " is blocked: " + std::string{to_string(what.reason)};
  }
  std::string operator()(const member_unblocked& what) const {
    return what.id + " is not blocked any more";
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return {};
  }
};

} // namespace

json to_json(const state_event& event) {
  return std::visit(json_writer{}, event);
}

std::string to_sentence(const state_event& event) {
  return std::visit(sentence_writer{}, event);
}

json to_json(std::string_view key, const gossip_values& values) {
  json members = json::object();
  for (const auto& [id, what] : values)
    members[id] = {{"value", value_to_json(what.value)}, {"seq", what.sequence_number}};
  return {{"event", "state"}, {"key", key}, {"values", members}};
}

json value_to_json(const byte_buffer& value) {
  if (const auto map = decode_map(value)) {
    json result = json::object();
    for (const auto& [key, entry] : *map)
      result[key] = value_to_json(entry);
    return result;
  }
  const auto is_text = std::all_of(value.begin(), value.end(), [](auto c) { return c >= 0x20; });
  return is_text ? json(std::string{value.begin(), value.end()}) : json(hex(value));
}

byte_buffer to_bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

} // namespace caf_gossip::examples
