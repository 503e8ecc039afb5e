#include "tools/gossip_sim/exact_sizes.hpp"

#include <memory>
#include <unordered_map>
#include <utility>

#include "caf_gossip/wire/codec.hpp"

namespace caf_gossip::tools {

namespace {

/// Above the limit of a transport, so that what is too large is seen.
constexpr std::size_t frame_bytes_max = std::size_t{16} << 20U;

std::size_t encoded_bytes(test::sim_message& what) {
  wire::frame frame{std::move(what.head), {}};
  std::visit([&](auto& body) { frame.body = std::move(body); }, what.body);
  const auto encoded = wire::encode(frame, frame_bytes_max);
  what.head = std::move(frame.head);
  if (auto* mine = std::get_if<membership_payload>(&frame.body))
    what.body = std::move(*mine);
  else
    what.body = std::move(std::get<state_payload>(frame.body));
  return encoded ? encoded->size() : test::estimated_frame_bytes(what);
}

/// Nothing of variable length but what the envelope has.
bool is_plain(const test::any_payload& what) {
  const auto* mine = std::get_if<membership_payload>(&what);
  return mine != nullptr
         && std::visit(
             [](const auto& payload) {
               if constexpr (requires { payload.news; })
                 return payload.news.empty();
               else
                 return std::is_same_v<std::decay_t<decltype(payload)>, ack>;
             },
             *mine);
}

/// What the size of a plain frame depends on: texts, and which numbers are 0 and so left out.
std::uint64_t shape_of(const test::sim_message& what) {
  const auto& head = what.head;
  std::uint64_t result = test::kind_of(what.body);
  for (const auto length :
       {head.cluster.size(), head.sender.id.size(), head.sender.address.host.size()})
    result = result << 8U | length;
  for (const auto number :
       {head.receiver_incarnation, head.correlation, head.roster_hash, head.state_hash})
    result = result << 1U | (number == 0 ? 0U : 1U);
  return result;
}

} // namespace

test::message_sizer exact_sizes() {
  auto known = std::make_shared<std::unordered_map<std::uint64_t, std::size_t>>();
  return [known](test::sim_message& what) {
    if (!is_plain(what.body))
      return encoded_bytes(what);
    const auto [found, is_new] = known->try_emplace(shape_of(what));
    if (is_new)
      found->second = encoded_bytes(what);
    return found->second;
  };
}

} // namespace caf_gossip::tools
