/// Repair: the gossiper's store is compared with that of a peer whose hash stays different.
#include <utility>

#include "caf_gossip/state/gossiper.hpp"

namespace caf_gossip {

/// One whose request has failed is not, but is taken up again if that peer is still different.
bool gossiper::is_comparing() const {
  return comparison_ && peers_.is_awaited(comparison_->token());
}

void gossiper::begin_comparison(peer& with, time_point now) {
  if (state_ != gossiper_state::running || with.token != 0 || now < with.next_try || is_comparing())
    return;
  if (!comparison_ || comparison_->with() != with.ref) {
    ++counted_.repairs;
    comparison_.emplace(with.ref);
  }
  go_on_comparing(with, now);
}

void gossiper::end_comparison(peer& with, time_point now) {
  comparison_.reset();
  peer_table::repaired(with, now);
}

void gossiper::go_on_comparing(peer& with, time_point now) {
  auto next = comparison_->next(store_, {with.ref.id, with.source, 0}, message_limits());
  if (!next || state_ != gossiper_state::running)
    return end_comparison(with, now);
  counted_.ranges_compared += next->question.ranges.size() + next->question.scope.size();
  send_request(with, {self_.id, std::move(next->state), std::move(next->question)},
               with.acknowledged);
  comparison_->sent(with.token);
}

/// The answer to a request of the comparison.
void gossiper::compared(peer& with, const gossip_response& what, time_point now) {
  if (what.state)
    merge_repaired(*what.state, with, now);
  if (!what.findings) { // a node before 1.3
    ++counted_.repairs_without_ranges;
    peers_.send_all_again(with);
    return end_comparison(with, now);
  }
  if (!comparison_->take(*what.findings, what.state.value_or(gossip_state{}), store_)) {
    ++counted_.repairs_refused;
    end_comparison(with, now);
    return tell_failed(with, {errc::invalid_argument, "answered what was not asked"}, now);
  }
  go_on_comparing(with, now);
}

void gossiper::merge_repaired(const gossip_state& remote, const peer& from, time_point now) {
  const auto before = store_.counts().accepted;
  merge(remote, &from, now);
  counted_.entries_repaired += store_.counts().accepted - before;
}

/// What the request carried was merged already.
gossip_response gossiper::answer_question(peer& from, const gossip_request& what, time_point now) {
  const auto limits = message_limits();
  const delta_target target{from.ref.id, from.source, 0};
  delta_builder state{target, limits, store_.revision()};
  const state_ranges mine{store_};
  (void)mine.add(mine.newer_than(what.state), state);
  gossip_response result{errc::none, std::nullopt, mine.compare(*what.question, state)};
  if (!state.delta().state.members.empty())
    result.state = std::move(state.delta().state);
  counted_.ranges_compared += what.question->ranges.size() + what.question->scope.size();
  peer_table::being_repaired(from, now);
  return result;
}

} // namespace caf_gossip
