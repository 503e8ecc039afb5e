/// How requests, answers, news and frames travel between the gossipers.
#include <algorithm>

#include "caf_gossip/base/hashing.hpp"
#include "tests/support/virtual_gossip.hpp"

namespace caf_gossip::test {

namespace {

constexpr std::size_t news_bytes_max = 1200;

void add_to(content_hash& sum, const gossip_state& what) {
  for (const auto& [id, state] : what.members) {
    sum.add(id).add(state.incarnation);
    for (const auto& [key, entry] : state.entries)
      sum.add(key)
          .add(std::string{entry.value.begin(), entry.value.end()})
          .add(entry.sequence_number)
          .add(entry.removed ? 1U : 0U);
  }
}

} // namespace

void virtual_gossip::carry(int from, int to, const std::function<void()>& arrive) {
  const auto spread =
      static_cast<double>((conditions.latency_max - conditions.latency_min).count());
  for (int copies = random_.fraction() < conditions.duplication ? 2 : 1; copies > 0; --copies) {
    if (random_.fraction() < conditions.loss)
      continue;
    auto latency =
        conditions.latency_min + duration{static_cast<std::int64_t>(random_.fraction() * spread)};
    if (random_.fraction() < conditions.reordering)
      latency *= 10;
    agenda_.emplace(now_ + latency, [this, from, to, arrive] {
      if (!cuts_.contains({from, to}))
        arrive();
    });
  }
}

void virtual_gossip::send(const node& from, state_outbound&& what) {
  ++requests_;
  check_message(from, what.target.id, what.what.state);
  if (on_request)
    on_request(from, what);
  const request_id which{from.number, from.life, what.token};
  awaited_.insert(which);
  agenda_.emplace(now_ + cfg.gossip_request_timeout, [this, which] {
    give_up(which, {errc::timeout, "no answer"});
  });
  const auto to = number_of(what.target.id);
  const auto shared = std::make_shared<const state_outbound>(std::move(what));
  carry(from.number, to, [this, id = from.self.id, which, shared] { deliver(id, which, *shared); });
}

/// Like a datagram: nobody answers, and nobody hears when it is lost.
void virtual_gossip::send_news(const node& from, state_news&& what) {
  ++news_;
  check_message(from, what.target.id, what.what.state);
  check_news(from, what.what.state);
  const auto to = number_of(what.target.id);
  const auto shared = std::make_shared<const state_news>(std::move(what));
  carry(from.number, to, [this, to, shared] {
    if (!alive(to) || black_holes_.contains(to))
      return;
    auto& target = at(to);
    target.core->heard(shared->head.sender, shared->head.state_hash, now_);
    target.core->receive_news(shared->head, shared->what, now_);
    settle(target);
  });
}

void virtual_gossip::deliver(const node_id& from, const request_id& which,
                             const state_outbound& what) {
  const auto to = number_of(what.target.id);
  if (!alive(to))
    return give_up(which, {errc::send_failed, "connection refused"});
  if (black_holes_.contains(to))
    return;
  auto& target = at(to);
  target.core->heard(what.head.sender, what.head.state_hash, now_);
  auto response =
      std::make_shared<const gossip_response>(target.core->receive(what.head, what.what, now_));
  const auto hash = target.core->state_hash();
  settle(target);
  if (response->state)
    check_message(target, from, *response->state);
  carry(to, std::get<int>(which),
        [this, which, asked = what.target, by = target.self, hash, response] {
          answer(which, asked, by, hash, *response);
        });
}

virtual_gossip::node* virtual_gossip::waiting(const request_id& which) {
  const auto [number, life, token] = which;
  auto& from = at(number);
  return alive(number) && from.life == life ? &from : nullptr;
}

/// Late and doubled answers come too: the core must tell.
void virtual_gossip::answer(const request_id& which, const member_ref& asked, const member_ref& by,
                            std::uint64_t hash, const gossip_response& what) {
  auto* from = waiting(which);
  if (from == nullptr)
    return;
  from->core->heard(by, hash, now_);
  if (by.incarnation != asked.incarnation)
    return give_up(which, {errc::stale_incarnation, "another incarnation has answered"});
  awaited_.erase(which);
  from->core->answered(std::get<2>(which), what, now_);
  settle(*from);
}

void virtual_gossip::give_up(const request_id& which, const error& why) {
  auto* from = awaited_.erase(which) > 0 ? waiting(which) : nullptr;
  if (from == nullptr)
    return;
  from->core->failed(std::get<2>(which), why, now_);
  settle(*from);
}

/// Something is told, it fits into a datagram unless it is one entry, and heartbeats are no news.
void virtual_gossip::check_news(const node& from, const gossip_state& what) {
  std::size_t entries = 0;
  std::size_t bytes = 0;
  for (const auto& [id, state] : what.members)
    for (const auto& [key, entry] : state.entries) {
      ++entries;
      bytes += entry_bytes(key, entry.value);
      if (key == heartbeat_key)
        report(from, "tells a heartbeat of " + id + " as news");
    }
  if (entries == 0 || (entries > 1 && bytes > news_bytes_max))
    report(from, "sends news of " + std::to_string(entries) + " entries, " + std::to_string(bytes)
                     + " bytes");
}

void virtual_gossip::check_message(const node& from, const node_id& to, const gossip_state& what) {
  largest_message_ = std::max(largest_message_, what.members.size());
  content_hash sum;
  sum.add(static_cast<std::uint64_t>(now_.time_since_epoch().count())).add(from.self.id).add(to);
  add_to(sum, what);
  trace_ = mix(trace_, sum.finish());
  if (what.members.contains(to))
    report(from, "tells " + to + " of itself");
  std::vector<std::string> found;
  if (thorough)
    ledger_.check_message(from.self, what, cfg, found);
  else if (what.members.size() > cfg.gossip_max_send)
    found.push_back(std::to_string(what.members.size()) + " member states in a message");
  for (const auto& problem : found)
    report(from, problem);
}

} // namespace caf_gossip::test
