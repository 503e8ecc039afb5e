/// Values as words that a shell reads back as the same.
#pragma once

#include <string>

namespace caf_gossip::tools {

/// Returns the shortest text that is read back as the same number.
[[nodiscard]] std::string exact_text(double value);

/// Returns the text as one word of a shell, in quotes if it needs them.
[[nodiscard]] std::string shell_word(const std::string& text);

} // namespace caf_gossip::tools
