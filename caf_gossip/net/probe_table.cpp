#include "caf_gossip/net/probe_table.hpp"

#include <algorithm>

namespace caf_gossip::net {

void probe_table::start(queued_frame what) {
  const auto added = std::make_shared<probe_stream>(std::move(what), host_);
  probes_.push_back(added);
  added->start();
}

void probe_table::end(const std::vector<request_table::ticket>& ended) {
  for (const auto ticket : ended) {
    const auto found =
        std::ranges::find_if(probes_, [=](const auto& item) { return item->request() == ticket; });
    if (found != probes_.end())
      (*found)->close("its request has an outcome");
  }
  for (auto left = std::erase_if(probes_, [](const auto& item) { return item->over(); }); left > 0;
       --left)
    outbox_.release_probe();
}

void probe_table::close_all(const std::string& reason) {
  for (const auto& item : probes_)
    item->close(reason);
}

} // namespace caf_gossip::net
