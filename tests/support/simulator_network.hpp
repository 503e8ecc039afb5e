/// What a simulated network does to packets: who reaches whom, how often not, and how late.
///
/// It knows hosts by their numbers and decides about single packets; what becomes of a message of
/// several, or of a stream, is the simulator's business.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "caf_gossip/base/random.hpp"
#include "caf_gossip/base/time.hpp"

namespace caf_gossip::test {

using host = std::uint32_t;

class network_model {
public:
  // -- everywhere -------------------------------------------------------------------------------

  /// Uniform within these bounds.
  duration latency_min = std::chrono::microseconds{300};
  duration latency_max = std::chrono::microseconds{700};
  /// This share of packets takes longer: a lognormal time with this median and deviation on top.
  double tail_share = 0.0;
  duration tail_median = std::chrono::milliseconds{10};
  double tail_sigma = 1.0;
  /// Share of packets that vanish.
  double loss = 0.0;
  /// Share of datagrams that arrive twice.
  double duplication = 0.0;
  /// Share of datagrams that take ten times as long, and so come after later ones.
  double reordering = 0.0;

  // -- per host and link ------------------------------------------------------------------------

  /// Additional loss of what a host receives and sends.
  void set_host_loss(host who, double incoming, double outgoing);
  /// Additional loss from one host to another.
  void set_link_loss(host from, host to, double share);
  /// Nothing gets from one host to another, in this direction only.
  void cut(host from, host to) { cuts_.insert(key(from, to)); }
  void mend(host from, host to) { cuts_.erase(key(from, to)); }
  /// From one host to another, in this direction only, nothing gets through for `down` at the
  /// beginning of every `period`, counted from `since`.
  void flap(host from, host to, time_point since, duration period, duration down);
  /// Hosts of different groups do not reach each other; all begin in group 0.
  void set_group(host who, std::uint32_t group);
  /// Undoes everything that is said of single hosts and links.
  void heal();

  // -- decisions --------------------------------------------------------------------------------

  [[nodiscard]] bool is_cut(host from, host to, time_point now) const;
  [[nodiscard]] bool loses(host from, host to, random_source& random) const;
  [[nodiscard]] duration latency(random_source& random) const;
  /// The time until a stream has repeated what was lost of so many packets (RFC 6298: the first
  /// repetition after 200 ms, each later one after twice the time).
  [[nodiscard]] duration retransmission(host from, host to, std::size_t packets,
                                        random_source& random) const;
  /// Nothing is said of single hosts and links.
  [[nodiscard]] bool is_whole() const;

private:
  struct host_loss {
    double incoming = 0.0;
    double outgoing = 0.0;
  };
  struct flapping {
    time_point since{};
    duration period{};
    duration down{};
  };

  static std::uint64_t key(host from, host to) { return std::uint64_t{from} << 32U | to; }
  [[nodiscard]] double loss_between(host from, host to) const;
  [[nodiscard]] std::uint32_t group_of(host who) const {
    return who < groups_.size() ? groups_[who] : 0;
  }

  std::unordered_map<host, host_loss> host_losses_;
  std::unordered_map<std::uint64_t, double> link_losses_;
  std::unordered_set<std::uint64_t> cuts_;
  std::unordered_map<std::uint64_t, flapping> flapping_;
  std::vector<std::uint32_t> groups_;
};

/// The first pause before a stream repeats a packet.
inline constexpr std::chrono::milliseconds retransmission_min{200};

} // namespace caf_gossip::test
