/// Frames on their way from the threads that send to the thread that writes, and the bounds that
/// make a send fail at once.
///
/// The membership leaves first, and the last places of each bound are its own; see plane_queue.hpp.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>

#include "caf_gossip/net/counters.hpp"
#include "caf_gossip/net/plane_queue.hpp"
#include "caf_gossip/net/transport.hpp"

namespace caf_gossip::net {

/// An outbound as bytes.
struct queued_frame {
  authority target;
  wire::bytes data;
  std::uint64_t correlation = 0;
  channel via = channel::datagram;
  bool expects_reply = false;
  plane from = plane::membership;
  /// Its place in the request table, given by the I/O thread; 0 = none.
  std::uint64_t request = 0;
};

/// A frame occupies a place of its target from `push` until `release`, and the target a place
/// among the peers from its first frame until `forget`. Frames by channel::new_stream have places
/// of their own, so that a peer which takes nothing can still be probed.
class outbox {
public:
  outbox(const transport_config& cfg, counters& numbers);

  /// Starts to accept. `wake` is called at most once per `take`; it must only post.
  void open(std::function<void()> wake);

  /// Refuses everything from now on, forgets all places and does not call `wake` again. Returns
  /// how many accepted frames were not taken.
  std::size_t close();

  /// Errors: limit_reached naming the bound, or send_failed when the transport does not run.
  expected<void> push(queued_frame what);

  [[nodiscard]] std::deque<queued_frame> take();

  /// Tells whether a frame was refused since the last call because there were too many peers.
  [[nodiscard]] bool take_crowded();

  /// A frame was written or has failed.
  void release(const queued_frame& what);

  /// A request got its outcome.
  void release_request();

  /// The stream that was opened for one frame is over.
  void release_probe();

  /// Gives up the place of a peer. Returns false when frames to it are still under way.
  bool forget(const authority& target);

  /// Waits until nothing is under way. Returns false when `limit` passed before.
  bool wait_until_empty(std::chrono::milliseconds limit);

private:
  expected<void> admit(const queued_frame& what);
  expected<void> take_place(const queued_frame& what);
  [[nodiscard]] expected<void> check_bytes(const queued_frame& what, const load& peer) const;
  void wake();

  const std::size_t frames_per_peer_max_;
  const std::size_t bytes_per_peer_max_;
  const std::size_t bytes_max_;
  const std::size_t peers_max_;
  const std::size_t requests_max_;
  const std::size_t probes_max_;
  counters& counters_;
  std::mutex mutex_;
  std::condition_variable empty_;
  std::function<void()> wake_;
  bool open_ = false;
  bool woken_ = false;
  bool crowded_ = false;
  plane_queue<queued_frame> frames_;
  /// What is under way, by target without probes, and in all.
  std::map<authority, load> peers_;
  load under_way_;
  std::size_t requests_ = 0;
  std::size_t probes_ = 0;
};

} // namespace caf_gossip::net
