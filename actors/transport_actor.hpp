/// The network as an actor: frames in and out of a `net::transport`.
///
/// It is the only place where the I/O thread and actors meet. The thread only says that something
/// has arrived; this actor then takes everything there is and passes it on in one message per
/// plane. Whatever comes from a member is a sign of its life, and whatever goes out says what this
/// node's state is, so the gossiper core is told and asked here.
#pragma once

#include <map>
#include <memory>

#include <caf/response_promise.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/shared_gossiper.hpp"
#include "actors/type_ids.hpp"

namespace caf_gossip {

/// Where a plane's frames and failures go.
using frame_sink = caf::typed_actor<caf::reacts_to<inbound_batch>>;

using transport_handle = caf::typed_actor<
    caf::replies_to<bind_transport>::with<authority>, caf::replies_to<stop_transport>::with<void>,
    caf::replies_to<send_frame>::with<void>, caf::replies_to<request_frame>::with<response_frame>,
    caf::reacts_to<outbound_batch>, caf::reacts_to<frames_arrived>,
    caf::replies_to<get_transport_stats>::with<net::transport_stats>, caf::reacts_to<route_frames>>;

class transport_actor : public transport_handle::base {
public:
  /// Without `state`, frames are neither reported nor stamped.
  transport_actor(caf::actor_config& cfg, std::shared_ptr<net::transport> network,
                  std::shared_ptr<shared_gossiper> state = nullptr);

  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  caf::result<authority> bind(const authority& where);
  void stop(std::chrono::milliseconds flush_for);
  caf::result<response_frame> request(net::outbound what);
  void send_all(std::vector<net::outbound> items);
  expected<void> send_one(net::outbound what);
  [[nodiscard]] std::uint64_t state_hash() const;
  void report_life(const std::vector<net::inbound>& items);
  void pass_on(std::vector<net::inbound> items);
  bool answers_request(net::inbound& item);
  void fail_requests(const char* reason);

  std::shared_ptr<net::transport> network_;
  std::shared_ptr<shared_gossiper> state_;
  frame_sink membership_;
  frame_sink state_sink_;
  /// Requests of other actors that wait for their answer, by correlation id.
  std::map<std::uint64_t, caf::typed_response_promise<response_frame>> requests_;
  std::uint64_t next_correlation_;
};

} // namespace caf_gossip
