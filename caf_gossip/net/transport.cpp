#include "caf_gossip/net/transport.hpp"

namespace caf_gossip::net {

namespace {

const delta* delta_in(const inbound& item) {
  const auto* frame = std::get_if<wire::frame>(&item);
  if (frame == nullptr)
    return nullptr;
  const auto* plane = std::get_if<membership_payload>(&frame->body);
  return plane == nullptr ? nullptr : std::get_if<delta>(plane);
}

} // namespace

std::vector<std::pair<authority, delta>> transport::poll_deltas() {
  std::vector<std::pair<authority, delta>> deltas;
  std::vector<inbound> others;
  for (auto& item : poll()) {
    if (const auto* found = delta_in(item))
      deltas.emplace_back(std::get<wire::frame>(item).head.sender.address, *found);
    else
      others.push_back(std::move(item));
  }
  left_over_ = std::move(others);
  return deltas;
}

} // namespace caf_gossip::net
