#include "caf_gossip/state/gossiper.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

namespace caf_gossip {

namespace {

state_limits limits_of(const config& cfg) {
  return {cfg.state_value_bytes_max, cfg.state_keys_max, cfg.state_member_bytes_max,
          cfg.state_bytes_max};
}

/// What waits for the membership may take this part of the store.
constexpr std::size_t waiting_share = 16;

/// A tick that comes so many intervals late means that this process was asleep.
constexpr int late_ticks_forgiven = 5;

} // namespace

std::string_view to_string(gossiper_state state) {
  static constexpr std::array<std::string_view, 4> names{"created", "running", "stopping",
                                                         "stopped"};
  const auto index = static_cast<std::size_t>(state);
  return index < names.size() ? names[index] : std::string_view{"unknown"};
}

gossiper::gossiper(const config& cfg, std::uint64_t seed, unix_clock clock)
    : cfg_(cfg),
      random_(seed),
      clock_(clock),
      store_(limits_of(cfg), clock),
      blocked_(cfg.tombstones_max, cfg.tombstone_ttl),
      waiting_(cfg.state_bytes_max / waiting_share),
      pacer_(cfg.dissemination_batch, cfg.dissemination_bursts),
      heartbeat_(encode_heartbeat({}).value()) {}

// -- lifecycle ------------------------------------------------------------------------------------

expected<void> gossiper::start(const node_id& self, time_point now) {
  if (state_ == gossiper_state::running || state_ == gossiper_state::stopping)
    return fail(errc::already_started, "the gossiper is " + std::string{to_string(state_)});
  state_ = gossiper_state::running;
  self_ = {self, 0, {}};
  store_.open(self);
  next_ = now + cfg_.gossip_interval;
  return {};
}

void gossiper::set_self(const member_ref& self, time_point now) {
  if (state_ != gossiper_state::running || self == self_)
    return;
  const bool is_new_run = self.incarnation != self_.incarnation;
  self_ = self;
  if (!is_new_run)
    return;
  // What was heard as another incarnation may have been removed meanwhile: it is heard again.
  for (const auto& [id, ref] : topology_)
    if (peers_.find(id) != nullptr)
      store_.admit(id, ref.incarnation);
  store_.set_incarnation(self.incarnation);
  peers_.start_over();
  waiting_.expire(now);
}

expected<void> gossiper::begin_stop(time_point now) {
  if (auto running = require_running(); !running)
    return running;
  if (store_.set_own(gracefully_left_key, {}, now))
    spread(self_.id, std::string{gracefully_left_key}, now);
  state_ = gossiper_state::stopping;
  std::vector<node_id> all;
  for (const auto& [id, one] : peers_.all())
    all.push_back(id);
  random_.sample(all, cfg_.gossip_fan_out);
  farewells_.insert(all.begin(), all.end());
  say_goodbye();
  return {};
}

void gossiper::say_goodbye() {
  for (auto i = farewells_.begin(); i != farewells_.end();) {
    auto* target = peers_.find(*i);
    const bool is_waiting = target != nullptr && target->token != 0;
    const bool is_behind = target != nullptr && target->acknowledged < store_.last_own_arrival();
    if (is_waiting || (is_behind && send_to(*target)))
      ++i;
    else
      i = farewells_.erase(i);
  }
}

expected<void> gossiper::finish_stop() {
  if (state_ != gossiper_state::stopping)
    return fail(errc::invalid_state,
                "the gossiper is " + std::string{to_string(state_)} + ", not stopping");
  abandon_start();
  return {};
}

void gossiper::abandon_start() {
  state_ = gossiper_state::stopped;
  self_ = {};
  store_.clear();
  peers_.clear();
  blocked_.clear();
  waiting_.clear();
  topology_.clear();
  left_.clear();
  farewells_.clear();
  expiries_.clear();
  rumors_.clear();
  pacer_.clear();
  comparison_.reset();
  next_ = never;
  outcome_ = {};
}

expected<void> gossiper::require_running() const {
  switch (state_) {
    case gossiper_state::running:
      return {};
    case gossiper_state::created:
      return fail(errc::not_started, "the gossiper was not started");
    case gossiper_state::stopping:
    case gossiper_state::stopped:
      break;
  }
  return fail(errc::already_stopped, "the gossiper is " + std::string{to_string(state_)});
}

// -- time -----------------------------------------------------------------------------------------

void gossiper::tick(time_point now) {
  if (state_ == gossiper_state::running)
    expire_keys(now);
  if (pacer_.due(now))
    send_news(now);
  if (now < next_)
    return;
  const duration interval = cfg_.gossip_interval;
  // Lifeguard 3: whoever was asleep itself cannot have heard the others.
  if (const auto asleep = now - next_; asleep > late_ticks_forgiven * interval)
    peers_.forgive(asleep, now);
  next_ += interval * ((now - next_) / interval + 1);
  ++ticks_;
  outcome_.rounds = 1;
  if (state_ != gossiper_state::running)
    return;
  block_expired(now);
  block_left(now);
  refresh_heartbeat(now);
  send_round(now);
  tidy(now);
}

void gossiper::block_expired(time_point now) {
  if (!cfg_.heartbeat_expiration || now <= nobody_expires_until_)
    return;
  const auto patience = *cfg_.heartbeat_expiration;
  nobody_expires_until_ = now + patience;
  std::vector<node_id> expired;
  for (const auto& [id, one] : peers_.all())
    if (now - one.last_sign > patience)
      expired.push_back(id);
    else
      nobody_expires_until_ = std::min(nobody_expires_until_, one.last_sign + patience);
  for (const auto& id : expired)
    dismiss(id, block_reason::expired_heartbeat, now);
}

void gossiper::block_left(time_point now) {
  for (const auto& id : std::exchange(left_, {}))
    if (peers_.find(id) != nullptr)
      dismiss(id, block_reason::gracefully_left, now);
}

void gossiper::refresh_heartbeat(time_point now) {
  (void)store_.set_own(heartbeat_key, heartbeat_, now);
}

void gossiper::send_round(time_point now) {
  const auto wanted = round_fan_out(cfg_.gossip_fan_out, rounds_since_news_++, peers_.all().size());
  if (wanted == 0)
    return;
  std::vector<peer*> candidates;
  for (auto& [id, one] : peers_.all())
    if (one.token == 0 && one.acknowledged < store_.revision() && one.next_try <= now)
      candidates.push_back(&one);
  std::uint32_t sent = 0;
  while (sent < wanted && !candidates.empty()) {
    std::swap(candidates[random_.below(candidates.size())], candidates.back());
    if (send_to(*candidates.back()))
      ++sent;
    candidates.pop_back();
  }
}

void gossiper::tidy(time_point now) {
  if (store_.tombstones() > 0)
    store_.collect(peers_.acknowledged_by_all(store_.revision()),
                   10 * duration{cfg_.gossip_request_timeout}, cfg_.tombstone_ttl, now);
  waiting_.expire(now);
  blocked_.expire(now);
  // Whoever is a member still when its block was forgotten is a peer again.
  if (peers_.all().size() < topology_.size())
    for (const auto& [id, ref] : topology_)
      if (peers_.find(id) == nullptr && blocked_.find(id, ref.incarnation) == nullptr)
        admit(ref, now);
}

time_point gossiper::next_deadline() const {
  return std::min({next_, pacer_.next_deadline(),
                   state_ == gossiper_state::running ? expiries_.next() : never});
}

gossiper_outcome gossiper::take_outcome() {
  return std::exchange(outcome_, {});
}

// -- what the membership says ---------------------------------------------------------------------

void gossiper::set_topology(const std::vector<member_ref>& members, time_point now) {
  if (state_ != gossiper_state::running && state_ != gossiper_state::stopping)
    return;
  std::map<node_id, member_ref> fresh;
  for (const auto& who : members)
    if (who.id != self_.id)
      fresh.emplace(who.id, who);
  const auto before = std::exchange(topology_, fresh);
  const bool was_alone = peers_.all().empty();
  for (const auto& [id, ref] : before) {
    const auto still = fresh.find(id);
    if (still == fresh.end() || still->second.incarnation != ref.incarnation)
      dismiss(id, block_reason::removed, now, ref.incarnation);
    else if (auto* known = peers_.find(id); known != nullptr)
      known->ref = still->second;
  }
  for (const auto& [id, ref] : fresh)
    if (peers_.find(id) == nullptr)
      admit(ref, now);
  if (was_alone && state_ == gossiper_state::running)
    send_round(now);
}

void gossiper::admit(const member_ref& who, time_point now) {
  if (const auto* block = blocked_.find(who.id, who.incarnation); block != nullptr) {
    if (block->reason != block_reason::removed)
      return;
    blocked_.remove(who.id); // the membership knows better
  } else if (auto* old = blocked_.find_blocked(who.id); old != nullptr) {
    const auto incarnation = old->incarnation;
    blocked_.remove(who.id);
    blocked_.add({who.id, incarnation, block_reason::removed, now});
  }
  const auto& added = peers_.add(who, now);
  store_.admit(who.id, who.incarnation);
  if (const auto came_before = waiting_.take(who.id, who.incarnation))
    merge_member(who.id, *came_before, added.source, now);
}

/// Ends the exchange with a member: its state goes, and cannot come back through others.
void gossiper::dismiss(const node_id& id, block_reason reason, time_point now,
                       std::optional<std::uint64_t> incarnation) {
  const auto run = incarnation.value_or(store_.incarnation_of(id));
  peers_.remove(id);
  store_.forget(id);
  // The membership may know that a member has left before the tick that would block it.
  if (left_.erase(id) > 0)
    reason = block_reason::gracefully_left;
  if (blocked_.add({id, run, reason, now}) && reason != block_reason::removed) {
    store_.bump();
    outcome_.events.emplace_back(member_blocked{stamp(now), id, run, reason});
  }
}

void gossiper::vouch(const member_ref& who, time_point now) {
  const auto* block = blocked_.find_blocked(who.id);
  const bool was_silent = block != nullptr && block->incarnation == who.incarnation
                          && block->reason == block_reason::expired_heartbeat;
  if (was_silent && state_ == gossiper_state::running)
    (void)unblock_member(node_id{who.id}, now);
  heard(who, 0, now);
}

void gossiper::heard(const member_ref& who, std::uint64_t state_hash, time_point now) {
  auto* from = peers_.find(who.id);
  if (from == nullptr || from->ref.incarnation != who.incarnation)
    return;
  from->last_sign = std::max(from->last_sign, now);
  if (state_hash == 0)
    return;
  // News takes a number of rounds that grows with the logarithm of the members to get to all.
  const auto rounds = 4 + 2 * std::bit_width(peers_.all().size());
  const auto patience = static_cast<int>(rounds) * duration{cfg_.gossip_interval};
  const auto own = this->state_hash();
  if (state_hash == own && comparison_ && comparison_->with() == who && !is_comparing())
    comparison_.reset(); // what has failed is not needed any more
  if (peer_table::compare(*from, state_hash, own, store_.revision(), patience, now))
    begin_comparison(*from, now);
}

// -- observers ------------------------------------------------------------------------------------

std::vector<member_ref> gossiper::peers() const {
  std::vector<member_ref> result;
  for (const auto& [id, one] : peers_.all())
    result.push_back(one.ref);
  return result;
}

std::uint64_t gossiper::state_hash() const {
  if (state_ != gossiper_state::running && state_ != gossiper_state::stopping)
    return 0;
  return std::max<std::uint64_t>(store_.hash(), 1);
}

state_holders gossiper::holders() const {
  const auto holds = [this](const auto& item) {
    return item.second.acknowledged >= store_.last_own_arrival();
  };
  const auto& all = peers_.all();
  return {static_cast<std::uint64_t>(std::count_if(all.begin(), all.end(), holds)), all.size()};
}

state_metrics gossiper::metrics() const {
  auto result = counted_;
  result.members = store_.members().size();
  result.entries = store_.entries();
  result.bytes = store_.bytes();
  result.tombstones = store_.tombstones();
  result.blocked = blocked_.list().size();
  result.waiting = waiting_.size();
  result.in_flight = peers_.in_flight();
  result.entries_accepted = store_.counts().accepted;
  result.entries_stale = store_.counts().stale;
  result.entries_refused = store_.counts().refused;
  result.waiting_dropped = waiting_.dropped();
  result.news_deferred = rumors_.refused();
  result.blocks_dropped = blocked_.dropped();
  return result;
}

} // namespace caf_gossip
