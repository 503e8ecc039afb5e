#include "caf_gossip/membership/cluster_view.hpp"

namespace caf_gossip {

expected<bool> cluster_view::apply(const topology& update, unix_time observed_at) {
  if (!started_)
    return fail(errc::invalid_topology, "the view is not started");
  if (auto valid = validate(update); !valid)
    return fail(valid.error().code, valid.error().text);
  if (applied_ > 0 && update == current_)
    return false;
  current_ = update;
  observed_at_ = observed_at;
  ++applied_;
  return true;
}

} // namespace caf_gossip
