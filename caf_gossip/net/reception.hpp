/// What is done with a well-formed frame, whatever way it came.
#pragma once

#include <string>

#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/net/request_table.hpp"
#include "caf_gossip/wire/frame.hpp"

namespace caf_gossip::net {

enum class verdict {
  /// Goes to `poll`.
  deliver,
  /// Goes to `poll` and was the answer to a request.
  deliver_answer,
  /// From another cluster: counted and, as the rate allows, answered with a reject.
  refuse,
  /// A reject of another cluster that answers nothing: counted. Rejects are never answered.
  ignore,
};

/// Judges a frame and removes the request that it answers. An answer comes from the target of the
/// request, or over the stream that was opened to it (`stream_to`, nullptr when it came another
/// way). Frames of other clusters are never delivered, except for the reject that answers a
/// request: it is how a joiner learns why it is refused.
[[nodiscard]] verdict judge(const wire::frame& what, const std::string& cluster_name,
                            const authority* stream_to, request_table& requests);

/// Returns the refusal of a frame of another cluster.
[[nodiscard]] wire::frame refusal_of(const wire::frame& what, const std::string& cluster_name,
                                     const member_ref& self);

/// Returns the refusal of bytes with a newer major version.
[[nodiscard]] wire::frame refusal_of_version(const std::string& cluster_name,
                                             const member_ref& self);

} // namespace caf_gossip::net
