/// Evaluates the consensus checks of a node whenever its state, its members or its blocks have
/// changed, and at once after a registration.
///
/// It is an actor of its own, so that extractors and callbacks run under no lock and hold up no
/// gossip. They are called one after the other, so a slow one delays the others.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/consensus_board.hpp"
#include "actors/doorbell.hpp"
#include "actors/shared_gossiper.hpp"
#include "caf_gossip/state/consensus.hpp"

namespace caf_gossip {

/// There may be something to evaluate.
struct consensus_due {};

/// An unknown id changes nothing.
struct remove_consensus_check {
  std::uint64_t id = 0;
};

using consensus_actor_handle =
    caf::typed_actor<caf::reacts_to<consensus_due>, caf::reacts_to<remove_consensus_check>>;

class consensus_actor : public consensus_actor_handle::base {
public:
  consensus_actor(caf::actor_config& cfg, std::shared_ptr<shared_gossiper> state,
                  std::shared_ptr<consensus_board> board);

  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  void look();
  /// Returns whether there are new checks.
  bool take_over();
  void evaluate();
  void enter(consensus_checks::change what);
  void call(std::uint64_t id, const consensus_board::callback& tell, const std::any& now);
  void report(const char* what, std::uint64_t id, const std::string& text);

  std::shared_ptr<shared_gossiper> state_;
  std::shared_ptr<consensus_board> board_;
  std::shared_ptr<doorbell> bell_;
  consensus_checks checks_;
  /// The revision that was evaluated last.
  std::optional<std::uint64_t> seen_;
};

} // namespace caf_gossip

// About checks of this process, so they never leave it.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_gossip::consensus_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_gossip::remove_consensus_check)
