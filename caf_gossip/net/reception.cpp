#include "caf_gossip/net/reception.hpp"

#include "caf_gossip/wire/codec.hpp"

namespace caf_gossip::net {

namespace {

wire::frame reject_with(errc reason, std::string text, const std::string& cluster_name,
                        const member_ref& self) {
  wire::frame result;
  result.head.cluster = cluster_name;
  result.head.sender = self;
  result.body = wire::reject{reason, std::move(text)};
  return result;
}

} // namespace

verdict judge(const wire::frame& what, const std::string& cluster_name, const authority* stream_to,
              request_table& requests) {
  const bool is_reject = std::holds_alternative<wire::reject>(what.body);
  const bool is_ours = what.head.cluster == cluster_name;
  if (!is_ours && !is_reject)
    return verdict::refuse;
  const auto id = what.head.correlation;
  if (id != 0
      && (requests.answer(id, what.head.sender.address)
          || (stream_to != nullptr && requests.answer(id, *stream_to))))
    return verdict::deliver_answer;
  return is_ours ? verdict::deliver : verdict::ignore;
}

wire::frame refusal_of(const wire::frame& what, const std::string& cluster_name,
                       const member_ref& self) {
  auto result =
      reject_with(errc::wrong_cluster, "this node belongs to the cluster '" + cluster_name + "'",
                  cluster_name, self);
  result.head.receiver_incarnation = what.head.sender.incarnation;
  result.head.correlation = what.head.correlation;
  return result;
}

wire::frame refusal_of_version(const std::string& cluster_name, const member_ref& self) {
  return reject_with(errc::wrong_protocol,
                     "this node understands the major version "
                         + std::to_string(wire::protocol_major) + " of the protocol",
                     cluster_name, self);
}

} // namespace caf_gossip::net
