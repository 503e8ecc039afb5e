/// Errors of this library as errors of CAF, and back.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include <caf/atom.hpp>
#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/make_message.hpp>
#include <caf/result.hpp>

#include "caf_gossip/base/errc.hpp"

CAF_ERROR_CODE_ENUM(caf_gossip::errc, "gossip")

namespace caf_gossip {

/// Returns a CAF error of the category "gossip" with the text as context.
[[nodiscard]] caf::error to_caf(const error& what);

/// Returns our view of any CAF error: ours as they were, CAF's own timeouts as `timeout`, dead
/// receivers as `not_started`, everything else as `network_error` with CAF's text.
[[nodiscard]] error from_caf(const caf::error& what);

/// Returns our result as the answer of a handler.
template <class T>
[[nodiscard]] caf::result<T> to_result(expected<T> what) {
  if (!what)
    return to_caf(what.error());
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return std::move(*what);
}

/// Lets the actor system render our errors readably. Called by `load`.
void add_error_rendering(caf::actor_system_config& cfg);

} // namespace caf_gossip
