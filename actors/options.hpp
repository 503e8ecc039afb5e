/// The option group "gossip" of CAF's configuration, and how a `config` is read from it.
#pragma once

#include <caf/fwd.hpp>

#include "caf_gossip/base/config.hpp"
#include "caf_gossip/base/errc.hpp"

namespace caf_gossip {

/// Declares all options of the group "gossip", for configuration file, command line and `set`. Must
/// run before `cfg.parse`. Harmless when repeated.
void add_options(caf::actor_system_config& cfg);

/// Reads the group "gossip" and validates it. CAF drops file values of the wrong type in silence;
/// here they are errors, and so are unknown names. Errors: invalid_config naming the option, the
/// value and what is allowed.
[[nodiscard]] expected<config> read_config(const caf::actor_system_config& cfg);

} // namespace caf_gossip
