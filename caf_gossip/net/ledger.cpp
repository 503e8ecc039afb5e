#include "caf_gossip/net/ledger.hpp"

#include <utility>

namespace caf_gossip::net {

void ledger::accept(queued_frame& what, time_point now) {
  if (what.expects_reply)
    what.request = requests_.add(what.target, what.correlation, now + request_timeout_,
                                 what.via == channel::new_stream);
}

// Places are released last, so that whoever waited for them finds everything counted.
void ledger::written(const queued_frame& what, std::uint64_t connection) {
  ++counters_.frames_sent;
  counters_.bytes_sent += what.data.size();
  if (what.request != 0)
    requests_.written_to(what.request, connection);
  outbox_.release(what);
}

void ledger::failed(const queued_frame& what, const std::string& reason, errc code) {
  const bool expired = what.request != 0 && !requests_.remove(what.request);
  if (what.request != 0 && !expired)
    outbox_.release_request();
  if (!expired)
    report(what.target, what.correlation, code, reason);
  outbox_.release(what);
}

void ledger::lost(std::uint64_t connection, const std::string& reason) {
  for (const auto& request : requests_.remove_written_to(connection)) {
    outbox_.release_request();
    report(request.target, request.correlation, errc::send_failed, reason);
  }
}

verdict ledger::judge(const wire::frame& what, const std::string& cluster_name,
                      const authority* stream_to) {
  const auto result = net::judge(what, cluster_name, stream_to, requests_);
  if (result == verdict::deliver_answer)
    outbox_.release_request();
  if (what.head.cluster != cluster_name)
    ++counters_.wrong_cluster;
  return result;
}

void ledger::deliver(wire::frame what, std::size_t bytes) {
  ++counters_.frames_received;
  batch_.push_back({std::move(what), bytes});
}

void ledger::expire(time_point now) {
  for (const auto& request : requests_.expire(now)) {
    outbox_.release_request();
    report(request.target, request.correlation, errc::timeout,
           "no answer within " + std::to_string(request_timeout_.count()) + " ms");
  }
}

void ledger::publish() {
  if (!batch_.empty())
    counters_.inbound_dropped += inbound_.push(batch_);
}

void ledger::discard() {
  discarding_ = true;
  counters_.discarded_at_stop += requests_.expire(never).size() + batch_.size();
  batch_.clear();
}

void ledger::report(const authority& target, std::uint64_t correlation, errc code,
                    const std::string& reason) {
  if (discarding_) {
    ++counters_.discarded_at_stop;
    return;
  }
  ++counters_.deliveries_failed;
  auto why = error{code, "delivery to " + to_string(target) + ": " + reason};
  batch_.push_back({delivery_failed{target, correlation, std::move(why)}});
}

} // namespace caf_gossip::net
