#include "tests/support/simulator_network.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caf_gossip::test {

namespace {

/// A packet that was lost so often is sent no more: the connection is as good as cut.
constexpr int retransmissions_max = 6;

/// A normal deviate (Box and Muller 1958).
double normal(random_source& random) {
  const auto radius = std::sqrt(-2.0 * std::log(1.0 - random.fraction()));
  return radius * std::cos(2.0 * std::numbers::pi * random.fraction());
}

} // namespace

void network_model::set_host_loss(host who, double incoming, double outgoing) {
  host_losses_[who] = {incoming, outgoing};
}

void network_model::set_link_loss(host from, host to, double share) {
  link_losses_[key(from, to)] = share;
}

void network_model::flap(host from, host to, time_point since, duration period, duration down) {
  flapping_[key(from, to)] = {since, period, down};
}

void network_model::set_group(host who, std::uint32_t group) {
  if (who >= groups_.size())
    groups_.resize(who + 1, 0);
  groups_[who] = group;
}

void network_model::heal() {
  host_losses_.clear();
  link_losses_.clear();
  cuts_.clear();
  flapping_.clear();
  groups_.clear();
}

bool network_model::is_whole() const {
  return host_losses_.empty() && link_losses_.empty() && cuts_.empty() && flapping_.empty()
         && groups_.empty();
}

bool network_model::is_cut(host from, host to, time_point now) const {
  if (!groups_.empty() && group_of(from) != group_of(to))
    return true;
  if (!cuts_.empty() && cuts_.contains(key(from, to)))
    return true;
  if (flapping_.empty())
    return false;
  const auto found = flapping_.find(key(from, to));
  return found != flapping_.end() && now >= found->second.since
         && (now - found->second.since) % found->second.period < found->second.down;
}

double network_model::loss_between(host from, host to) const {
  auto kept = 1.0 - loss;
  if (!host_losses_.empty()) {
    if (const auto found = host_losses_.find(from); found != host_losses_.end())
      kept *= 1.0 - found->second.outgoing;
    if (const auto found = host_losses_.find(to); found != host_losses_.end())
      kept *= 1.0 - found->second.incoming;
  }
  if (!link_losses_.empty())
    if (const auto found = link_losses_.find(key(from, to)); found != link_losses_.end())
      kept *= 1.0 - found->second;
  return 1.0 - kept;
}

bool network_model::loses(host from, host to, random_source& random) const {
  const auto share = loss_between(from, to);
  return share > 0.0 && random.fraction() < share;
}

duration network_model::latency(random_source& random) const {
  const auto spread = static_cast<double>((latency_max - latency_min).count());
  auto result = latency_min + duration{static_cast<std::int64_t>(random.fraction() * spread)};
  if (tail_share > 0.0 && random.fraction() < tail_share)
    result += duration{static_cast<std::int64_t>(static_cast<double>(tail_median.count())
                                                 * std::exp(tail_sigma * normal(random)))};
  return result;
}

duration network_model::retransmission(host from, host to, std::size_t packets,
                                       random_source& random) const {
  const auto share = loss_between(from, to);
  duration longest{};
  for (std::size_t packet = 0; share > 0.0 && packet < packets; ++packet) {
    duration pause = retransmission_min;
    duration total{};
    for (int i = 0; i < retransmissions_max && random.fraction() < share; ++i, pause *= 2)
      total += pause;
    longest = std::max(longest, total);
  }
  return longest;
}

} // namespace caf_gossip::test
