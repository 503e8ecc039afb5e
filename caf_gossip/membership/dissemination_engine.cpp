#include "caf_gossip/membership/dissemination_engine.hpp"

#include <algorithm>
#include <array>

namespace caf_gossip {

std::string_view to_string(gossip_phase phase) {
  static constexpr std::array<std::string_view, 3> names{"confirmed", "diffusing", "reconciling"};
  const auto index = static_cast<std::size_t>(phase);
  return index < names.size() ? names[index] : std::string_view{"unknown"};
}

void dissemination_engine::add_peer(const member_ref& who) {
  remove_peer(who.id);
  auto& peer = peers_[who.id];
  peer.ref = who;
  peer.acked = table_.version();
}

void dissemination_engine::remove_peer(const node_id& id) {
  const auto found = peers_.find(id);
  if (found == peers_.end())
    return;
  if (is_confirmed(found->second))
    --confirmed_;
  end_reconciliation(id);
  peers_.erase(found);
}

void dissemination_engine::clear() {
  peers_.clear();
  confirmed_ = 0;
  bursts_done_ = 0;
  next_burst_ = never;
  reconciling_with_.reset();
  reconciliation_ends_ = never;
}

void dissemination_engine::news(time_point now) {
  confirmed_ = 0;
  bursts_done_ = 0;
  if (options_.bursts > 0)
    next_burst_ = std::min(next_burst_, now + options_.batch);
}

std::vector<dissemination_engine::addressed_delta>
dissemination_engine::disseminate(random_source& random, time_point now) {
  std::vector<progress*> targets;
  for (auto& [id, peer] : peers_) {
    skip_own_news(peer);
    if (!is_confirmed(peer))
      targets.push_back(&peer);
  }
  return send(std::move(targets), random, now);
}

std::vector<dissemination_engine::addressed_delta>
dissemination_engine::burst(random_source& random, time_point now) {
  if (now < next_burst_)
    return {};
  ++bursts_done_;
  const bool again = bursts_done_ < options_.bursts && confirmed_ < peers_.size();
  next_burst_ = again ? now + options_.batch * (1 << (2 * std::min(bursts_done_, 10U))) : never;
  std::vector<progress*> targets;
  for (auto& [id, peer] : peers_) {
    skip_own_news(peer);
    const bool on_its_way =
        peer.sent == table_.version() && now < peer.sent_at + options_.resend_after;
    if (has_news_for(peer) && !on_its_way)
      targets.push_back(&peer);
  }
  return send(std::move(targets), random, now);
}

void dissemination_engine::assume_told() {
  for (auto& [id, peer] : peers_)
    peer.acked = table_.version();
}

void dissemination_engine::acknowledged(const node_id& id, std::uint64_t to) {
  const auto found = peers_.find(id);
  // A number above our own counter is from another run of ours or made up.
  if (found != peers_.end() && to <= table_.version())
    found->second.acked = std::max(found->second.acked, to);
}

bool dissemination_engine::reported_hash(const node_id& id, std::uint64_t hash, time_point now) {
  const auto found = peers_.find(id);
  if (found == peers_.end() || hash == 0)
    return false;
  auto& peer = found->second;
  if (hash != table_.roster_hash()) {
    peer.differs_since = std::min(peer.differs_since, now);
    return false;
  }
  peer.differs_since = never;
  peer.acked = table_.version();
  if (is_confirmed(peer))
    return false;
  peer.confirmed_at = table_.version();
  ++confirmed_;
  return true;
}

void dissemination_engine::mistrust(const node_id& id, time_point now) {
  if (const auto found = peers_.find(id); found != peers_.end())
    found->second.differs_since =
        std::min(found->second.differs_since, now - options_.reconciliation_delay);
}

std::optional<member_ref> dissemination_engine::start_reconciliation(time_point now) {
  if (reconciling_with_ && now < reconciliation_ends_)
    return std::nullopt;
  if (reconciling_with_) // No answer: let the others be first.
    if (const auto found = peers_.find(*reconciling_with_); found != peers_.end())
      found->second.differs_since = now;
  reconciling_with_.reset();
  const progress* longest = nullptr;
  for (const auto& [id, peer] : peers_)
    if (peer.differs_since != never && peer.differs_since + options_.reconciliation_delay <= now
        && (longest == nullptr || peer.differs_since < longest->differs_since))
      longest = &peer;
  if (longest == nullptr)
    return std::nullopt;
  reconciling_with_ = longest->ref.id;
  reconciliation_ends_ = now + options_.reconciliation_timeout;
  return longest->ref;
}

void dissemination_engine::end_reconciliation(const node_id& id) {
  if (reconciling_with_ != id)
    return;
  reconciling_with_.reset();
  reconciliation_ends_ = never;
  // Wait for the next hash of this peer before it is asked again.
  if (const auto found = peers_.find(id); found != peers_.end())
    found->second.differs_since = never;
}

gossip_phase dissemination_engine::phase() const {
  if (reconciling_with_)
    return gossip_phase::reconciling;
  return confirmed_ < peers_.size() ? gossip_phase::diffusing : gossip_phase::confirmed;
}

bool dissemination_engine::has_acknowledged(const node_id& id, std::uint64_t arrival) const {
  const auto found = peers_.find(id);
  return found != peers_.end() && found->second.acked >= arrival;
}

std::vector<member_ref> dissemination_engine::peers() const {
  std::vector<member_ref> result;
  result.reserve(peers_.size());
  for (const auto& [id, peer] : peers_)
    result.push_back(peer.ref);
  return result;
}

time_point dissemination_engine::next_deadline() const {
  auto deadline = peers_.empty() ? never : next_burst_;
  if (reconciling_with_)
    return std::min(deadline, reconciliation_ends_);
  for (const auto& [id, peer] : peers_)
    if (peer.differs_since != never)
      deadline = std::min(deadline, peer.differs_since + options_.reconciliation_delay);
  return deadline;
}

bool dissemination_engine::has_news_for(const progress& peer) const {
  return peer.acked < table_.version();
}

bool dissemination_engine::is_confirmed(const progress& peer) const {
  return peer.confirmed_at == table_.version();
}

/// What a peer told us it need not be told: moves its number over such changes.
void dissemination_engine::skip_own_news(progress& peer) {
  auto known = table_.version();
  table_.visit_news(peer.acked, [&](const member_entry& entry) {
    if (entry.learned_from == peer.ref.id)
      return true;
    known = entry.arrival - 1;
    return false;
  });
  peer.acked = std::max(peer.acked, known);
}

delta dissemination_engine::delta_for(const progress& peer) const {
  delta result{peer.acked, peer.acked, {}};
  std::size_t bytes = 0;
  table_.visit_news(peer.acked, [&](const member_entry& entry) {
    if (entry.learned_from != peer.ref.id) {
      bytes += estimated_bytes(entry.rec);
      if (bytes > options_.delta_bytes_max && !result.records.empty())
        return false;
      result.records.push_back(entry.rec);
    }
    result.to = entry.arrival;
    return true;
  });
  return result;
}

std::vector<dissemination_engine::addressed_delta>
dissemination_engine::send(std::vector<progress*> targets, random_source& random, time_point now) {
  random.sample(targets, options_.fan_out);
  std::vector<addressed_delta> result;
  for (auto* peer : targets) {
    auto news = delta_for(*peer);
    peer->sent = news.to;
    peer->sent_at = now;
    result.emplace_back(peer->ref, std::move(news));
  }
  return result;
}

} // namespace caf_gossip
