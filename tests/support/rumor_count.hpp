/// How often is one rumor told?
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace caf_gossip::test {

/// How often a node may tell one rumor: `dissemination-retransmit` * ceil(log2(n + 1)) times. An
/// input that changes n may have told something before it did.
class rumor_bound {
public:
  /// Returns what counts for what was told with the last input, after which `now` holds.
  std::uint32_t with(std::uint32_t now) { return std::max(now, std::exchange(last_, now)); }

private:
  std::uint32_t last_ = 0;
};

/// Counts how often a node tells the newest rumor about one thing. While the bound changes, the
/// highest one counts that held when the rumor was told.
template <class Content>
class rumor_count {
public:
  /// Returns how it is wrong to tell this once more; nothing when it is right.
  std::optional<std::string> tell(const Content& what, std::uint32_t allowed) {
    if (what_ != what)
      *this = rumor_count{what};
    allowed_ = std::max(allowed_, allowed);
    if (++told_ <= allowed_)
      return std::nullopt;
    return "for the " + std::to_string(told_) + "th time, of " + std::to_string(allowed_);
  }

  rumor_count() = default;

private:
  explicit rumor_count(const Content& what) : what_(what) {}

  std::optional<Content> what_;
  std::uint32_t told_ = 0;
  std::uint32_t allowed_ = 0;
};

} // namespace caf_gossip::test
