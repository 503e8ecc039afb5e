/// A message under way in a simulation, of either plane, and how many bytes it takes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <variant>

#include "caf_gossip/base/envelope.hpp"
#include "caf_gossip/membership/message.hpp"
#include "caf_gossip/state/message.hpp"

namespace caf_gossip::test {

using any_payload = std::variant<membership_payload, state_payload>;

/// Kinds of messages: those of the membership, then those of the key/value plane.
inline constexpr std::size_t membership_kinds = std::variant_size_v<membership_payload>;
inline constexpr std::size_t message_kinds = membership_kinds + std::variant_size_v<state_payload>;

[[nodiscard]] inline std::size_t kind_of(const any_payload& what) {
  if (const auto* mine = std::get_if<membership_payload>(&what))
    return mine->index();
  return membership_kinds + std::get<state_payload>(what).index();
}

/// Returns the name of a kind as in message.hpp.
[[nodiscard]] std::string_view kind_name(std::size_t kind);

struct sim_message {
  authority target;
  envelope head;
  any_payload body;
  channel via = channel::datagram;
  bool expects_reply = false;
  /// Asked the gossiper: the answer goes to it, not to the membership.
  bool is_state = false;
  /// Who sent it, and in which of its runs.
  std::uint32_t from = 0;
  std::uint32_t run = 0;
  /// Counts all messages, from 1.
  std::uint64_t number = 0;
  /// Unanswered calls of a stream for it, then tries to get it through a cut one.
  std::uint32_t tries = 0;
  std::uint32_t bytes = 0;
  /// Why it failed.
  errc failure = errc::none;
};

/// Returns the bytes of a frame on the wire. May move parts of the message, but puts them back.
using message_sizer = std::function<std::size_t(sim_message&)>;

/// An estimate that needs no codec.
[[nodiscard]] std::size_t estimated_frame_bytes(const sim_message& what);

} // namespace caf_gossip::test
