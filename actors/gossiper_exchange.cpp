/// The network side of the gossiper actor: requests, answers, and who they come from.
#include <string>
#include <utility>
#include <variant>

#include <caf/send.hpp>

#include "actors/error.hpp"
#include "actors/gossiper_actor.hpp"

namespace caf_gossip {

namespace {

/// Returns the response in a frame, if it is one and comes from the member that was asked.
expected<const gossip_response*> response_of(const wire::frame& what, const member_ref& asked) {
  if (const auto* no = std::get_if<wire::reject>(&what.body))
    return fail(no->reason == errc::none ? errc::send_failed : no->reason, no->text);
  const auto& sender = what.head.sender;
  if (sender.id != asked.id || sender.incarnation != asked.incarnation)
    return fail(errc::stale_incarnation,
                to_string(asked) + " was asked, but " + to_string(sender) + " has answered");
  const auto* payload = std::get_if<state_payload>(&what.body);
  const auto* found = payload == nullptr ? nullptr : std::get_if<gossip_response>(payload);
  if (found == nullptr)
    return fail(errc::invalid_argument, to_string(sender) + " answered with another message");
  return found;
}

} // namespace

void gossiper_actor::receive(const wire::frame& what) {
  const auto* payload = std::get_if<state_payload>(&what.body);
  if (payload == nullptr)
    return;
  if (const auto* request = std::get_if<gossip_request>(payload))
    answer(what.head, *request);
  else // nobody waits for it; the core counts it
    failed(0, {});
}

void gossiper_actor::answer(const envelope& head, const gossip_request& what) {
  if (head.correlation == 0) { // news, or a question that cannot be answered
    drive([&](gossiper& core, time_point now) { core.receive_news(head, what, now); });
    return;
  }
  gossip_response response;
  envelope back;
  drive([&](gossiper& core, time_point now) {
    response = core.receive(head, what, now);
    back.sender = core.self();
  });
  if (back.sender.id.empty())
    return;
  back.cluster = context_.cfg.cluster_name;
  back.receiver_incarnation = head.sender.incarnation;
  back.correlation = head.correlation;
  net::outbound out{
      head.sender.address, {std::move(back), state_payload{std::move(response)}}, channel::stream};
  // Whether it can be sent is for the asking side to find out.
  caf::anon_send(context_.transport, send_frame{std::move(out)});
}

void gossiper_actor::ask(state_outbound what) {
  const auto token = what.token;
  const auto target = what.target;
  net::outbound out{target.address,
                    {std::move(what.head), state_payload{std::move(what.what)}},
                    channel::stream,
                    true};
  // The transport ends it after the request timeout.
  request(context_.transport, caf::infinite, request_frame{std::move(out)})
      .then([this, token,
             target](const response_frame& response) { answered(token, target, response.frame); },
            [this, token](const caf::error& why) { failed(token, from_caf(why)); });
}

void gossiper_actor::answered(std::uint64_t token, const member_ref& target,
                              const wire::frame& what) {
  const auto response = response_of(what, target);
  if (!response)
    return failed(token, response.error());
  drive([&](gossiper& core, time_point now) { core.answered(token, **response, now); });
  leave_when_idle();
}

void gossiper_actor::failed(std::uint64_t token, const error& why) {
  drive([&](gossiper& core, time_point now) { core.failed(token, why, now); });
  leave_when_idle();
}

} // namespace caf_gossip
