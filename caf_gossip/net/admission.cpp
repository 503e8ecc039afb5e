#include "caf_gossip/net/admission.hpp"

#include <string>

namespace caf_gossip::net {

namespace {

auto refuse(const outbound& what, const std::string& reason) {
  return fail(errc::send_failed, "cannot send to '" + to_string(what.target) + "': " + reason);
}

} // namespace

expected<queued_frame> admit(const outbound& what, const transport_config& cfg,
                             std::size_t unpolled) {
  const auto from = plane_of(what.message);
  if (!is_reachable(what.target))
    return refuse(what, "the target needs a host name or address and a port of 1 to 65535");
  if (what.expects_reply && what.message.head.correlation == 0)
    return refuse(what, "a request needs a correlation id that is not 0");
  if (unpolled >= places_for(from, cfg.inbound_frames_max))
    return refuse(what, std::to_string(unpolled) + " failed deliveries wait to be polled already");
  auto data = wire::encode(what.message, cfg.frame_bytes_max);
  if (!data)
    return refuse(what, data.error().text);
  return queued_frame{what.target, std::move(*data),   what.message.head.correlation,
                      what.via,    what.expects_reply, from};
}

} // namespace caf_gossip::net
