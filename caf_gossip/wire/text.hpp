/// Short texts, copied fast. Internal to this folder.
///
/// Where g++ knows that a copy has at most some hundred bytes, as with our length bytes, it writes
/// it as a string instruction that takes longer to start than most of our texts take to copy. These
/// functions stand in a file of their own so that it does not know.
#pragma once

#include <string>
#include <string_view>

namespace caf_gossip::wire {

[[nodiscard]] std::string text_of(std::string_view text);

void assign(std::string& to, std::string_view text);

/// Becomes a text where a container builds its element.
struct text_source {
  std::string_view text;

  operator std::string() const { return text_of(text); }
};

} // namespace caf_gossip::wire
