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

void dissemination_engine::clear() {
  rumors_.clear();
  confirmed_at_.clear();
  confirmed_ = 0;
  pacer_.clear();
  difference_.reset();
  reconciling_with_.reset();
  reconciliation_ends_ = never;
}

void dissemination_engine::gone(const node_id& id) {
  if (difference_ && difference_->peer == id)
    difference_.reset();
  end_reconciliation(id);
}

void dissemination_engine::news(member_slot about, time_point now) {
  ++news_count_;
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
  return tell(round_fan_out(options_.fan_out, rounds_since_news_++, peer_count()), random);
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

shared_records dissemination_engine::piggyback(const node_id& target) {
  auto result = rumors_.take(table_, target, options_.news_bytes_max);
  rumors_.settle(transmissions());
  return result;
}

bool dissemination_engine::reported_hash(const node_id& id, std::uint64_t hash, time_point now) {
  const auto where = peer_slot(id);
  if (!where || hash == 0)
    return false;
  const bool compared = difference_ && difference_->peer == id;
  if (hash != table_.roster_hash()) {
    if (!difference_)
      difference_ = difference{id, now, now + options_.reconciliation_delay};
    return false;
  }
  if (compared)
    difference_.reset();
  if (is_confirmed(*where))
    return false;
  if (confirmed_at_.size() <= *where)
    confirmed_at_.resize(table_.slots());
  confirmed_at_[*where] = news_count_;
  ++confirmed_;
  return true;
}

void dissemination_engine::mistrust(const node_id& id, time_point now) {
  if (peer_slot(id))
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
  return ref_of(*table_.find(*reconciling_with_)->rec);
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
  return confirmed_ < peer_count() ? gossip_phase::diffusing : gossip_phase::confirmed;
}

std::size_t dissemination_engine::peer_count() const {
  const auto* own = table_.find(self_);
  return table_.active_count() - (own != nullptr && is_active(own->rec->status) ? 1 : 0);
}

std::vector<member_ref> dissemination_engine::peers() const {
  auto result = table_.members();
  std::erase_if(result, [this](const member_ref& who) { return who.id == self_; });
  return result;
}

std::vector<member_ref> dissemination_engine::sample(std::size_t count,
                                                     random_source& random) const {
  std::vector<member_ref> result;
  const auto fits = [this](member_slot where) { return is_peer(where); };
  for (const auto where : draw(count, peer_count(), fits, random))
    result.push_back(ref_of(*table_.at(where).rec));
  return result;
}

time_point dissemination_engine::next_deadline() const {
  auto deadline = peer_count() == 0 ? never : pacer_.next_deadline();
  if (reconciling_with_)
    return std::min(deadline, reconciliation_ends_);
  return difference_ ? std::min(deadline, difference_->due) : deadline;
}

std::optional<member_slot> dissemination_engine::peer_slot(const node_id& id) const {
  const auto where = table_.slot_of(id);
  return where && is_peer(*where) ? where : std::nullopt;
}

bool dissemination_engine::is_peer(member_slot where) const {
  const auto& rec = table_.at(where).rec;
  return rec && is_active(rec->status) && rec->id != self_;
}

bool dissemination_engine::is_confirmed(member_slot where) const {
  return where < confirmed_at_.size() && confirmed_at_[where] == news_count_;
}

/// Returns up to `count` random slots of the `fitting` ones that fit. Draws until it has enough
/// where most fit; else it looks at all of them.
template <class Fits>
std::vector<member_slot> dissemination_engine::draw(std::size_t count, std::size_t fitting,
                                                    const Fits& fits, random_source& random) const {
  std::vector<member_slot> result;
  const auto size = table_.size();
  if (fitting > 4 * count && fitting * 4 > size) {
    while (result.size() < count) {
      const auto where = table_.on_ring(static_cast<std::size_t>(random.below(size)));
      if (fits(where) && std::find(result.begin(), result.end(), where) == result.end())
        result.push_back(where);
    }
    return result;
  }
  for (std::size_t i = 0; i < size; ++i)
    if (fits(table_.on_ring(i)))
      result.push_back(table_.on_ring(i));
  random.sample(result, count);
  return result;
}

std::vector<dissemination_engine::addressed_news>
dissemination_engine::tell(std::size_t count, random_source& random) {
  std::vector<addressed_news> result;
  const auto fits = [this](member_slot where) { return is_peer(where) && !is_confirmed(where); };
  for (const auto where : draw(count, peer_count() - confirmed_, fits, random)) {
    const auto& target = *table_.at(where).rec;
    result.push_back({ref_of(target), rumors_.take(table_, target.id, options_.news_bytes_max)});
    rumors_.settle(transmissions());
  }
  return result;
}

} // namespace caf_gossip
