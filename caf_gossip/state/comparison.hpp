/// One comparison of this node's store with a peer's, from the first question to the last answer.
///
///     this node                                      the peer
///       | -- sums of 16 ranges ---------------------> |
///       | <- those that differ ---------------------- |   (and so on, 16 parts of each)
///       | -- entries listed, in ranges with few ----> |
///       | <- what is newer there, and what is wanted  |
///       | -- what was wanted, further sums ---------> |
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "caf_gossip/base/hash_ranges.hpp"
#include "caf_gossip/state/message.hpp"
#include "caf_gossip/state/state_ranges.hpp"

namespace caf_gossip {

class comparison {
public:
  explicit comparison(member_ref with) : with_(std::move(with)) {}

  /// A range with at most so many own entries is listed: to split it would take more bytes.
  static constexpr std::size_t listed_max = 32;
  /// Requests of one comparison. What is left then shows in the next one.
  static constexpr std::size_t steps_max = 256;

  struct step {
    gossip_state state;
    state_question question;
  };

  /// Returns what to send next, within `limits`; nothing when all is compared, or after
  /// `steps_max`. A step without an answer is repeated.
  [[nodiscard]] std::optional<step> next(const state_store& store, const delta_target& target,
                                         const delta_limits& limits);

  [[nodiscard]] const member_ref& with() const { return with_; }
  /// The request under way, or the last one.
  [[nodiscard]] std::uint64_t token() const { return token_; }
  void sent(std::uint64_t token) { token_ = token; }

  /// Takes the answer to the last step, after what came with it (`came`) was merged. Returns false,
  /// and nothing has changed, when it answers what was not asked.
  [[nodiscard]] bool take(const state_findings& what, const gossip_state& came,
                          const state_store& store);

private:
  state_question ask(const state_ranges& mine);

  member_ref with_;
  /// Differ, and are still to be split or listed.
  std::vector<hash_range> pending_{all_hashes};
  /// Those of the question under way, sorted, and how many entries it listed.
  std::vector<hash_range> asked_;
  std::size_t listed_ = 0;
  /// Places of what the peer wants, and of what had no room in the request under way.
  std::vector<std::uint64_t> owed_;
  std::vector<std::uint64_t> left_;
  std::size_t steps_ = 0;
  std::uint64_t token_ = 0;
};

} // namespace caf_gossip
