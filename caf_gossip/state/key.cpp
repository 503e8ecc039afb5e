#include "caf_gossip/state/key.hpp"

#include <algorithm>

#include "caf_gossip/base/printable.hpp"
#include "caf_gossip/state/message.hpp"

namespace caf_gossip {

namespace {

/// The separator is a control character, too.
bool is_name(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), is_control);
}

auto refuse(std::string_view text, const std::string& why) {
  return fail(errc::invalid_argument, quoted(text) + why);
}

} // namespace

std::string quoted(std::string_view text) {
  return "'" + printable(text) + "'";
}

bool is_reserved_key(std::string_view key) {
  return key == heartbeat_key || key == gracefully_left_key;
}

expected<void> check_key(std::string_view key) {
  if (!is_name(key) || key.size() > key_bytes_max)
    return refuse(key, " is not a key; allowed are 1 to 255 bytes without control characters");
  if (is_reserved_key(key))
    return refuse(key, " is a reserved key; allowed are all but heartbeat and gracefully_left");
  return {};
}

expected<void> check_map_key(std::string_view key, std::string_view map_key) {
  if (auto checked = check_key(key); !checked)
    return checked;
  if (!is_name(map_key))
    return refuse(map_key, " is not a key within a map; allowed are 1 byte and more, together with "
                           "the map's key 254, without control characters");
  if (key.size() + map_key.size() >= key_bytes_max)
    return refuse(map_key, " is too long a key within the map " + quoted(key)
                               + "; allowed are 254 bytes for both together");
  return {};
}

bool is_wire_key(std::string_view key) {
  const auto [name, map_key] = split(key);
  return key.size() <= key_bytes_max && is_name(name)
         && (!map_key || (is_name(*map_key) && !is_reserved_key(name)));
}

std::string map_entry_key(std::string_view key, std::string_view map_key) {
  return std::string{key}.append(1, map_separator).append(map_key);
}

bool is_entry_of(std::string_view stored, std::string_view key) {
  return stored.size() > key.size() && stored[key.size()] == map_separator
         && stored.substr(0, key.size()) == key;
}

split_key split(std::string_view stored) {
  const auto at = stored.find(map_separator);
  if (at == std::string_view::npos)
    return {stored, std::nullopt};
  return {stored.substr(0, at), stored.substr(at + 1)};
}

} // namespace caf_gossip
