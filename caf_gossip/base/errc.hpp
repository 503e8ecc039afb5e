/// Every error this library returns, and the value that carries one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace caf_gossip {

/// The numeric values travel in refusals and inside `caf::error`: append only, never renumber.
enum class errc : std::uint8_t {
  /// Not an error. CAF reserves code 0 for it.
  none = 0,
  /// `start` on something that runs. The running instance is not disturbed.
  already_started = 1,
  /// A call that needs a running node came before `start`. Nothing changed.
  not_started = 2,
  /// A call came after `stop`. Nothing changed; `start` makes a new incarnation.
  already_stopped = 3,
  /// A setting is out of its bounds; the text names field, value and what is allowed. Nothing
  /// was started.
  invalid_config = 4,
  /// The one member that was asked for has no such key. Nothing changed.
  state_not_found = 5,
  /// No answer within the limit. The request may or may not have been carried out.
  timeout = 6,
  /// The operating system of this host refused a socket operation; the text says which. A start
  /// leaves nothing running; a message was not sent, whoever it was for, and counted.
  network_error = 7,
  /// The call does not fit the mode or state of the node; the text names the state. Nothing
  /// changed.
  invalid_state = 8,
  /// The transition matrix forbids the change of status. Status and version are unchanged and the
  /// refusal is recorded.
  invalid_transition = 9,
  /// No member is known at that authority or under that id. Nothing changed.
  unknown_authority = 10,
  /// Another live member holds the authority or the id. Nothing changed; pick another or wait.
  authority_conflict = 11,
  /// The authority or the id is in quarantine; the text gives reason and expiry. Nothing changed.
  quarantined = 12,
  /// A message could not be handed to the network; the text says why. It was counted.
  send_failed = 13,
  /// A topology update contradicts itself or came while the view is not started. The view is
  /// unchanged.
  invalid_topology = 14,
  /// The feature is switched off by configuration. Nothing changed.
  disabled = 15,
  /// The peer belongs to another cluster. Nothing was merged.
  wrong_cluster = 16,
  /// The peer speaks a newer major version of the protocol. Nothing was merged.
  wrong_protocol = 17,
  /// The sender runs under an incarnation that has been replaced. Start again with a higher one.
  stale_incarnation = 18,
  /// A table, queue or message is at its bound; the text names it. What did not fit was counted.
  limit_reached = 19,
  /// The receiver has the member on its block list. Nothing was merged.
  blocked = 20,
  /// An argument is out of its bounds; the text names it and what is allowed. Nothing changed.
  invalid_argument = 21,
  /// The host said that nobody listens at that authority.
  connection_refused = 22,
  /// No connection came about in time: the host or the way to it is gone.
  unreachable = 23,
};

/// Number of codes, `none` included. The tests walk through all of them.
inline constexpr std::uint8_t errc_count = 24;

/// Returns a unique lower-case name; "unknown" for values outside the enumeration.
[[nodiscard]] std::string_view to_string(errc code);

/// Returns the code of a number read from outside, or nothing when the number is unknown.
[[nodiscard]] std::optional<errc> to_errc(std::uint8_t value);

/// A code for programs and a text for people.
struct error {
  errc code = errc::none;
  std::string text;

  friend bool operator==(const error&, const error&) = default;
};

/// Returns "code: text".
[[nodiscard]] std::string to_string(const error& what);

template <class T>
using expected = tl::expected<T, error>;

/// Returns a value that converts to any `expected<T>`.
[[nodiscard]] inline tl::unexpected<error> fail(errc code, std::string text) {
  return tl::unexpected<error>{error{code, std::move(text)}};
}

} // namespace caf_gossip
