/// Consensus checks: do all active members say the same under the same keys?
///
/// This is agreement observed, not agreement made: it holds for what this node has heard.
#pragma once

#include <any>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/thrown.hpp"
#include "caf_gossip/state/message.hpp"

namespace caf_gossip {

/// What one active member has under the keys of a check, in their order; nothing where it has no
/// such key.
struct member_values {
  node_id id;
  std::vector<std::optional<byte_buffer>> values;
};

/// The values of one member, one per key of the check, all present.
using consensus_values = std::vector<byte_buffer>;

/// A check with the type of its result erased; `make_consensus_check` makes one.
struct consensus_check {
  std::vector<std::string> keys;
  /// What the values of one member come to; empty when they cannot be understood. May throw, which
  /// counts as empty and is reported.
  std::function<std::any(const consensus_values&)> extract;
  /// Compares two results of `extract`, neither empty. May throw like `extract`.
  std::function<bool(const std::any&, const std::any&)> equal;
};

/// What members can agree on.
template <class T>
concept consensus_value = std::equality_comparable<T> && std::copyable<T>;

/// `extract` takes `const consensus_values&` and returns T or std::optional<T>. It is called on
/// every evaluation for every member, so it has no side effects.
template <consensus_value T, class Extract>
consensus_check make_consensus_check(std::vector<std::string> keys, Extract extract) {
  consensus_check result;
  result.keys = std::move(keys);
  result.extract = [extract = std::move(extract)](const consensus_values& values) {
    std::optional<T> found = extract(values);
    return found ? std::any{std::in_place_type<T>, *std::move(found)} : std::any{};
  };
  result.equal = [](const std::any& left, const std::any& right) {
    return std::any_cast<const T&>(left) == std::any_cast<const T&>(right);
  };
  return result;
}

/// The same for one key: `extract` takes `const byte_buffer&`.
template <consensus_value T = std::uint64_t, std::convertible_to<std::string_view> Key,
          class Extract>
consensus_check make_consensus_check(const Key& key, Extract extract) {
  return make_consensus_check<T>(
      std::vector{std::string{std::string_view{key}}},
      [extract = std::move(extract)](const consensus_values& values) -> std::optional<T> {
        return extract(values.front());
      });
}

/// What one check comes to.
struct consensus_result {
  /// True iff there is at least one member, all have all keys, all could be extracted, and all
  /// results are equal.
  bool agreed = false;
  /// The value agreed upon; empty without agreement.
  std::any value;
  /// What the extractor threw, with the first member that it threw for, if it did. There is no
  /// agreement then, and the members behind that one were not looked at.
  std::optional<std::pair<node_id, std::string>> thrown;
};

/// Evaluates one check over all active members, self included. Pure, if the check's functions are.
/// Results that differ from themselves, such as NaN, are not agreed upon.
[[nodiscard]] consensus_result check_consensus(const consensus_check& check,
                                               const std::vector<member_values>& members);

/// The registered checks with what each came to last.
class consensus_checks {
public:
  /// A change: agreement was reached, moved to another value, or was lost; or the extractor has
  /// begun to throw, to throw something else, or for another member first.
  struct change {
    std::uint64_t id = 0;
    consensus_result now;
  };

  /// Values of all active members under some keys.
  using reader = std::function<std::vector<member_values>(const std::vector<std::string>&)>;

  /// Adds a check under an id of the caller's choice, or replaces it. Errors: invalid_argument
  /// without keys, without functions or for a key that is not allowed (reserved keys are),
  /// limit_reached at `checks_max`; nothing has changed then. Nothing is evaluated yet, and what a
  /// replaced check came to is forgotten.
  expected<void> add(std::uint64_t id, consensus_check check);

  /// Returns whether there was one.
  bool remove(std::uint64_t id);

  /// Evaluates all checks and returns what has changed since the last time, in order of ids. A new
  /// check starts without agreement. What one check throws does not touch the others.
  std::vector<change> evaluate(const reader& read);

  [[nodiscard]] std::size_t size() const { return checks_.size(); }

  static constexpr std::size_t checks_max = 1024;

private:
  struct entry {
    consensus_check check;
    consensus_result last;
  };

  std::map<std::uint64_t, entry> checks_;
};

} // namespace caf_gossip
