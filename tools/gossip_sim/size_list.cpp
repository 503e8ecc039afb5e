#include "tools/gossip_sim/size_list.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace caf_gossip::tools {

namespace {

constexpr std::uint32_t nodes_min = 2;
constexpr std::uint32_t nodes_max = 10'000;
/// As many points as a drawing has room for.
constexpr std::size_t sizes_max = 16;

/// Returns 0 for what is no size.
std::uint32_t size_of(std::string_view word) {
  std::uint32_t result = 0;
  const auto* end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, result);
  const bool whole = read.ec == std::errc{} && read.ptr == end;
  return whole && result >= nodes_min && result <= nodes_max ? result : 0;
}

auto refusal(const std::string& text, const std::string& why) {
  return fail(errc::invalid_argument,
              "--nodes '" + text + "': " + why + "; allowed are " + std::to_string(nodes_min)
                  + " to " + std::to_string(nodes_max) + ", or up to " + std::to_string(sizes_max)
                  + " different such numbers with commas between them");
}

} // namespace

expected<std::vector<std::uint32_t>> read_sizes(const std::string& text) {
  std::vector<std::uint32_t> result;
  for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
    end = text.find(',', begin);
    const auto word = text.substr(begin, end - begin);
    const auto size = size_of(word);
    if (size == 0)
      return refusal(text, "'" + word + "' is no size");
    if (std::find(result.begin(), result.end(), size) != result.end())
      return refusal(text, word + " is there twice");
    if (result.size() == sizes_max)
      return refusal(text, "too many sizes");
    result.push_back(size);
  }
  std::sort(result.begin(), result.end());
  return result;
}

} // namespace caf_gossip::tools
