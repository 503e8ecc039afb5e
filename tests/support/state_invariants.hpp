/// What must hold of every exchange of key/value state, whatever the network does.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "caf_gossip/base/config.hpp"
#include "caf_gossip/state/event.hpp"
#include "caf_gossip/state/gossiper.hpp"

namespace caf_gossip::test {

/// Everything that is said of members, as the members themselves said it first. One for all nodes.
class state_ledger {
public:
  /// A value that a node gives to one of its keys. Values are unique. `life` counts the starts of
  /// nodes from scratch.
  void wrote(const node_id& owner, const std::string& stored_key, const std::string& value,
             std::uint64_t life);
  /// The life that an incarnation belongs to. Incarnations are unique.
  void lives(std::uint64_t incarnation, std::uint64_t life) { lives_[incarnation] = life; }

  /// A request or an answer leaves a node. What it says of its sender is noted, what it says of
  /// others must have been said by them; both bounds of a message hold.
  void check_message(const member_ref& from, const gossip_state& what, const config& cfg,
                     std::vector<std::string>& violations);
  /// A value arrives that its owner wrote in the life that this incarnation belongs to, under that
  /// key.
  void check_update(const gossip_update& what, std::uint64_t incarnation,
                    std::vector<std::string>& violations) const;

private:
  struct written {
    node_id owner;
    std::string key;
    std::uint64_t life = 0;
  };
  using version = std::tuple<node_id, std::uint64_t, std::string, std::uint64_t>;

  void check_entry(bool is_own, const version& which, const gossip_key_value& what,
                   std::vector<std::string>& violations);

  std::map<std::string, written> written_;
  std::map<std::uint64_t, std::uint64_t> lives_;
  std::map<version, std::pair<byte_buffer, bool>> said_;
};

/// Watches one gossiper from its start on. Give it every outcome in order.
class state_invariants {
public:
  /// Another topology: whose state is expected from now on.
  void follow(const std::vector<member_ref>& topology);

  /// What does not hold is appended to `violations` as a sentence.
  void check(const gossiper& core, const gossiper_outcome& outcome, const state_ledger& ledger,
             std::vector<std::string>& violations);

  /// The updates told so far, folded: by member and stored key, without removed ones.
  struct shown {
    byte_buffer value;
    std::uint64_t sequence_number = 0;
  };
  using view = std::map<std::pair<node_id, std::string>, shown>;
  [[nodiscard]] const view& told() const { return told_; }

private:
  void accept(const gossip_update& what, const state_ledger& ledger,
              std::vector<std::string>& violations);
  void fold(const gossip_update& what, const std::string& stored_key);
  void drop(const node_id& id);

  std::map<node_id, std::uint64_t> members_;
  /// Up to which incarnation.
  std::map<node_id, std::uint64_t> blocked_;
  /// The newest number per member and stored key.
  std::map<std::pair<node_id, std::string>, std::uint64_t> sequences_;
  view told_;
  std::uint64_t incarnation_ = 0;
  std::uint64_t own_sequence_ = 0;
  std::uint64_t revision_ = 0;
};

} // namespace caf_gossip::test
