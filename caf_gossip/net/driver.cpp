#include "caf_gossip/net/driver.hpp"

namespace caf_gossip::net {

namespace {

/// A failed send may make the core try another way; this often per step at the most.
constexpr int flushes_max = 4;

void receive(membership_coordinator& core, const wire::frame& frame, time_point now) {
  if (const auto* payload = std::get_if<membership_payload>(&frame.body))
    (void)core.receive({frame.head, *payload}, now); // the core counts what it refuses
  else if (std::holds_alternative<state_payload>(frame.body))
    core.ignored(errc::disabled);
  else if (const auto* no = std::get_if<wire::reject>(&frame.body))
    core.rejected(frame.head.correlation, frame.head.sender.address,
                  refusal{no->reason, no->text, 0, {}}, now);
}

} // namespace

void driver::drain(time_point now) {
  for (const auto& item : network_.poll()) {
    if (const auto* frame = std::get_if<wire::frame>(&item)) {
      receive(core_, *frame, now);
    } else if (const auto* failed = std::get_if<delivery_failed>(&item)) {
      core_.delivery_failed(failed->correlation, failed->target, failed->reason, now);
    } else {
      core_.overloaded(now);
    }
  }
}

expected<void> driver::flush(time_point now) {
  expected<void> result;
  for (int i = 0; i < flushes_max; ++i) {
    auto outcome = core_.take_outcome();
    if (outcome.empty())
      break;
    for (auto& out : outcome.outbounds) {
      const auto correlation = out.head.correlation;
      const auto target = out.target;
      auto sent = network_.send(
          {target, {std::move(out.head), std::move(out.payload)}, out.via, out.expects_reply});
      if (sent)
        continue;
      core_.delivery_failed(correlation, target, sent.error(), now);
      if (result)
        result = std::move(sent);
    }
    if (on_events && !outcome.events.empty())
      on_events(std::move(outcome.events));
    for (const auto& reply : outcome.replies)
      if (on_left)
        on_left(reply);
  }
  return result;
}

} // namespace caf_gossip::net
