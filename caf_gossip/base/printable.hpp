/// Texts from outside, fit for a line of an error message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace caf_gossip {

/// So much of a text is repeated in an error message.
inline constexpr std::size_t repeated_bytes_max = 200;

/// Tells whether a byte is an ASCII control character.
[[nodiscard]] bool is_control(char c);

/// Returns the text with control characters replaced by '?', cut behind `repeated_bytes_max` bytes.
[[nodiscard]] std::string printable(std::string_view text);

} // namespace caf_gossip
