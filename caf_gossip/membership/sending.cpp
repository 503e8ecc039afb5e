/// What leaves this node, and what its messages carry along.
#include <algorithm>
#include <utility>

#include "caf_gossip/membership/effects.hpp"
#include "caf_gossip/membership/membership_coordinator.hpp"

namespace caf_gossip {

namespace {

/// A correction goes to the same peer at most once in this time.
constexpr std::chrono::milliseconds correction_interval{200};
constexpr std::size_t corrections_max = 1024;

/// What a deaf node sends: questions whether somebody hears it, and whether it may come in again.
bool is_question(const membership_payload& what) {
  return std::holds_alternative<ping>(what) || std::holds_alternative<probe_request>(what)
         || std::holds_alternative<join_request>(what);
}

/// Returns the records that a message carries beside what it says itself, or null.
shared_records* news_in(membership_payload& payload) {
  if (auto* what = std::get_if<heartbeat>(&payload))
    return &what->news;
  if (auto* what = std::get_if<ping>(&payload))
    return &what->news;
  if (auto* what = std::get_if<ping_ack>(&payload))
    return &what->news;
  if (auto* what = std::get_if<delta>(&payload))
    return &what->records;
  return nullptr;
}

} // namespace

void membership_coordinator::post(const authority& target, std::uint64_t receiver_incarnation,
                                  membership_payload payload, channel via,
                                  std::uint64_t correlation, bool expects_reply) {
  if (!cfg_.gossip_enabled || target == self_.address || (deaf_ && !is_question(payload)))
    return;
  if (!deaf_)
    tell_suspect(target, payload);
  membership_outbound out;
  out.target = target;
  out.head = {cfg_.cluster_name,
              self_,
              receiver_incarnation,
              correlation,
              mode_ == node_mode::member ? table_.roster_hash() : 0,
              0};
  out.payload = std::move(payload);
  out.via = via;
  out.expects_reply = expects_reply;
  outcome_.outbounds.push_back(std::move(out));
}

std::uint64_t membership_coordinator::new_correlation() {
  return std::max<std::uint64_t>(random_.bits(), 1);
}

std::uint64_t membership_coordinator::own_version() const {
  const auto* own = table_.find(self_.id);
  return own == nullptr ? 0 : own->rec->version;
}

/// Lifeguard 4.3, buddy: a suspect hears first of all, on whatever can carry news, that it is one.
void membership_coordinator::tell_suspect(const authority& target,
                                          membership_payload& payload) const {
  const auto* entry = table_.find(target);
  auto* news = news_in(payload);
  if (news == nullptr || entry == nullptr || entry->rec->status != member_status::suspect)
    return;
  if (std::find(news->begin(), news->end(), entry->rec) == news->end())
    news->insert(news->begin(), entry->rec);
}

/// Tells one peer what it gets wrong, at a bounded rate.
void membership_coordinator::correct(const member_ref& peer, const member_entry& newer) {
  if (corrected_.size() >= corrections_max)
    std::erase_if(corrected_,
                  [&](const auto& item) { return item.second + correction_interval <= now_; });
  const auto last = corrected_.find(peer.address);
  const bool too_soon = last != corrected_.end() && now_ < last->second + correction_interval;
  if (too_soon || (last == corrected_.end() && corrected_.size() >= corrections_max)) {
    ++metrics_.corrections_suppressed;
    return;
  }
  corrected_.insert_or_assign(peer.address, now_);
  post(peer.address, peer.incarnation, delta{0, 0, {newer.rec}}, channel::datagram);
}

// -- events about it -----------------------------------------------------------------------------

void membership_coordinator::report_told(
    const std::vector<dissemination_engine::addressed_news>& told) {
  if (told.empty() || !cfg_.gossip_enabled)
    return;
  disseminated event{{}, {}, table_.version()};
  for (const auto& [target, records] : told)
    event.peers.push_back(target.id);
  emit(std::move(event));
}

void membership_coordinator::report_progress(const node_id& peer) {
  emit(seen_changed{{}, peer, engine_.confirmed_count(), engine_.peer_count()});
}

/// Tells once whenever the last peer has caught up.
void membership_coordinator::report_confirmed() {
  const bool is_confirmed = engine_.phase() == gossip_phase::confirmed && engine_.peer_count() > 0;
  if (is_confirmed && !was_confirmed_)
    emit(confirmed{{}, table_.version()});
  was_confirmed_ = is_confirmed;
}

} // namespace caf_gossip
