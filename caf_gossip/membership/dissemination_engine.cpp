#include "caf_gossip/membership/dissemination_engine.hpp"

#include <algorithm>
#include <array>

namespace caf_gossip {

namespace {

/// A comparison of rosters is put off by news so many times its delay at the most.
constexpr int delays_max = 5;

} // namespace

std::string_view to_string(gossip_phase phase) {
  static constexpr std::array<std::string_view, 3> names{"confirmed", "diffusing", "reconciling"};
  const auto index = static_cast<std::size_t>(phase);
  return index < names.size() ? names[index] : std::string_view{"unknown"};
}

void dissemination_engine::add_peer(const member_ref& who) {
  remove_peer(who.id);
  index_.emplace(who.id, peers_.size());
  peers_.push_back({who, std::nullopt});
}

void dissemination_engine::remove_peer(const node_id& id) {
  const auto found = index_.find(id);
  if (found == index_.end())
    return;
  const auto at = found->second;
  if (is_confirmed(peers_[at]))
    --confirmed_;
  if (difference_ && difference_->peer == id)
    difference_.reset();
  end_reconciliation(id);
  index_.erase(found);
  if (at + 1 != peers_.size()) {
    peers_[at] = std::move(peers_.back());
    index_[peers_[at].ref.id] = at;
  }
  peers_.pop_back();
}

void dissemination_engine::clear() {
  rumors_.clear();
  peers_.clear();
  index_.clear();
  confirmed_ = 0;
  pacer_.clear();
  difference_.reset();
  reconciling_with_.reset();
  reconciliation_ends_ = never;
}

void dissemination_engine::news(const node_id& about, time_point now) {
  confirmed_ = 0;
  rounds_since_news_ = 0;
  rumors_.add(about);
  pacer_.news(now);
  // What was different may be equal now, but news without end must not put the question off for
  // ever.
  if (difference_)
    difference_->due = std::min(now + options_.reconciliation_delay,
                                difference_->since + delays_max * options_.reconciliation_delay);
}

std::vector<dissemination_engine::addressed_news>
dissemination_engine::disseminate(random_source& random, time_point) {
  return tell(round_fan_out(options_.fan_out, rounds_since_news_++, peers_.size()), random);
}

std::vector<dissemination_engine::addressed_news> dissemination_engine::burst(random_source& random,
                                                                              time_point now) {
  if (!pacer_.due(now))
    return {};
  auto result = tell(options_.fan_out, random);
  std::erase_if(result, [](const addressed_news& one) { return one.records.empty(); });
  // A burst that told nothing would tell nothing again.
  pacer_.sent(!result.empty() && rumors_.has_untold(), !result.empty() && !rumors_.empty(), now);
  return result;
}

std::vector<record> dissemination_engine::piggyback(const node_id& target) {
  auto result = rumors_.take(table_, target, options_.news_bytes_max);
  rumors_.settle(transmissions());
  return result;
}

bool dissemination_engine::reported_hash(const node_id& id, std::uint64_t hash, time_point now) {
  const auto found = index_.find(id);
  if (found == index_.end() || hash == 0)
    return false;
  auto& peer = peers_[found->second];
  const bool compared = difference_ && difference_->peer == id;
  if (hash != table_.roster_hash()) {
    if (!difference_)
      difference_ = difference{id, now, now + options_.reconciliation_delay};
    return false;
  }
  if (compared)
    difference_.reset();
  if (is_confirmed(peer))
    return false;
  peer.confirmed_at = table_.version();
  ++confirmed_;
  return true;
}

void dissemination_engine::mistrust(const node_id& id, time_point now) {
  if (index_.contains(id))
    difference_ = difference{id, now, now};
}

std::optional<member_ref> dissemination_engine::start_reconciliation(time_point now) {
  if (reconciling_with_ && now < reconciliation_ends_)
    return std::nullopt;
  reconciling_with_.reset();
  reconciliation_ends_ = never;
  if (!difference_ || now < difference_->due)
    return std::nullopt;
  reconciling_with_ = std::move(difference_->peer);
  difference_.reset();
  reconciliation_ends_ = now + options_.reconciliation_timeout;
  return peers_[index_.at(*reconciling_with_)].ref;
}

void dissemination_engine::end_reconciliation(const node_id& id) {
  if (reconciling_with_ != id)
    return;
  reconciling_with_.reset();
  reconciliation_ends_ = never;
}

gossip_phase dissemination_engine::phase() const {
  if (reconciling_with_)
    return gossip_phase::reconciling;
  return confirmed_ < peers_.size() ? gossip_phase::diffusing : gossip_phase::confirmed;
}

std::vector<member_ref> dissemination_engine::peers() const {
  std::vector<member_ref> result;
  result.reserve(peers_.size());
  for (const auto& [id, at] : index_)
    result.push_back(peers_[at].ref);
  return result;
}

std::vector<member_ref> dissemination_engine::sample(std::size_t count,
                                                     random_source& random) const {
  std::vector<std::size_t> chosen(peers_.size());
  for (std::size_t i = 0; i < chosen.size(); ++i)
    chosen[i] = i;
  random.sample(chosen, count);
  std::vector<member_ref> result;
  result.reserve(chosen.size());
  for (const auto at : chosen)
    result.push_back(peers_[at].ref);
  return result;
}

time_point dissemination_engine::next_deadline() const {
  auto deadline = peers_.empty() ? never : pacer_.next_deadline();
  if (reconciling_with_)
    return std::min(deadline, reconciliation_ends_);
  return difference_ ? std::min(deadline, difference_->due) : deadline;
}

bool dissemination_engine::is_confirmed(const progress& peer) const {
  return peer.confirmed_at == table_.version();
}

/// Draws until it has enough or has missed too often; then it looks at all of them.
std::vector<std::size_t> dissemination_engine::unconfirmed(std::size_t count,
                                                           random_source& random) const {
  std::vector<std::size_t> result;
  const auto open = peers_.size() - confirmed_;
  if (open > 4 * count && open * 4 > peers_.size()) {
    while (result.size() < count) {
      const auto at = static_cast<std::size_t>(random.below(peers_.size()));
      if (!is_confirmed(peers_[at]) && std::find(result.begin(), result.end(), at) == result.end())
        result.push_back(at);
    }
    return result;
  }
  for (std::size_t at = 0; at < peers_.size(); ++at)
    if (!is_confirmed(peers_[at]))
      result.push_back(at);
  random.sample(result, count);
  return result;
}

std::vector<dissemination_engine::addressed_news>
dissemination_engine::tell(std::size_t count, random_source& random) {
  std::vector<addressed_news> result;
  for (const auto at : unconfirmed(count, random)) {
    const auto& target = peers_[at].ref;
    result.push_back({target, rumors_.take(table_, target.id, options_.news_bytes_max)});
    rumors_.settle(transmissions());
  }
  return result;
}

} // namespace caf_gossip
