/// A network without sockets, threads and clock, for tests and simulators.
///
/// It keeps the contract and the bounds of `asio_transport`, so that whatever runs on the one runs
/// on the other, and adds hooks to lose, double and hold frames.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "caf_gossip/base/time.hpp"
#include "caf_gossip/net/transport.hpp"

namespace caf_gossip::net {

class memory_transport;

/// The hub that the transports of one test are bound to. Single-threaded. It must outlive its
/// transports.
class memory_network {
public:
  /// What becomes of one frame.
  enum class fate { deliver, drop, duplicate };

  using filter =
      std::function<fate(const authority& from, const authority& to, const wire::frame& what)>;

  /// `through_codec` sends every frame through `wire::encode` and `wire::decode`. Without it only
  /// the checks of a send are made on bytes, and frames arrive as they were given.
  explicit memory_network(bool through_codec = true);

  ~memory_network();

  memory_network(const memory_network&) = delete;
  memory_network& operator=(const memory_network&) = delete;

  /// Moves time. Requests that wait for longer than their timeout fail, and so do frames by
  /// channel::new_stream that were cut off or dropped, after the probe timeout.
  void advance(time_point now);

  [[nodiscard]] time_point now() const { return now_; }

  /// Decides about every frame; an empty function delivers all.
  void filter_frames(filter decide) { filter_ = std::move(decide); }

  /// Loses every frame from one authority to another, in this direction, until `mend`.
  void cut(const authority& from, const authority& to) { cuts_.emplace(from, to); }
  void mend(const authority& from, const authority& to) { cuts_.erase({from, to}); }

  /// Lets frames to `target` wait, as for a peer that does not read, until `resume`.
  void stall(const authority& target);
  void resume(const authority& target);

private:
  friend class memory_transport;

  struct parcel;

  expected<authority> bind(const authority& where, memory_transport& who);
  /// Returns how many frames of that transport were still held, requests not counted.
  std::size_t unbind(const authority& where);
  void carry(parcel what);
  void hand_over(const parcel& what);
  /// Returns whether the frame got as far as its target's host, and fails it otherwise.
  bool gets_through(const parcel& what, bool lost);
  [[nodiscard]] memory_transport* at(const authority& where) const;

  bool through_codec_;
  time_point now_{};
  filter filter_;
  std::set<std::pair<authority, authority>> cuts_;
  std::map<authority, std::deque<parcel>> stalled_;
  std::map<authority, memory_transport*> bound_;
  std::uint16_t next_port_ = 40000;
};

/// Differs from sockets in three points: a frame has arrived when `send` returns, nothing arrives
/// out of order, and every send to an authority without a transport fails, datagrams too. Who is
/// cut off in either direction, or whose frame the filter drops, is unreachable by
/// channel::new_stream.
class memory_transport final : public transport {
public:
  explicit memory_transport(memory_network& network, transport_config cfg = {});

  ~memory_transport() override;

  memory_transport(const memory_transport&) = delete;
  memory_transport& operator=(const memory_transport&) = delete;

  expected<authority> start(const authority& where) override;
  expected<void> send(outbound what) override;
  std::vector<inbound> poll() override;
  /// Never waits: nobody could end the waiting.
  bool flush(std::chrono::milliseconds limit) override;
  void stop() override;
  [[nodiscard]] transport_stats stats() const override;
  void on_arrival(std::function<void()> wake) override;

private:
  friend class memory_network;

  class implementation;

  std::unique_ptr<implementation> implementation_;
};

} // namespace caf_gossip::net
