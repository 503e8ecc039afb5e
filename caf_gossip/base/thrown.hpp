/// Code of users may throw; nothing of ours does.
#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <string>

namespace caf_gossip {

/// So much is kept of the text of an exception.
inline constexpr std::size_t thrown_bytes_max = 1024;

/// Calls code of the user. Returns what it threw, if it did.
template <class Call>
std::optional<std::string> thrown_by(Call&& call) {
  try {
    call();
    return std::nullopt;
  } catch (const std::exception& what) {
    return std::string{what.what()}.substr(0, thrown_bytes_max);
  } catch (...) {
    return "something that is no std::exception";
  }
}

} // namespace caf_gossip
