/// Lists of hash ranges to their vectors and back. Internal to this folder.
#pragma once

#include <cstddef>
#include <vector>

#include "caf_gossip/membership/message.hpp"
#include "frame_generated.h"

namespace caf_gossip::wire {

/// Longest list accepted.
inline constexpr std::size_t ranges_max = 4096;

/// Returns 0 for no ranges.
[[nodiscard]] flatbuffers::Offset<flatbuffers::Vector<const schema::hash_range*>>
pack_ranges(flatbuffers::FlatBufferBuilder& out, const std::vector<hash_range>& ranges);

/// Appends the ranges of a verified vector to `to`. Returns false when there are too many or they
/// are not sorted, overlap or end before they begin. An absent vector has no ranges.
[[nodiscard]] bool unpack_ranges(const flatbuffers::Vector<const schema::hash_range*>* from,
                                 std::vector<hash_range>& to);

} // namespace caf_gossip::wire
