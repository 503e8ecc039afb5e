#include "actors/consensus_actor.hpp"

#include <utility>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "caf_gossip/base/thrown.hpp"

namespace caf_gossip {

consensus_actor::consensus_actor(caf::actor_config& cfg, std::shared_ptr<shared_gossiper> state,
                                 std::shared_ptr<consensus_board> board)
    : consensus_actor_handle::base(cfg),
      state_(std::move(state)),
      board_(std::move(board)),
      bell_(std::make_shared<doorbell>([weak = caf::weak_actor_ptr{ctrl()}] {
        if (const auto self = weak.lock())
          caf::anon_send(caf::actor_cast<consensus_actor_handle>(self), consensus_due{});
      })) {
  state_->on_change(bell_);
  board_->on_change(bell_);
}

void consensus_actor::on_exit() {
  board_->close();
  checks_ = {};
}

consensus_actor::behavior_type consensus_actor::make_behavior() {
  return {
      [this](const consensus_due&) { look(); },
      [this](const remove_consensus_check& what) { board_->remove(what.id); },
  };
}

void consensus_actor::look() {
  bell_->come();
  const bool has_new = take_over();
  std::uint64_t revision = 0;
  bool is_stopped = false;
  state_->read([&](const gossiper& core) {
    revision = core.revision();
    is_stopped = core.state() == gossiper_state::stopped;
  });
  if (has_new || seen_ != revision) {
    seen_ = revision;
    evaluate();
  }
  if (is_stopped)
    board_->wake();
}

bool consensus_actor::take_over() {
  auto changed = board_->take();
  // First, to have room for the new ones.
  for (const auto id : changed.removed)
    checks_.remove(id);
  for (auto& [id, check] : changed.added)
    (void)checks_.add(id, std::move(check)); // the board has verified it
  return !changed.added.empty();
}

void consensus_actor::evaluate() {
  const auto read = [this](const std::vector<std::string>& keys) {
    return state_->read([&](const gossiper& core) { return core.values_of_active(keys); });
  };
  for (auto& change : checks_.evaluate(read))
    enter(std::move(change));
}

void consensus_actor::enter(consensus_checks::change what) {
  if (const auto& thrown = what.now.thrown)
    report("consensus extractor", what.id, "member " + thrown->first + ": " + thrown->second);
  auto now = std::make_shared<const std::any>(std::move(what.now.value));
  if (const auto tell = board_->set(what.id, what.now.agreed ? now : nullptr))
    call(what.id, *tell, *now);
}

void consensus_actor::call(std::uint64_t id, const consensus_board::callback& tell,
                           const std::any& now) {
  if (const auto thrown = thrown_by([&] { tell(now); }))
    report("consensus callback", id, *thrown);
}

void consensus_actor::report(const char* what, std::uint64_t id, const std::string& text) {
  state_->with([&](gossiper& core, time_point now) {
    core.report(what, "check " + std::to_string(id) + ", " + text, now);
  });
}

} // namespace caf_gossip
